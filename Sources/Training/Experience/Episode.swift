/// A way of acting in one or more worlds at once; it remembers what it needs from step to step.
public protocol Policy: Sendable {
  /// Chooses actions.
  ///
  /// - Parameter observations: one for each world, in the same order at every call.
  /// - Returns: one action for each world, an element of its action space.
  mutating func act(_ observations: [[Float]]) -> [[Float]]
}

/// What happened in one episode, from the first observation to the last.
public struct Episode: Sendable {
  /// One step: an action, and what it led to.
  public struct Step: Sendable {
    /// The action taken, in the environment's action space.
    public var action: [Float]
    /// The observation that it led to.
    public var observation: [Float]
    /// The reward that came with it, in the environment's own units.
    public var reward: Float

    /// A step with these parts.
    public init(action: [Float], observation: [Float], reward: Float) {
      self.action = action
      self.observation = observation
      self.reward = reward
    }
  }

  /// The observation of the reset.
  public var first: [Float]
  /// The steps that followed.
  public var steps: [Step] = []

  /// An episode that has just begun.
  public init(first: [Float]) {
    self.first = first
  }

  /// The sum of all rewards.
  public var episodeReturn: Double { steps.reduce(0) { $0 + Double($1.reward) } }
}
