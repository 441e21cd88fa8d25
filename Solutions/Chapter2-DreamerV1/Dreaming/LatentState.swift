import Tensors

/// The model's state: what it remembers for certain, and what it believes about the rest.
public struct LatentState: Sendable {
  /// h: the recurrent memory, `[…, deterministic]`.
  public var deterministic: Tensor
  /// z: a sample of the stochastic state, `[…, stochastic]`.
  public var stochastic: Tensor

  /// A state with these parts.
  public init(deterministic: Tensor, stochastic: Tensor) {
    self.deterministic = deterministic
    self.stochastic = stochastic
  }

  /// What decoder, heads, actor and critic see: [z, h] joined, `[…, stochastic + deterministic]`.
  public var features: Tensor { concatenate([stochastic, deterministic]) }

  /// The same numbers as constants.
  public var withoutGradient: LatentState {
    LatentState(deterministic: stopGradient(deterministic), stochastic: stopGradient(stochastic))
  }

  /// The states of all steps in one row, from `[batch, time, …]` to `[batch · time, …]`.
  public var flattened: LatentState {
    let count = deterministic.shape[0] * deterministic.shape[1]
    return LatentState(
      deterministic: deterministic.reshaped([count, -1]), stochastic: stochastic.reshaped([count, -1]))
  }

  /// Some of the states, `[count, …]`, by their places in the row.
  public func rows(_ places: [Int]) -> LatentState {
    LatentState(deterministic: deterministic.rows(places), stochastic: stochastic.rows(places))
  }
}
