import Environments
import Tensors

/// What an agent lives through: its environment, what it remembers of it, and the scales between the two.
///
/// Outside everything is in the environment's units, inside on the networks' scale: observations as
/// `ObservationScaling` and actions as `ActionFormat` bring them there, rewards multiplied with a constant.
///
/// ```swift
/// var experience = try Experience(
///   of: Pendulum(), seed: 0, capacity: 1_000, crossesEpisodes: true, rewardScale: 0.1)
/// experience.observe()
/// experience.take([0.5])  // torque 1
/// ```
public struct Experience: Sendable {
  /// How actions look to networks.
  public let format: ActionFormat
  /// All steps so far: observations in the environment's units, actions and rewards on the networks' scale.
  public private(set) var replay: ReplayBuffer
  /// Brings observations to a common scale; nil for pictures, which have one.
  public private(set) var scaling: ObservationScaling?
  /// What rewards are multiplied with before networks see them.
  public let rewardScale: Float
  private var interaction: Interaction

  /// A life that is about to begin.
  ///
  /// - Parameters:
  ///   - environment: the task.
  ///   - seed: of the first episode; later ones count on from it.
  ///   - capacity: the number of steps remembered.
  ///   - crossesEpisodes: whether a window may run from one episode into the next; see `ReplayBuffer`.
  ///   - rewardScale: what rewards are multiplied with before networks see them.
  /// - Throws: `InvalidInput` for actions that no network can choose.
  public init(
    of environment: any Environment, seed: UInt64, capacity: Int, crossesEpisodes: Bool, rewardScale: Double
  ) throws {
    format = try ActionFormat(environment.actionSpace)
    replay = ReplayBuffer(
      observationSpace: environment.observationSpace, actionSize: format.size, capacity: capacity,
      crossesEpisodes: crossesEpisodes)
    if case .image = environment.observationSpace {
      scaling = nil
    } else {
      scaling = ObservationScaling(size: environment.observationSpace.count)
    }
    self.rewardScale = Float(rewardScale)
    interaction = Interaction(environment, seed: seed)
  }

  /// Steps taken in the environment.
  public var steps: Int { interaction.steps }

  /// The returns of the episodes that have ended, in the environment's units.
  public var episodeReturns: [Double] { interaction.episodeReturns }

  /// Where the rewards lie that were ever seen, and 0, in the environment's units.
  public var rewardRange: ClosedRange<Float> { interaction.rewardRange }

  // MARK: Acting

  /// A point in an episode where an action is due.
  public struct Moment: Sendable {
    /// What is seen, in the environment's units.
    public let observation: [Float]
    /// Whether an episode begins here.
    public let isFirst: Bool
  }

  /// What there is to see now; where an episode has ended, the first of the next one.
  public mutating func observe() -> Moment {
    if interaction.isOver { startEpisode(seed: nil) }
    return Moment(observation: interaction.observation, isFirst: interaction.episodeSteps == 0)
  }

  /// Begins an episode; an unfinished one is left.
  ///
  /// - Parameter seed: fixes the episode, and later ones count on from it; nil for the next in the row.
  public mutating func startEpisode(seed: UInt64?) {
    replay.startEpisode(with: interaction.startEpisode(seed: seed))
  }

  /// Whether no episode is running.
  public var isOver: Bool { interaction.isOver }

  /// Takes a step in the running episode and remembers it.
  ///
  /// - Parameter action: as networks see it.
  /// - Returns: what came, in the environment's units.
  @discardableResult
  public mutating func take(_ action: [Float]) -> StepResult {
    let result = interaction.step(format.environmentAction(action))
    replay.append(
      action: action, observation: result.observation, reward: result.reward * rewardScale,
      isTerminal: result.terminated)
    return result
  }

  // MARK: Remembering

  /// Fixes the scale of observations by those seen so far; pictures stay as they are.
  public mutating func fitScaling() {
    scaling?.fit(replay.allObservations, in: replay.observationSpace)
  }

  /// Observations in the environment's units on the networks' scale, `[count, observation]`.
  public func scaled(_ observations: [[Float]]) -> Tensor {
    let numbers = Tensor(observations)
    return scaling?(numbers) ?? numbers
  }

  /// Observations on the networks' scale, `[…, observation]`, in the environment's units.
  public func unscaled(_ observations: Tensor) -> Tensor {
    scaling?.inverse(observations) ?? observations
  }

  /// Draws windows on the networks' scale; see ``ReplayBuffer/sample(batchSize:length:using:)``.
  public func sample(batchSize: Int, length: Int, using random: inout SplitMix64) -> SequenceBatch {
    var batch = replay.sample(batchSize: batchSize, length: length, using: &random)
    if let scaling { batch.observations = scaling(batch.observations) }
    return batch
  }

  // MARK: Checkpoints

  /// Adds all of it to a checkpoint.
  public func save(to checkpoint: inout Checkpoint) throws {
    if let scaling { checkpoint.add(scaling, group: "scaling") }
    replay.save(to: &checkpoint, group: "replay")
    try interaction.save(to: &checkpoint)
  }

  /// Takes over what ``save(to:)`` kept; the running episode is played again up to where it was.
  ///
  /// - Throws: `CourseError` for a checkpoint that does not fit.
  public mutating func load(from checkpoint: Checkpoint) throws {
    if var loaded = scaling {
      try checkpoint.load(&loaded, group: "scaling")
      scaling = loaded
    }
    try replay.load(from: checkpoint, group: "replay")
    try interaction.load(from: checkpoint)
  }
}
