import Curriculum
import Foundation
import Networks
import Tensors

/// What an encoder thinks: an independent normal distribution for each number of a latent.
///
/// Its spread is kept as log σ², which may be any number, so that a network can put it out as it is.
/// Source: Kingma and Welling 2014, "Auto-Encoding Variational Bayes", appendix C.
public struct Belief: Sendable {
  /// μ, `[…, latent]`.
  public var mean: Tensor
  /// log σ², the same shape.
  public var logVariance: Tensor

  /// A belief with this mean μ and this log σ², both `[…, latent]`.
  public init(mean: Tensor, logVariance: Tensor) {
    self.mean = mean
    self.logVariance = logVariance
  }

  /// A draw through which gradients reach mean and spread: z = μ + σ·ε with ε ~ N(0, 1).
  ///
  /// The randomness comes from outside, so that z is an ordinary function of μ and σ and can be
  /// differentiated: the reparameterisation trick (Kingma and Welling 2014, section 2.4).
  ///
  /// - Parameter random: draws ε, one number for each number of the latent.
  /// - Returns: z, `[…, latent]`.
  public func sample(using random: inout SplitMix64) -> Tensor {
    // BEGIN SOLUTION 0.4
    let deviation = exp(0.5 * logVariance)
    let noise = Tensor.normal(mean.shape, using: &random)
    return mean + deviation * noise
    // END SOLUTION 0.4
  }

  /// How much the belief says beyond "it is a standard normal number": KL(N(μ, σ²) ‖ N(0, 1)).
  ///
  /// For one number it is ½ (μ² + σ² − 1 − log σ²); the latent's numbers are independent, so their
  /// divergences add up. Source: Kingma and Welling 2014, appendix B.
  ///
  /// - Returns: nats, summed over the last axis: `[…]`.
  public func divergence() -> Tensor {
    // BEGIN SOLUTION 0.5
    let variance = exp(logVariance)
    let perNumber = 0.5 * (square(mean) + variance - 1 - logVariance)
    return perNumber.sum(-1)
    // END SOLUTION 0.5
  }
}
