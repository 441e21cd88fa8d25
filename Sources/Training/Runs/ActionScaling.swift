import Environments

/// The map between an agent's actions in [−1, 1] and an environment's own.
public struct ActionScaling: Sendable {
  private let low: [Float]
  private let high: [Float]
  /// The extent of an action.
  public var size: Int { low.count }

  /// The scaling for a box with finite bounds.
  ///
  /// - Throws: `TrainingError.invalidInput` for any other space.
  public init(_ space: Space) throws {
    guard case .box(let low, let high) = space, (low + high).allSatisfy(\.isFinite) else {
      throw TrainingError.invalidInput(
        "this paper needs continuous actions between finite bounds, not \(space)")
    }
    self.low = low
    self.high = high
  }

  /// An agent's action in the environment's units.
  public func toEnvironment(_ action: some Collection<Float>) -> [Float] {
    zip(action, zip(low, high)).map { number, bounds in
      let (low, high) = bounds
      return low + (number + 1) / 2 * (high - low)
    }
  }

  /// An environment's action as the agent's.
  public func toAgent(_ action: some Collection<Float>) -> [Float] {
    zip(action, zip(low, high)).map { number, bounds in
      let (low, high) = bounds
      return 2 * (number - low) / (high - low) - 1
    }
  }
}
