/// Multiplies rewards by a factor, and the anchors with them: scores stay the same.
public struct RewardScaling<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  /// What rewards are multiplied by.
  public let factor: Float

  /// An environment with larger or smaller rewards.
  ///
  /// - Parameters:
  ///   - base: the environment to wrap.
  ///   - factor: what rewards are multiplied by, above 0.
  public init(_ base: Base, by factor: Float) {
    precondition(factor > 0 && factor.isFinite, "rewards cannot be multiplied by \(factor)")
    self.base = base
    self.factor = factor
  }

  /// The wrapped task's anchors, scaled.
  public var anchors: ReturnAnchors {
    ReturnAnchors(
      random: base.anchors.random * Double(factor), expert: base.anchors.expert * Double(factor))
  }

  /// Steps and scales the reward.
  public mutating func step(_ action: [Float]) -> StepResult {
    var result = base.step(action)
    result.reward *= factor
    return result
  }
}
