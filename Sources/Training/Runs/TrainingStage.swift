import Environments

/// A part of a run with its own goal, for papers that learn one thing after the other.
public struct TrainingStage: Codable, Sendable, Equatable {
  /// What it is called on the command line.
  public var name: String
  /// How much is done.
  public var done: Int
  /// How much there is to do.
  public var total: Int
  /// What is counted.
  public var unit: String
  /// A stage with these parts.
  public init(name: String, done: Int, total: Int, unit: String) {
    self.name = name
    self.done = done
    self.total = total
    self.unit = unit
  }
}

extension Agent {
  /// None: the run is of one piece.
  public static var stages: [String] { [] }

  /// None: what counts are environment steps.
  public var progress: [TrainingStage] { [] }

  /// The stage that the next round belongs to; nil for a run of one piece.
  public var stage: TrainingStage? { progress.first { $0.done < $0.total } ?? progress.last }

  /// How far the run is, in the unit that records use: environment steps, or all stages' units together.
  public var clock: Int { progress.isEmpty ? environmentSteps : progress.reduce(0) { $0 + $1.done } }

  /// "training".
  public var returnsName: String { "training" }

  /// None.
  public var pictures: [AgentPicture] { [] }

  /// Takes over all that `save(to:)` kept; see ``load(from:restarting:)``.
  public mutating func load(from checkpoint: Checkpoint) throws {
    try load(from: checkpoint, restarting: nil)
  }

  /// The task as it comes.
  public static func environment(
    _ task: BundledEnvironment, for configuration: Configuration
  ) -> any Environment {
    task.make()
  }
}
