import Environments

/// What `config.json` of a run holds: all that is needed to make the run again.
public struct RunDescription<Configuration: TrainingConfiguration>: Codable, Sendable {
  /// The paper's name on the command line.
  public var paper: String
  /// The task.
  public var environment: BundledEnvironment
  /// Fixes everything random.
  public var seed: UInt64
  /// Which preset the settings started from.
  public var preset: Preset
  /// The settings after all `--set` assignments.
  public var configuration: Configuration

  /// A description with these parts.
  public init(
    paper: String, environment: BundledEnvironment, seed: UInt64, preset: Preset, configuration: Configuration
  ) {
    self.paper = paper
    self.environment = environment
    self.seed = seed
    self.preset = preset
    self.configuration = configuration
  }
}
