/// Windows of experience for one training step, row-major, time running forwards.
public struct SequenceBatch: Sendable, Equatable {
  /// The number of windows.
  public let batchSize: Int
  /// The number of steps in each window.
  public let length: Int
  /// `[batch, time, observation]`.
  public internal(set) var observations: [Float] = []
  /// `[batch, time, action]`: the action that led to the observation of the same index.
  public internal(set) var actions: [Float] = []
  /// `[batch, time]`: the reward that came with the observation of the same index.
  public internal(set) var rewards: [Float] = []
  /// `[batch, time]`: 0 where the task ended, else 1.
  public internal(set) var continues: [Float] = []
  /// `[batch, time]`: 1 at an episode's first step, else 0; a window that begins inside an episode begins
  /// with 0.
  public internal(set) var isFirst: [Float] = []

  init(batchSize: Int, length: Int) {
    precondition(batchSize > 0, "a batch has at least 1 window, not \(batchSize)")
    self.batchSize = batchSize
    self.length = length
  }
}
