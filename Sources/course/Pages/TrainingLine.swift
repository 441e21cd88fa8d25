import Figures
import Training

/// Shows a training run in the terminal: a line of progress for each stage, and above it the evaluations.
final class TrainingLine: TrainingObserver {
  private var line: ProgressLine?

  func notice(_ event: TrainingEvent) {
    switch event {
    case .stageBegan(let stage):
      line = ProgressLine(total: stage.progress.total, unit: stage.progress.unit)
      line?.update(done: stage.progress.done)
    case .evaluated(let stage, let returns): line?.log(Self.text(stage.progress, returns))
    case .roundDone(let round):
      let rates = [("env", round.environmentRate), ("grad", round.gradientRate)].filter { $0.1 > 0 }
      line?.update(
        done: round.stage.progress.done, rates: rates, sparkline: round.returns, note: Self.note(round))
    case .stageEnded: line?.finish()
    case .saved, .finished: break
    }
  }

  private static func text(_ progress: TrainingProgress, _ returns: Statistics) -> String {
    let unit = progress.done == 1 ? String(progress.unit.dropLast()) : progress.unit
    return "evaluation at \(NumberText.grouped(progress.done)) \(unit): "
      + "\(NumberText.significant(returns.mean)) ± \(NumberText.significant(returns.deviation))"
  }

  /// The latest return, or of a stage among others, its losses.
  private static func note(_ round: TrainingRound) -> String {
    if round.stage.name.isEmpty {
      return round.returns.last.map { "return \(NumberText.significant($0))" } ?? ""
    }
    return zip(round.metrics.names, round.metrics.values).filter { $0.0.contains("/") }
      .map { "\($0.0) \(NumberText.significant($0.1))" }.joined(separator: ", ")
  }
}
