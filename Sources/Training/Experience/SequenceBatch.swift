import Tensors

/// Windows of experience for one training step.
public struct SequenceBatch: Sendable, Equatable {
  /// `[batch, time, observation]`.
  public var observations: Tensor
  /// `[batch, time, action]`: the action that led to the observation of the same index.
  public var actions: Tensor
  /// `[batch, time]`: the reward that came with the observation of the same index.
  public var rewards: Tensor
  /// `[batch, time]`: 0 where the task ended, else 1.
  public var continues: Tensor
  /// `[batch, time]`: 1 at an episode's first step, else 0; a window that begins inside an episode begins
  /// with 0.
  public var isFirst: Tensor

  /// A batch with these parts.
  public init(observations: Tensor, actions: Tensor, rewards: Tensor, continues: Tensor, isFirst: Tensor) {
    self.observations = observations
    self.actions = actions
    self.rewards = rewards
    self.continues = continues
    self.isFirst = isFirst
  }
}
