import Curriculum
import Foundation
import Tensors

/// What gives −log p(z) of mixtures, number by number.
///
/// z is `[…, latent]`, what the mixtures consist of is `[…, latent, mixture]`, and the result is `[…, latent]`.
public typealias MixtureLoss = (_ density: MixtureDensity, _ latents: Tensor) -> Tensor

/// Whether a loss is the negative log-likelihood of mixtures: a check that needs no number from anybody else.
///
/// If the loss is −log p, then p = exp(−loss) is a density: over all z it integrates to 1. That alone does not say
/// whose density it is. But mean and mean square of a mixture are known from its parts, Σ π·μ and Σ π·(μ² + σ²). And
/// far away, at fifty times these points, where p is too small for a `Float`, −log p is still an ordinary number,
/// and grows with the square of the distance. A loss may also have another shape than z, a single number for instance:
/// that has to be rejected before anything is made of it.
///
/// Two mixtures of three components are given, at points 0.02 apart, from −12 to 12: a sum over them times 0.02 is
/// as good as an integral.
///
/// - Parameter loss: what is to be checked.
/// - Returns: true if it is right.
public func acceptsMixtureLoss(_ loss: MixtureLoss) -> Bool {
  let latents = Tensor((0..<1_200).map { [Float](repeating: -12 + 0.02 * (Float($0) + 0.5), count: 2) })
  let shape = [1_200, 2, 3]
  let density = MixtureDensity(
    logits: Tensor([[0, 1.2, -0.7], [0.5, -1, 0.3]]).broadcast(to: shape),
    means: Tensor([[-2, 0.5, 3], [1, -3, 2]]).broadcast(to: shape),
    logDeviations: Tensor([[-0.5, 0.3, -1], [0.2, -0.7, 0.5]]).broadcast(to: shape))
  // BEGIN SOLUTION 1.3
  let (weights, means, deviations) = (softmax(density.logits), density.means, exp(density.logDeviations))
  let losses = loss(density, latents)
  guard losses.shape == latents.shape else { return false }
  /// Whether ∫ p(z)·f(z) dz is Σ π·expected, for each of the two mixtures.
  func integrates(_ f: Tensor, to expected: Tensor) -> Bool {
    let integral = 0.02 * (exp(-losses) * f).sum(0)
    return abs(integral - (weights * expected).sum(-1)).scalars.allSatisfy { $0 < 1e-3 }
  }
  return integrates(.ones(latents.shape), to: .ones(shape))
    && integrates(latents, to: means)
    && integrates(square(latents), to: square(means) + square(deviations))
    && loss(density, 50 * latents).at(0, axis: 0).scalars.allSatisfy { $0.isFinite && $0 > 1_000 }
  // END SOLUTION 1.3
}
