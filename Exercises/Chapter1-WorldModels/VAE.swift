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
    let reconstruction = decoder(latent.sample(using: &random))
    let error = reconstructionError(observations, reconstruction)
    let divergence = latent.divergence
    let floor = Float(configuration.divergenceFloor) * Float(configuration.latentSize)
    let total = vaeLoss(
      error: Float(configuration.reconstructionWeight) * error, divergence: divergence, floor: floor)
    return Losses(reconstruction: error.mean(), divergence: divergence.mean(), total: total)
  }

  /// Shows the parts to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("encoder", &encoder)
    visitor("decoder", &decoder)
  }
}

/// The squared error of each reconstruction, *summed* over the observation: `[batch, …]` to `[batch]`.
///
/// Its mean over pixels instead would be thousands of times smaller, and V would forget the picture to save nats.
public func reconstructionError(_ observations: Tensor, _ reconstructions: Tensor) -> Tensor {
  let batch = observations.shape[0]
  return square(observations - reconstructions).reshaped([batch, -1]).sum(-1)
}

/// V's loss: the mean over the batch of error + max(divergence, floor).
///
/// Below the floor, information costs nothing; the maximum is taken sample by sample, before the mean.
/// Source: the paper's code, where the floor is half a nat for each number of z.
///
/// - Parameters:
///   - error: of each reconstruction, `[batch]`.
///   - divergence: of each latent distribution, `[batch]`, in nats.
///   - floor: in nats.
public func vaeLoss(error: Tensor, divergence: Tensor, floor: Float) -> Tensor {
  (error + maximum(divergence, Tensor(floor))).mean()
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
  public func callAsFunction(_ observations: Tensor) -> LatentNormal {
    var hidden = observations
    if !convolutions.isEmpty {
      hidden = hidden.reshaped([-1, imageSize, imageSize, 3])
      for layer in convolutions { hidden = relu(layer(hidden)) }
      hidden = hidden.reshaped([observations.shape[0], -1])
    }
    for layer in layers { hidden = relu(layer(hidden)) }
    return LatentNormal(mean: mean(hidden), logVariance: logVariance(hidden))
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
