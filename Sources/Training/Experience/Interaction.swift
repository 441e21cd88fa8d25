import Environments
import Tensors

/// The agent's life in one environment, episode after episode.
///
/// It can be saved in the middle of an episode, though environments cannot: they are deterministic, so
/// the episode's seed and actions bring back its state.
public struct Interaction: Sendable {
  /// What a checkpoint keeps.
  public struct Snapshot: Codable, Sendable {
    var seed: UInt64
    var actions: [[Float]]
    var isOver: Bool
    var steps: Int
    var episodeReturn: Double
    var episodeReturns: [Double]
    var smallestReward: Float = 0
    var largestReward: Float = 0
  }

  private let initialEnvironment: any Environment
  private var environment: any Environment
  private var snapshot: Snapshot
  /// The latest observation; empty before the first episode.
  public private(set) var observation: [Float] = []

  /// A life that begins with the episode of `seed`; later episodes count on from there.
  public init(_ environment: any Environment, seed: UInt64) {
    initialEnvironment = environment
    self.environment = environment
    snapshot = Snapshot(
      seed: seed, actions: [], isOver: true, steps: 0, episodeReturn: 0, episodeReturns: [])
  }

  /// Steps taken in all episodes.
  public var steps: Int { snapshot.steps }

  /// The returns of the episodes that have ended.
  public var episodeReturns: [Double] { snapshot.episodeReturns }

  /// Where the rewards lie that were ever seen, and 0.
  public var rewardRange: ClosedRange<Float> { snapshot.smallestReward...snapshot.largestReward }

  /// Whether the next thing to do is `startEpisode()`.
  public var isOver: Bool { snapshot.isOver }

  /// Steps taken in the present episode.
  public var episodeSteps: Int { snapshot.actions.count }

  /// Begins an episode.
  ///
  /// - Parameter seed: fixes it; nil for the next in the row.
  /// - Returns: its first observation.
  public mutating func startEpisode(seed: UInt64? = nil) -> [Float] {
    snapshot.seed = seed ?? (snapshot.seed &+ 1)
    snapshot.actions = []
    snapshot.episodeReturn = 0
    snapshot.isOver = false
    observation = environment.reset(seed: snapshot.seed)
    return observation
  }

  /// Takes a step in the ongoing episode, with an action in the environment's units.
  public mutating func step(_ action: [Float]) -> StepResult {
    let result = environment.step(action)
    observation = result.observation
    snapshot.actions.append(action)
    snapshot.steps += 1
    snapshot.episodeReturn += Double(result.reward)
    snapshot.smallestReward = min(snapshot.smallestReward, result.reward)
    snapshot.largestReward = max(snapshot.largestReward, result.reward)
    if result.isLast {
      snapshot.isOver = true
      snapshot.episodeReturns.append(snapshot.episodeReturn)
    }
    return result
  }

  /// Adds the state to a checkpoint.
  public func save(to checkpoint: inout Checkpoint) throws {
    try checkpoint.setState(snapshot, named: "interaction")
  }

  /// Takes over a saved state, replaying the ongoing episode.
  public mutating func load(from checkpoint: Checkpoint) throws {
    snapshot = try checkpoint.state(Snapshot.self, named: "interaction")
    environment = initialEnvironment
    guard !snapshot.isOver else { return }
    observation = environment.reset(seed: snapshot.seed)
    for action in snapshot.actions { observation = environment.step(action).observation }
  }
}
