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
  /// Whether no other stage follows.
  public var isLast: Bool

  /// A stage with these parts.
  public init(name: String, done: Int, total: Int, unit: String, isLast: Bool) {
    self.name = name
    self.done = done
    self.total = total
    self.unit = unit
    self.isLast = isLast
  }
}

extension Agent {
  /// None: the run is of one piece.
  public static var stages: [String] { [] }

  /// Nil: what counts are environment steps.
  public var stage: TrainingStage? { nil }

  /// None.
  public var pictures: [AgentPicture] { [] }

  /// Environment steps.
  public var clock: Int { environmentSteps }

  /// "environment steps".
  public static var clockName: String { "environment steps" }

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
