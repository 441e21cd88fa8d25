import Curriculum
import Foundation
import Networks
import Tensors

/// For each number of z a mixture of Normal distributions *of its own*: M's guess at what comes next.
///
/// A mixture can say "left or right" where a single Normal could only say "somewhere between".
/// Source: Ha and Schmidhuber 2018, appendix A.2; Bishop 1994.
public struct MixtureDensity: Sendable {
  /// Unnormalised log-probabilities of the components, `[…, latent, mixture]`.
  public var logits: Tensor
  /// μ of the components, the same shape.
  public var means: Tensor
  /// log σ of the components (of σ, not of σ²), the same shape.
  public var logDeviations: Tensor

  /// Mixtures with these numbers.
  public init(logits: Tensor, means: Tensor, logDeviations: Tensor) {
    self.logits = logits
    self.means = means
    self.logDeviations = logDeviations
  }

  /// The mixtures that a network's raw outputs stand for.
  ///
  /// - Parameters:
  ///   - raw: `[…, latent · 3 · mixtures]`: for each number of z its logits, its means, its log-deviations.
  ///   - mixtures: components of each mixture.
  public init(raw: Tensor, mixtures: Int) {
    let outer = Array(raw.shape.dropLast())
    let parts = raw.reshaped(outer + [-1, 3, mixtures])
    self.init(
      logits: parts.at(0, axis: -2), means: parts.at(1, axis: -2), logDeviations: parts.at(2, axis: -2))
  }

  /// −log p(z), number by number: −log Σₖ πₖ·N(z; μₖ, σₖ).
  ///
  /// With π = softmax(logits) and log N(z; μ, σ) = −½·((z − μ) / σ)² − log σ − ½·log 2π it is a logSumExp over the
  /// components, which stays finite where every N is too small for a `Float`.
  ///
  /// - Parameter latents: z, `[…, latent]`.
  /// - Returns: nats, `[…, latent]`.
  public func negativeLogLikelihood(of latents: Tensor) -> Tensor {
    // BEGIN SOLUTION 1.4
    let halfLogTwoPi: Float = 0.918_938_533_2
    let distance = (latents.reshaped(latents.shape + [1]) - means) * exp(-logDeviations)
    let logDensities = -0.5 * square(distance) - logDeviations - halfLogTwoPi
    return -(logSoftmax(logits) + logDensities).logSumExp(-1)
    // END SOLUTION 1.4
  }

  /// The same guess, more daring (τ > 1) or more certain (τ < 1): logits / τ, and σ·√τ.
  ///
  /// Source: Ha and Schmidhuber 2018, sections 2.2 and 4; their code for the root.
  ///
  /// - Parameter temperature: τ, above 0.
  public func atTemperature(_ temperature: Float) -> MixtureDensity {
    // BEGIN SOLUTION 1.5
    let wider = 0.5 * log(Tensor(temperature))
    return MixtureDensity(
      logits: logits / temperature, means: means, logDeviations: logDeviations + wider)
    // END SOLUTION 1.5
  }

  /// A draw for given random numbers: u chooses the component, the first whose summed probability reaches u, and
  /// ε the place inside it.
  ///
  /// - Parameters:
  ///   - uniform: u in [0, 1), `[…, latent]`.
  ///   - noise: ε ~ N(0, 1), `[…, latent]`.
  /// - Returns: z, `[…, latent]`.
  public func sample(uniform: Tensor, noise: Tensor) -> Tensor {
    let mixtures = logits.shape[logits.rank - 1]
    let probabilities = softmax(logits).scalars
    let (means, deviations) = (means.scalars, exp(logDeviations).scalars)
    let draws = zip(uniform.scalars, noise.scalars).enumerated().map { index, draw in
      var (component, sum) = (index * mixtures, probabilities[index * mixtures])
      while sum < draw.0, component < (index + 1) * mixtures - 1 {
        component += 1
        sum += probabilities[component]
      }
      return means[component] + deviations[component] * draw.1
    }
    return Tensor(shape: Array(logits.shape.dropLast()), draws)
  }

  /// A draw, `[…, latent]`.
  public func sample(using random: inout SplitMix64) -> Tensor {
    let shape = Array(logits.shape.dropLast())
    return sample(uniform: .uniform(shape, using: &random), noise: .normal(shape, using: &random))
  }
}
