import Curriculum
import DreamerV1
import Foundation
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
/// The actor's input is a constant, as in V1. The start is kept, at index 0: from it the first action is chosen, and what
/// it is worth is learned too. Whether the episode goes on there is known and not predicted: its discount is γ or 0.
/// The action at index t is the one that led to state t, so none is at index 0.
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
  // BEGIN EXERCISE 3.8: replace the next line; for help: course hint 3.8
  todo("3.8")
  // END EXERCISE 3.8
}
