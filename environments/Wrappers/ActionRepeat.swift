/// Takes every action several times and adds up the rewards; an end in between ends the step.
public struct ActionRepeat<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  /// How often each action is taken.
  public let count: Int

  /// An environment with longer steps.
  ///
  /// - Parameters:
  ///   - base: the environment to wrap.
  ///   - count: how often each action is taken, at least 1.
  public init(_ base: Base, count: Int) {
    precondition(count >= 1, "an action must be taken at least once, not \(count) times")
    self.base = base
    self.count = count
  }

  /// Takes the action `count` times, or until the episode ends.
  public mutating func step(_ action: [Float]) -> StepResult {
    var result = base.step(action)
    var total = result.reward
    for _ in 1..<count where !result.isLast {
      result = base.step(action)
      total += result.reward
    }
    result.reward = total
    return result
  }
}
