import Networks
import Tensors

/// The variational autoencoder of World Models, for images of 64×64 in colour.
///
/// Source: Ha and Schmidhuber 2018, appendix A.1.
private struct ImageAutoencoder: Module {
  static let latentSize = 32
  var encoder: [Conv2d]
  var mean: Linear
  /// The logarithm of the variance.
  var logVariance: Linear
  var start: Linear
  var decoder: [ConvTranspose2d]

  init() {
    var random = SplitMix64(seed: 0)
    encoder = [(3, 32), (32, 64), (64, 128), (128, 256)].map {
      Conv2d($0, $1, kernel: 4, stride: 2, using: &random)
    }
    mean = Linear(1024, Self.latentSize, using: &random)
    logVariance = Linear(1024, Self.latentSize, using: &random)
    start = Linear(Self.latentSize, 1024, using: &random)
    decoder = [(1024, 128, 5), (128, 64, 5), (64, 32, 6), (32, 3, 6)].map {
      ConvTranspose2d($0, $1, kernel: $2, stride: 2, using: &random)
    }
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("encoder", &encoder)
    visitor("mean", &mean)
    visitor("logVariance", &logVariance)
    visitor("start", &start)
    visitor("decoder", &decoder)
  }

  /// The squared error of an image, and the divergence of z from N(0, 1) where it is above ½ nat a number.
  ///
  /// - Parameters:
  ///   - images: in [0, 1], `[batch, 64, 64, 3]`.
  ///   - noise: what z is drawn with, `[batch, latent]`.
  func loss(_ images: Tensor, noise: Tensor) -> Tensor {
    let features = encoder.reduce(images) { relu($1($0)) }.reshaped([images.shape[0], 1024])
    let (mean, logVariance) = (mean(features), logVariance(features))
    let latent = mean + exp(0.5 * logVariance) * noise
    let first = start(latent).reshaped([images.shape[0], 1, 1, 1024])
    let picture = sigmoid(decoder[3](decoder[..<3].reduce(first) { relu($1($0)) }))
    let error = square(picture - images).sum(1, 2, 3)
    let divergence = -0.5 * (1 + logVariance - square(mean) - exp(logVariance)).sum(-1)
    return (error + divergence.clamped(0.5 * Float(Self.latentSize))).mean()
  }
}

extension Workload {
  /// A training step of World Models' autoencoder on 32 images: loss, gradients, Adam.
  static var imageTraining: Workload {
    let batch = 32
    var workload = Workload("vae-train") {
      var model = ImageAutoencoder().withFormulaWeights()
      var optimizer = Adam(for: model, rate: 1e-4, epsilon: .pyTorch(1e-8))
      let images = 0.5 * Tensor.formula([batch, 64, 64, 3], seed: 100) + 0.5
      let noise = Tensor.formula([batch, ImageAutoencoder.latentSize], seed: 101)
      return {
        let (loss, gradients) = valueWithGradient(at: model) { $0.loss(images, noise: noise) }
        optimizer.update(&model, along: gradients)
        return loss
      }
    }
    workload.goals = ["PyTorch": 2, Contest.oneThread: 1.6]
    return workload
  }
}
