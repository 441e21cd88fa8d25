/// An agent that learns one thing after the other: `collect`, `vision`, `memory`, `controller`.
public protocol StagedAgent: Agent {
  /// The names of the stages that a run goes through, in their order.
  static var stageNames: [String] { get }

  /// How far each stage is, in their order.
  var stages: [TrainingStage] { get }

  /// Takes over what the stages before one have left, so that it begins again, and with it those that follow.
  ///
  /// What these stages had made is not taken over, so settings that only they use may be others.
  ///
  /// - Throws: `CourseError` for a checkpoint that does not fit.
  mutating func load(from checkpoint: Checkpoint, restarting stage: String) throws
}

extension StagedAgent {
  /// The stage that the next round belongs to: the first with something left to do, or the last.
  public var stage: TrainingStage {
    let stages = stages
    return stages.first { !$0.progress.isFinished } ?? stages[stages.count - 1]
  }

  /// That of the present stage.
  public var progress: TrainingProgress { stage.progress }
}

/// A part of a run with a goal of its own.
public struct TrainingStage: Codable, Sendable, Equatable {
  /// What it is called on the command line; empty if it is the whole run.
  public var name: String
  /// How far it is.
  public var progress: TrainingProgress

  /// A stage with these parts.
  public init(name: String, progress: TrainingProgress) {
    self.name = name
    self.progress = progress
  }
}
