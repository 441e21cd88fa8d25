import Curriculum
import DreamerV1
import Foundation
import Networks
import Tensors

/// A divergence with a balance, as `balancedKL` is one: from the logits of posterior and prior, `[batch, group, class]`,
/// and α to nats, `[batch]`.
public typealias BalancedDivergence = (_ posterior: Tensor, _ prior: Tensor, _ balance: Float) -> Tensor

/// Whether a divergence is balanced as DreamerV2 wants it: a check of values, and of where gradients go.
///
/// Whatever α is, the value is the plain KL(posterior ‖ prior), summed over the groups. So no logged number shows
/// how it was balanced: only gradients do. With respect to the prior's logits it is α times the plain KL's, with respect
/// to the posterior's (1 − α) times.
///
/// - Parameter divergence: what is to be checked; it may be wrong in any way, also in its shape.
/// - Returns: true if value and gradients are right for any α. Rounding may differ in the fifth digit.
public func acceptsBalance(_ divergence: BalancedDivergence) -> Bool {
  var random = SplitMix64(seed: 34)
  let posterior = Tensor.normal([2, 3, 4], using: &random)
  let prior = Tensor.normal([2, 3, 4], using: &random)
  // BEGIN EXERCISE 3.4: write the test; for help: course hint 3.4
  todo("3.4")
  // END EXERCISE 3.4
}
