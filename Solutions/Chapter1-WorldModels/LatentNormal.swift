import Networks
import Tensors

/// What V says of an observation: a Normal distribution over the latent vector z, numbers independent.
///
/// The network gives the logarithm of the *variance*: σ = exp(logVariance / 2).
public struct LatentNormal: Sendable {
  /// μ, `[…, latent]`.
  public var mean: Tensor
  /// log σ², `[…, latent]`.
  public var logVariance: Tensor

  /// A distribution with these numbers.
  public init(mean: Tensor, logVariance: Tensor) {
    self.mean = mean
    self.logVariance = logVariance
  }

  /// A draw through which gradients flow: z = μ + exp(logVariance / 2)·ε.
  ///
  /// - Parameter noise: ε, standard normal numbers in the shape of the mean.
  public func sample(noise: Tensor) -> Tensor {
    mean + exp(0.5 * logVariance) * noise
  }

  /// A draw through which gradients flow, `[…, latent]`.
  public func sample(using random: inout SplitMix64) -> Tensor {
    sample(noise: .normal(mean.shape, using: &random))
  }
}
