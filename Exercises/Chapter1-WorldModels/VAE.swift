import Curriculum
import Foundation
import Networks
import Tensors

/// V: a variational autoencoder that squeezes an observation into a small latent vector z.
///
/// Pictures go through the paper's convolutions without padding, 64 → 31 → 14 → 6 → 2 pixels in the encoder and
/// 1 → 5 → 13 → 30 → 64 in the decoder; vectors, which the paper does not have, through one dense layer each way.
/// Source: Ha and Schmidhuber 2018, appendix A.1; Kingma and Welling 2014.
public struct VAE: Module {
  /// Observation → distribution over z.
  public var encoder: Encoder
  /// z → observation.
  public var decoder: Decoder
  private let configuration: WorldModelsConfiguration

  /// An autoencoder with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - observationSize: the extent of an observation.
  ///   - isImage: whether it is a picture, `[side, side, 3]`.
  ///   - configuration: sizes and weights of the loss.
  ///   - random: draws the weights.
  public init(
    observationSize: Int, isImage: Bool, configuration: WorldModelsConfiguration,
    using random: inout SplitMix64
  ) {
    self.configuration = configuration
    if isImage {
      encoder = Encoder(imageFor: configuration, using: &random)
      decoder = Decoder(imageFor: configuration, using: &random)
    } else {
      encoder = Encoder(vector: observationSize, for: configuration, using: &random)
      decoder = Decoder(vector: observationSize, for: configuration, using: &random)
    }
  }

  /// The parts of V's loss on a batch.
  public struct Losses: Sendable {
    /// The squared error, summed over the observation, mean over the batch.
    public var reconstruction: Tensor
    /// KL(q(z | x) ‖ N(0, 1)), mean over the batch, before the floor.
    public var divergence: Tensor
    /// What is minimised.
    public var total: Tensor
  }

  /// The loss on observations `[batch, observation]`: reconstruct, and tell no more than needed.
  public func losses(_ observations: Tensor, using random: inout SplitMix64) -> Losses {
    let latent = encoder(observations)
    let (error, divergence, total) = vaeLoss(
      observations: observations, reconstructions: decoder(latent.sample(using: &random)), latent: latent,
      weight: Float(configuration.reconstructionWeight),
      floor: Float(configuration.divergenceFloor) * Float(configuration.latentSize))
    return Losses(reconstruction: error.mean(), divergence: divergence.mean(), total: total)
  }

  /// Shows the parts to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("encoder", &encoder)
    visitor("decoder", &decoder)
  }
}

/// V's loss: the mean over the batch of weight · error + max(divergence, floor).
///
/// The error is squared and *summed* over the observation: its mean over the pixels would be thousands of times
/// smaller, and V would forget the picture to save nats. The divergence is KL(q ‖ N(0, 1)) =
/// −½·Σ(1 + log σ² − μ² − σ²). Below the floor, information costs nothing; the maximum is taken sample by sample,
/// before the mean. Source: Kingma and Welling 2014, appendix B; the paper's code, where the weight is 1 and the
/// floor half a nat for each number of z.
///
/// - Parameters:
///   - observations: what was seen, `[batch, …]`.
///   - reconstructions: what was made of a draw of z, the same shape.
///   - latent: q, the distributions over z, `[batch, latent]`.
///   - weight: what the error is multiplied with.
///   - floor: in nats, for all numbers of z together.
/// - Returns: error (without the weight) and divergence (in nats, before the floor) of each observation, each
///   `[batch]`, and the loss, a single number.
public func vaeLoss(
  observations: Tensor, reconstructions: Tensor, latent: LatentNormal, weight: Float, floor: Float
) -> (error: Tensor, divergence: Tensor, total: Tensor) {
  // BEGIN EXERCISE 1.2: replace the next line; for help: course hint 1.2
  todo("1.2")
  // END EXERCISE 1.2
}

