import Curriculum
import Foundation
import Networks
import Tensors

/// The distribution of the stochastic state that a network's output stands for.
///
/// DreamerV1 uses Gaussians whose standard deviation cannot fall below 0.1, so that a latent never
/// turns into a number the model could use as a perfect memory.
/// Source: Hafner et al. 2020, Appendix A; the bound is in the official code.
///
/// - Parameter output: `[…, 2·stochastic]`: first the means, then the raw standard deviations.
/// - Returns: Normal distributions over `[…, stochastic]` with σ = softplus(raw) + 0.1.
public func latentDistribution(_ output: Tensor) -> Normal {
  let size = output.shape[output.rank - 1] / 2
  let mean = output.slice(0..<size, axis: -1)
  let raw = output.slice(size..<(2 * size), axis: -1)
  return Normal(mean: mean, standardDeviation: softplus(raw) + 0.1)
}

/// The Kullback–Leibler divergence KL(posterior ‖ prior) between independent Normal distributions.
///
/// For one latent: log(σ_prior / σ_post) + (σ_post² + (μ_post − μ_prior)²) / (2 σ_prior²) − ½;
/// the latents are independent, so their divergences add up.
/// Source: Hafner et al. 2020, the regulariser of equation 10.
///
/// - Parameters:
///   - posterior: q(z | h, observation), `[…, stochastic]`.
///   - prior: p(z | h), the same shape.
/// - Returns: nats, summed over the last axis: `[…]`.
public func gaussianKL(_ posterior: Normal, _ prior: Normal) -> Tensor {
  // BEGIN EXERCISE 2.1: replace the next line; for help: course hint 2.1
  todo("2.1")
  // END EXERCISE 2.1
}
