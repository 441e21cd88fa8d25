/// An agent whose world model predicts observations and rewards, so that they can be laid beside the real ones.
public protocol ImaginingAgent: Agent {
  /// What the world model predicts with its eyes closed.
  ///
  /// - Parameters:
  ///   - episode: a real episode.
  ///   - context: how many of its observations the model sees before it only imagines.
  ///   - seed: fixes the imagined draws.
  /// - Returns: one imagined step for each real one after the context, under the same actions.
  func imagine(_ episode: Episode, context: Int, seed: UInt64) -> [Episode.Step]
}
