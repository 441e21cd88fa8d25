import Environments
import Tensors

/// An agent that learns by acting: what every paper of the course is built to be.
///
/// One value holds everything that training changes, so that saving it is saving the run. `train()` is
/// one round of the paper's own loop; progress, evaluation, recording and checkpoints are the same for
/// all papers and live in `TrainingRun`.
public protocol Agent: Sendable {
  /// The paper's settings.
  associatedtype Configuration: TrainingConfiguration

  /// The paper's name on the command line, such as `dreamerv1`.
  static var paper: String { get }

  /// The settings of a preset for a task; tasks differ in little more than the number of steps.
  static func configuration(_ preset: Preset, for environment: BundledEnvironment) -> Configuration

  /// The task as this paper's agent meets it; as it comes, unless the settings say more, such as the size of
  /// pictures.
  static func environment(_ task: BundledEnvironment, for configuration: Configuration) -> any Environment

  /// The names of the stages that a run goes through, in their order; none for a run of one piece.
  static var stages: [String] { get }

  /// An agent that has seen nothing yet.
  ///
  /// - Throws: `InvalidInput` for a task that the paper cannot learn.
  init(environment: any Environment, configuration: Configuration, seed: UInt64) throws

  /// Its life in the environment.
  var experience: Experience { get set }

  /// Steps taken in the environment so far.
  var environmentSteps: Int { get }

  /// How far each stage is, in their order; empty for a run of one piece, which ends after the configured
  /// environment steps.
  var progress: [TrainingStage] { get }

  /// Times the world model was updated so far.
  var gradientSteps: Int { get }

  /// The returns of the training episodes that have ended, in order; of a last stage, one for each of its units.
  var episodeReturns: [Double] { get }

  /// What these are returns of, for the key of the learning curve.
  var returnsName: String { get }

  /// One round: act for some steps, learn from what was seen.
  ///
  /// - Returns: the losses of the round's last update; empty if there was none.
  mutating func train() -> Metrics

  /// What has been learned, for acting in `batch` worlds at once.
  func policy(batch: Int, seed: UInt64) -> any Policy

  /// What the world model predicts with its eyes closed.
  ///
  /// - Parameters:
  ///   - episode: a real episode.
  ///   - context: how many of its observations the model sees before it only imagines.
  ///   - seed: fixes the imagined draws.
  /// - Returns: one imagined step for each real one after the context, under the same actions.
  func imagine(_ episode: Episode, context: Int, seed: UInt64) -> [Episode.Step]

  /// What the agent has learned, as pictures for the report; none by default.
  var pictures: [AgentPicture] { get }

  /// Adds everything needed to go on to a checkpoint.
  func save(to checkpoint: inout Checkpoint) throws

  /// Takes over what `save(to:)` kept; the agent must be new, and made with settings that fit.
  ///
  /// - Parameters:
  ///   - checkpoint: what was kept.
  ///   - stage: the stage to begin again, and with it those that follow; nil goes on where the run was. What these
  ///     stages had made is not taken over, so settings that only they use may be others.
  /// - Throws: `CourseError` for a checkpoint that does not fit.
  mutating func load(from checkpoint: Checkpoint, restarting stage: String?) throws
}
