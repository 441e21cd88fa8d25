/// A task in Gymnasium's conventions, as a value: copying an environment copies the whole world, and
/// the copies then live apart.
///
/// ```swift
/// var environment = Pendulum()
/// var observation = environment.reset(seed: 1)
/// var result = environment.step(environment.expertAction())
/// ```
///
/// Every environment behaves alike at the edges:
/// - The same seed and actions give the same trace, bit for bit.
/// - `step(_:)` before the first `reset(seed:)`, or after an episode has ended, traps.
/// - An action of the wrong size, with a NaN, or that is not an index of a discrete space, traps. A
///   finite or infinite number outside a box is clipped to it.
/// - The observation of a step is the true successor, also at the end: nothing resets by itself.
public protocol Environment: Sendable {
  /// The task's name, as the command line spells it.
  var name: String { get }

  /// What observations look like.
  var observationSpace: Space { get }

  /// What actions look like.
  var actionSpace: Space { get }

  /// Whether the task itself can end an episode, by success or by failure, and not only a time limit.
  ///
  /// If false, no step is ever `terminated`: an agent need not learn when the world ends.
  var canTerminate: Bool { get }

  /// The mean returns of the random and the expert policy, which make scores comparable.
  var anchors: ReturnAnchors { get }

  /// Starts an episode.
  ///
  /// - Parameter seed: fixes the start state and everything random in the episode.
  /// - Returns: the first observation.
  mutating func reset(seed: UInt64) -> [Float]

  /// Moves the world on by one step.
  ///
  /// - Parameter action: an element of `actionSpace`; numbers outside a box are clipped.
  /// - Returns: the successor's observation, the reward of this step, and whether the episode ended.
  mutating func step(_ action: [Float]) -> StepResult

  /// A picture of the current state.
  ///
  /// - Parameters:
  ///   - width: in pixels, at least 1.
  ///   - height: in pixels, at least 1.
  func render(width: Int, height: Int) -> RGBImage

  /// A picture of what an observation says, also of an imagined one that no state would give.
  ///
  /// - Parameters:
  ///   - observation: as many numbers as the observation space has; what is not finite is not drawn.
  ///   - width: in pixels, at least 1.
  ///   - height: in pixels, at least 1.
  func render(observation: [Float], width: Int, height: Int) -> RGBImage

  /// What the scripted expert would do now; it may look at the true state.
  func expertAction() -> [Float]
}

/// What one step of an environment brings.
public struct StepResult: Sendable, Equatable {
  /// The true successor's observation.
  public var observation: [Float]

  /// The reward of this step.
  public var reward: Float

  /// Whether the task itself ended (success or failure): no future reward exists.
  public var terminated: Bool

  /// Whether a time limit cut the episode here: the world could have gone on.
  ///
  /// Both may be true at once.
  public var truncated: Bool

  /// A result with these values.
  public init(observation: [Float], reward: Float, terminated: Bool = false, truncated: Bool = false) {
    self.observation = observation
    self.reward = reward
    self.terminated = terminated
    self.truncated = truncated
  }

  /// Whether the episode is over, for either reason.
  public var isLast: Bool { terminated || truncated }
}

/// Mean returns over 100 seeded episodes (seeds 0 to 99) that put every task on one scale.
public struct ReturnAnchors: Sendable, Equatable {
  /// The mean return of uniformly random actions.
  public var random: Double

  /// The mean return of the scripted expert.
  public var expert: Double

  /// Anchors with these values.
  public init(random: Double, expert: Double) {
    self.random = random
    self.expert = expert
  }

  /// A return as a score: 0 for the random policy, 100 for the expert.
  public func normalisedScore(_ episodeReturn: Double) -> Double {
    100 * (episodeReturn - random) / (expert - random)
  }
}
