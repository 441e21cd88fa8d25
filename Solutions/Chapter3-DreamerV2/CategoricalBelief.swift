import Curriculum
import DreamerV1
import Foundation
import Networks
import Tensors

/// What DreamerV2 believes about z: some groups of categories, each a choice of its own.
///
/// z is the one-hot choices of all groups in one row. It can say "one of several futures" where a Gaussian would say
/// "somewhere in the middle of them". Source: Hafner et al. 2021, section 2.1.
public struct CategoricalBelief: LatentBelief {
  /// `[…, group, class]`.
  public let logits: Tensor
  /// How much of a uniform distribution is mixed in: 0 in DreamerV2, 0.01 in V3.
  public let uniformShare: Float

  /// Beliefs with these logits, `[…, group, class]`.
  public init(logits: Tensor, uniformShare: Float = 0) {
    (self.logits, self.uniformShare) = (logits, uniformShare)
  }

  /// The beliefs of some steps, each `[batch, group, class]`, as one, `[batch, time, group, class]`.
  public init(steps: [CategoricalBelief]) {
    self.init(logits: stack(steps.map(\.logits), axis: 1), uniformShare: steps.first?.uniformShare ?? 0)
  }

  /// One distribution for each group.
  public var groups: Categorical { Categorical(logits: logits, uniformShare: uniformShare) }

  /// A draw, `[…, group · class]`, whose gradient goes straight through to the probabilities.
  ///
  /// Every group draws a class of its own, and the one-hot rows of all groups stand side by side. Nothing is relaxed and
  /// there is no temperature: z is exactly one-hot, and the gradient is that of the probabilities p, as if they had been
  /// passed on: onehot + p − sg(p), where sg is `stopGradient`. Source: Hafner et al. 2021, algorithm 1.
  public func sample(using random: inout SplitMix64) -> Tensor {
    // BEGIN SOLUTION 3.1
    let (distributions, shape) = (groups, logits.shape)
    let classes = distributions.sampleIndices(using: &random)
    let choices = Tensor.oneHot(classes, count: shape[shape.count - 1]).reshaped(shape)
    let probabilities = distributions.probabilities
    let passing = choices + (probabilities - stopGradient(probabilities))
    return passing.reshaped(shape.dropLast(2) + [-1])
    // END SOLUTION 3.1
  }

  /// The same beliefs as constants.
  public var withoutGradient: CategoricalBelief {
    CategoricalBelief(logits: stopGradient(logits), uniformShare: uniformShare)
  }

  /// KL(self ‖ other) in nats, `[…]`: how much more self knows than other.
  ///
  /// One group costs Σ q·(log q − log p) over its classes. The groups are independent, so their divergences add up.
  /// Gradients reach both sides. Source: Hafner et al. 2021, equation 2.
  public func klDivergence(to other: CategoricalBelief) -> Tensor {
    // BEGIN SOLUTION 3.2
    let (logQ, logP) = (groups.logProbabilities, other.groups.logProbabilities)
    let ofGroups = (exp(logQ) * (logQ - logP)).sum(-1)
    return ofGroups.sum(-1)
    // END SOLUTION 3.2
  }
}

/// The divergence that DreamerV2 minimises: its value is KL(posterior ‖ prior), its gradient goes mostly to the prior.
///
/// α · KL(sg(posterior) ‖ prior) + (1 − α) · KL(posterior ‖ sg(prior)). A prior that has not learned yet should move to
/// the posterior, rather than pull it away from what was seen. Source: Hafner et al. 2021, algorithm 2.
///
/// - Parameters:
///   - posterior: q(z | h, observation), `[…, group, class]`.
///   - prior: p(z | h), the same shape.
///   - balance: α, 0.8 in the paper; ½ is plain KL with half its gradient.
/// - Returns: nats, `[…]`.
public func balancedKL(_ posterior: CategoricalBelief, _ prior: CategoricalBelief, balance: Float) -> Tensor {
  // BEGIN SOLUTION 3.3
  let trainsPrior = posterior.withoutGradient.klDivergence(to: prior)
  let trainsPosterior = posterior.klDivergence(to: prior.withoutGradient)
  return balance * trainsPrior + (1 - balance) * trainsPosterior
  // END SOLUTION 3.3
}
