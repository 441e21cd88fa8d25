import DreamerV1
import Networks
import Tensors

/// A dream of DreamerV2: H steps and, unlike V1's, the state that it starts from, at index 0.
public struct Dream: Sendable {
  /// `[batch, H + 1, feature]`.
  public var features: Tensor
  /// The action that led to each state, `[batch, H + 1, action]`; zeros at index 0.
  public var actions: Tensor
  /// γ times the chance that the episode goes on after each state, `[batch, H + 1]`.
  public var discounts: Tensor

  /// A dream with these parts.
  public init(features: Tensor, actions: Tensor, discounts: Tensor) {
    (self.features, self.actions, self.discounts) = (features, actions, discounts)
  }

  /// H.
  public var horizon: Int { features.shape[1] - 1 }
}

/// Dreams `horizon` steps ahead: the actor acts, the prior answers.
///
/// The actor's input is a constant, as in V1. The start is kept: from it the first action is chosen, and what it is
/// worth is learned too. Whether the episode goes on there is known, and not predicted.
/// Source: the official code of DreamerV2.
///
/// - Parameters:
///   - start: states to start from, `[batch, …]`.
///   - goesOn: 1 where the episode goes on at the start, else 0, `[batch]`.
///   - horizon: H, how many steps to imagine.
///   - model: the world model.
///   - actor: the policy.
///   - random: draws actions and latents.
public func dream(
  from start: LatentState, goesOn: Tensor, horizon: Int, model: WorldModel, actor: Actor,
  using random: inout SplitMix64
) -> Dream {
  var state = start
  var features = [start.features]
  var actions: [Tensor] = []
  for _ in 0..<horizon {
    let action = actor(stopGradient(state.features)).sample(using: &random)
    state = model.rssm.imagineStep(state, action: action, using: &random)
    features.append(state.features)
    actions.append(action)
  }
  let all = stack(features, axis: 1)
  let first = (model.gamma * goesOn).reshaped([-1, 1])
  let discounts = concatenate([first, model.discount(all.slice(1..<(horizon + 1), axis: 1))], axis: 1)
  return Dream(
    features: all, actions: stack([.zeros(actions[0].shape)] + actions, axis: 1), discounts: discounts)
}
