import Environments
import Tensors

/// An agent that learns by acting: what every paper of the course is built to be.
///
/// One value holds everything that training changes, so that saving it is saving the run. `train()` is
/// one round of the paper's own loop; progress, evaluation, recording and checkpoints are the same for
/// all papers and live in `TrainingRun`. What only some papers have is in protocols of its own:
/// ``StagedAgent``, ``ImaginingAgent``, ``PicturingAgent``.
public protocol Agent: Sendable {
  /// The paper's settings.
  associatedtype Configuration: TrainingConfiguration

  /// The paper's name on the command line, such as `dreamerv1`.
  static var paper: String { get }

  /// The setting that says how long a run is: `steps` for steps in the environment, or what else the paper counts,
  /// such as `generations`.
  static var lengthSetting: String { get }

  /// The settings of a preset for a task; tasks differ in little more than the length.
  static func configuration(_ preset: Preset, for environment: BundledEnvironment) -> Configuration

  /// The task as this paper's agent meets it; as it comes, unless the settings say more, such as the size of
  /// pictures.
  static func environment(_ task: BundledEnvironment, for configuration: Configuration) -> any Environment

  /// An agent that has seen nothing yet.
  ///
  /// - Throws: `InvalidInput` for a task that the paper cannot learn.
  init(environment: any Environment, configuration: Configuration, seed: UInt64) throws

  /// Its life in the environment.
  var experience: Experience { get set }

  /// How far the run is.
  var progress: TrainingProgress { get }

  /// Steps taken in the environment so far.
  var environmentSteps: Int { get }

  /// Times the world model was updated so far.
  var gradientSteps: Int { get }

  /// What it earned while it learned: the returns of its experience's episodes, unless a paper learns from others too.
  var trainingReturns: TrainingReturns { get }

  /// One round: act for some steps, learn from what was seen.
  ///
  /// - Returns: the losses of the round's last update; empty if there was none.
  mutating func train() -> Metrics

  /// What has been learned, for acting in `batch` worlds at once.
  func policy(batch: Int, seed: UInt64) -> any Policy

  /// Adds everything needed to go on to a checkpoint.
  func save(to checkpoint: inout Checkpoint) throws

  /// Takes over what `save(to:)` kept; the agent must be new, and made with settings that fit.
  ///
  /// - Throws: `CourseError` for a checkpoint that does not fit.
  mutating func load(from checkpoint: Checkpoint) throws
}

extension Agent {
  /// The task as it comes.
  public static func environment(
    _ task: BundledEnvironment, for configuration: Configuration
  ) -> any Environment {
    task.make()
  }

  /// Steps of its experience.
  public var environmentSteps: Int { experience.steps }

  /// The returns of its experience's episodes.
  public var trainingReturns: TrainingReturns {
    TrainingReturns("training episodes", experience.episodeReturns)
  }
}

/// How much of something is done.
public struct TrainingProgress: Codable, Sendable, Equatable {
  /// How much is done.
  public var done: Int
  /// How much there is to do.
  public var total: Int
  /// What is counted, in the plural: `steps`, `generations`.
  public var unit: String

  /// A progress with these parts.
  public init(done: Int, total: Int, unit: String) {
    self.done = done
    self.total = total
    self.unit = unit
  }

  /// Whether nothing is left to do.
  public var isFinished: Bool { done >= total }
}

/// What an agent earned while it learned.
public struct TrainingReturns: Sendable, Equatable {
  /// What each number is the return of, for the key of a curve: `training episodes`.
  public var name: String
  /// The returns in order.
  public var values: [Double]

  /// Returns under their name.
  public init(_ name: String, _ values: [Double]) {
    self.name = name
    self.values = values
  }
}
