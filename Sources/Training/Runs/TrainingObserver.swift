/// Looks on while a run trains, such as a progress line in the terminal.
///
/// It is told what happens as it happens. Nothing that it does changes the run.
///
/// ```swift
/// final class Log: TrainingObserver {
///   func notice(_ event: TrainingEvent) {
///     if case .evaluated(let stage, let returns) = event { print(stage.progress.done, returns.mean) }
///   }
/// }
/// _ = try run.run(observedBy: [Log()])
/// ```
public protocol TrainingObserver: AnyObject {
  /// Takes notice of something that has just happened.
  func notice(_ event: TrainingEvent)
}

/// Something that happens in a run; a run of one piece is one stage without a name.
public enum TrainingEvent: Sendable {
  /// A stage begins, or goes on.
  case stageBegan(TrainingStage)
  /// The policy was evaluated without exploration: mean and deviation of its returns.
  case evaluated(TrainingStage, Statistics)
  /// A round of training is done.
  case roundDone(TrainingRound)
  /// No further round of this stage comes: it is done, or the run was interrupted.
  case stageEnded(TrainingStage)
  /// Checkpoint and report were written.
  case saved
  /// The run is over.
  case finished(RunResult)
}

/// One round of training.
public struct TrainingRound: Sendable {
  /// The stage that it belongs to, and how far that is now.
  public var stage: TrainingStage
  /// The losses of its last update, and what else was measured.
  public var metrics: Metrics
  /// Environment steps a second since the stage began or went on.
  public var environmentRate: Double
  /// Updates of the world model a second since the stage began or went on.
  public var gradientRate: Double
  /// What training earned so far; empty before the last stage, in which the policy learns.
  public var returns: [Double]
}