/// V's first half: observation → distribution over z.
public struct Encoder: Module {
  /// For pictures, each followed by ReLU.
  public var convolutions: [Conv2d]
  /// For vectors, each followed by ReLU.
  public var layers: [Linear]
  /// → μ.
  public var mean: Linear
  /// → log σ².
  public var logVariance: Linear
  private let imageSize: Int

  /// An encoder of pictures: kernels of 4 pixels in steps of 2, without padding.
  init(imageFor configuration: WorldModelsConfiguration, using random: inout SplitMix64) {
    imageSize = configuration.imageSize
    layers = []
    convolutions = []
    var channels = 3
    for next in configuration.encoderChannels {
      convolutions.append(Conv2d(channels, next, kernel: 4, stride: 2, using: &random))
      channels = next
    }
    let side = configuration.encodedSides.last!
    mean = Linear(side * side * channels, configuration.latentSize, using: &random)
    logVariance = Linear(side * side * channels, configuration.latentSize, using: &random)
  }

  /// An encoder of vectors.
  init(vector size: Int, for configuration: WorldModelsConfiguration, using random: inout SplitMix64) {
    imageSize = 0
    convolutions = []
    layers = [Linear(size, configuration.units, using: &random)]
    mean = Linear(configuration.units, configuration.latentSize, using: &random)
    logVariance = Linear(configuration.units, configuration.latentSize, using: &random)
  }

  /// The distributions over z for observations `[batch, observation]`.
  ///
  /// Pictures come as rows of `imageSize · imageSize · 3` numbers, go through the convolutions as
  /// `[batch, height, width, 3]`, and out of the last one again as rows; every convolution and every dense layer is
  /// followed by ReLU, the two heads by nothing. Source: Ha and Schmidhuber 2018, appendix A.1.
  public func callAsFunction(_ observations: Tensor) -> LatentNormal {
    // BEGIN EXERCISE 1.1: replace the next line; for help: course hint 1.1
    todo("1.1")
    // END EXERCISE 1.1
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("convolutions", &convolutions)
    visitor("layers", &layers)
    visitor("mean", &mean)
    visitor("logVariance", &logVariance)
  }
}

/// V's second half: z → observation.
public struct Decoder: Module {
  /// Dense layers with ReLU between them, none after the last.
  public var layers: MLP
  /// For pictures, each followed by ReLU, the last by a sigmoid.
  public var convolutions: [ConvTranspose2d]

  /// A decoder of pictures: from 1×1 pixel to the full size in steps of 2, without padding.
  init(imageFor configuration: WorldModelsConfiguration, using random: inout SplitMix64) {
    var channels = configuration.decoderInput
    layers = MLP(configuration.latentSize, channels, units: 0, hiddenLayers: 0, using: &random)
    convolutions = []
    for (next, kernel) in zip(configuration.decoderChannels + [3], configuration.decoderKernels) {
      convolutions.append(ConvTranspose2d(channels, next, kernel: kernel, stride: 2, using: &random))
      channels = next
    }
  }

  /// A decoder of vectors.
  init(vector size: Int, for configuration: WorldModelsConfiguration, using random: inout SplitMix64) {
    convolutions = []
    layers = MLP(
      configuration.latentSize, size, units: configuration.units, hiddenLayers: 1, activation: { relu($0) },
      using: &random)
  }

  /// The reconstructions of latents `[batch, latent]`: `[batch, observation]`, pictures in (0, 1).
  public func callAsFunction(_ latents: Tensor) -> Tensor {
    let hidden = layers(latents)
    guard !convolutions.isEmpty else { return hidden }
    var image = hidden.reshaped([latents.shape[0], 1, 1, -1])
    for layer in convolutions.dropLast() { image = relu(layer(image)) }
    return sigmoid(convolutions[convolutions.count - 1](image)).reshaped([latents.shape[0], -1])
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("layers", &layers)
    visitor("convolutions", &convolutions)
  }
}
