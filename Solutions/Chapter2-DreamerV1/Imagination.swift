import Curriculum
import Foundation
import Networks
import Tensors

/// Dreams `horizon` steps ahead: the actor acts, the prior answers.
///
/// The gradient of a later reward reaches an earlier action through the dynamics. It must not take the
/// short way through what the actor sees: the actor's input is a constant.
/// Source: Hafner et al. 2020, section 3 and Algorithm 1; the constant input is the official code's.
///
/// - Parameters:
///   - start: states to start from, `[batch, …]`.
///   - horizon: how many steps to imagine.
///   - rssm: the dynamics.
///   - actor: the policy.
///   - random: draws actions and latents.
/// - Returns: the features of the imagined states, the start left out, `[batch, horizon, feature]`.
public func imagine(
  from start: LatentState, horizon: Int, rssm: RSSM, actor: Actor, using random: inout SplitMix64
) -> Tensor {
  // BEGIN SOLUTION 2.7
  var state = start
  var imagined: [Tensor] = []
  for _ in 0..<horizon {
    let action = actor(stopGradient(state.features)).sample(using: &random)
    state = rssm.imagineStep(state, action: action, using: &random)
    imagined.append(state.features)
  }
  return stack(imagined, axis: 1)
  // END SOLUTION 2.7
}

/// The λ-return of every imagined state but the last: a mixture of all n-step returns.
///
/// R_t = r_t + γ_t · ((1 − λ) · v_{t+1} + λ · R_{t+1}), starting from the last value, R_{H−1} = v_{H−1}.
/// In DreamerV1 r_t is the reward predicted *at* state t, so a value contains its own state's reward.
/// Source: Hafner et al. 2020, equation 6, in the recursive form of the official code.
///
/// - Parameters:
///   - rewards: `[batch, horizon]`.
///   - values: `[batch, horizon]`.
///   - discounts: γ_t, `[batch, horizon]`.
///   - lambda: 0 trusts the next value alone, 1 the rewards up to the last value.
/// - Returns: `[batch, horizon − 1]`.
public func lambdaReturns(rewards: Tensor, values: Tensor, discounts: Tensor, lambda: Float) -> Tensor {
  // BEGIN SOLUTION 2.8
  let horizon = rewards.shape[1]
  var next = values.at(horizon - 1, axis: 1)
  var returns: [Tensor] = []
  for t in (0..<(horizon - 1)).reversed() {
    let bootstrap = (1 - lambda) * values.at(t + 1, axis: 1) + lambda * next
    next = rewards.at(t, axis: 1) + discounts.at(t, axis: 1) * bootstrap
    returns.append(next)
  }
  return stack(returns.reversed(), axis: 1)
  // END SOLUTION 2.8
}

/// How much each imagined state counts: the discounted chance that the dream is still going on there.
///
/// weight_0 = 1, weight_t = γ_0 · γ_1 ⋯ γ_{t−1}, as constants.
/// Source: the official code of DreamerV1, which uses it for actor and critic alike.
///
/// - Parameter discounts: γ_t, `[batch, horizon]`.
/// - Returns: `[batch, horizon − 1]`, one weight for each λ-return.
public func discountWeights(_ discounts: Tensor) -> Tensor {
  // BEGIN SOLUTION 2.9
  let (batch, horizon) = (discounts.shape[0], discounts.shape[1])
  var weights = [Tensor.ones([batch])]
  for t in 0..<(horizon - 2) { weights.append(weights[t] * discounts.at(t, axis: 1)) }
  return stopGradient(stack(weights, axis: 1))
  // END SOLUTION 2.9
}
