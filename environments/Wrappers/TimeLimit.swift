/// Truncates episodes after a number of steps, unless the task ends them sooner.
///
/// The anchors stay those of the task's own episode length.
public struct TimeLimit<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  private var episode: Episode

  /// An environment with shorter episodes.
  ///
  /// - Parameters:
  ///   - base: the environment to wrap.
  ///   - steps: the number of steps in the longest episode, at least 1.
  public init(_ base: Base, steps: Int) {
    self.base = base
    episode = Episode(limit: steps)
  }

  /// Starts an episode.
  public mutating func reset(seed: UInt64) -> [Float] {
    episode.begin()
    return base.reset(seed: seed)
  }

  /// Steps, and truncates at the limit.
  public mutating func step(_ action: [Float]) -> StepResult {
    let isAtLimit = episode.advance()
    var result = base.step(action)
    result.truncated = result.truncated || isAtLimit
    episode.end(if: result.isLast)
    return result
  }
}
