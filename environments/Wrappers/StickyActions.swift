import struct Tensors.SplitMix64

/// Repeats the previous action instead of the new one with some probability, which makes a
/// deterministic task random.
///
/// Source: Machado et al., "Revisiting the Arcade Learning Environment" (2018), with probability 0.25.
public struct StickyActions<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  /// How likely the previous action is repeated.
  public let probability: Double

  private var random = SplitMix64(seed: 0)
  private var previous: [Float]?

  /// An environment that sometimes does not listen.
  ///
  /// - Parameters:
  ///   - base: the environment to wrap.
  ///   - probability: how likely the previous action is repeated, from 0 to 1.
  public init(_ base: Base, probability: Double = 0.25) {
    precondition(0...1 ~= probability, "probability must be from 0 to 1, not \(probability)")
    self.base = base
    self.probability = probability
  }

  /// Starts an episode; the seed also decides which actions stick.
  public mutating func reset(seed: UInt64) -> [Float] {
    random = SplitMix64(seed: ~seed)
    previous = nil
    return base.reset(seed: seed)
  }

  /// Takes the action, or the previous one again; the first action of an episode never sticks.
  public mutating func step(_ action: [Float]) -> StepResult {
    let sticks = random.uniform() < probability
    if sticks, let previous { return base.step(previous) }
    previous = action
    return base.step(action)
  }
}
