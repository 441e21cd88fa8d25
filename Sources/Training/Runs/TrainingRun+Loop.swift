import Foundation
import Support

extension TrainingRun {
  private static var evaluationEpisodes: Int { 10 }
  private static var finalEpisodes: Int { 50 }
  private static var secondsBetweenCheckpoints: Double { 30 }
  /// Evaluation episodes start from seeds that no training episode uses.
  private static var evaluationSeed: UInt64 { 1 << 40 }

  /// How a run ended.
  public enum Outcome: Sendable {
    /// Nothing is left to do.
    case finished(RunResult)
    /// The run was interrupted; the checkpoint is written.
    case interrupted
    /// The stage to run to is done, and others follow; the checkpoint is written.
    case stageFinished
  }

  /// Trains until nothing is left to do or the run is interrupted, then writes checkpoint, report and result.
  ///
  /// A run that was finished before is left as it is.
  ///
  /// - Parameters:
  ///   - lastStage: the stage to stop after; nil goes on to the end.
  ///   - isInterrupted: asked before every round; by default, whether Ctrl-C was pressed.
  ///   - observers: are told what happens.
  /// - Throws: `CourseError` when the disk is full; the last checkpoint stays.
  public mutating func run(
    through lastStage: String? = nil, until isInterrupted: () -> Bool = { Interrupted.isPending },
    observedBy observers: [any TrainingObserver] = []
  ) throws -> Outcome {
    func tell(_ event: TrainingEvent) { for observer in observers { observer.notice(event) } }
    let recorder = try Recorder(continuing: directory, from: recordStep)
    let earlier = try earlierResult()
    if isFinished, let earlier, earlier.outcome != nil { return .finished(earlier) }
    let (meter, earlierCost) = (CostMeter(), earlier?.cost ?? RunCost())
    func save(_ run: TrainingRun) throws {
      try run.saveCheckpoint()
      try run.writeReport()
      try run.result(cost: earlierCost + meter.cost).write(to: run.directory.result)
      tell(.saved)
    }

    if !isFinished {
      finalReturns = nil
      // What an earlier, shorter run came to holds no longer.
      try result(cost: earlierCost).write(to: directory.result)
    }
    var (stage, speed, lastSave) = (stage, Speedometer(agent), ContinuousClock.now)
    tell(.stageBegan(stage))
    while !stage.progress.isFinished {
      if isInterrupted() {
        tell(.stageEnded(stage))
        try save(self)
        return .interrupted
      }
      let before = stage
      var metrics = agent.train()
      stage = self.stage
      // What was done in this round belongs to the stage that it began in.
      var now = before
      now.progress.done = stage.name == before.name ? stage.progress.done : before.progress.total
      let isLast = before.name == Self.stageNames.last
      let isEvaluated =
        isLast && before.progress.passesMark(every: now.progress.total / 12, until: now.progress.done)
      if isEvaluated {
        let score = Score(step: recordStep, returns: evaluation(of: Self.evaluationEpisodes).returns)
        scores.append(score)
        metrics.add(["evaluation return": score.statistics.mean])
        tell(.evaluated(now, score.statistics))
      }
      // The two marks need not meet, and no evaluation may be missing from the record.
      let returns = agent.trainingReturns.values
      if isEvaluated || before.progress.passesMark(every: now.progress.total / 300, until: now.progress.done)
      {
        metrics.add(["episode return": returns.last ?? .nan])
        try recorder.record(step: recordStep, metrics)
      }
      let rates = speed.rates(agent)
      tell(
        .roundDone(
          TrainingRound(
            stage: now, metrics: metrics, environmentRate: rates.environment, gradientRate: rates.gradient,
            returns: isLast ? returns : [])))
      if stage.name != before.name {
        tell(.stageEnded(now))
        try save(self)
        if before.name == lastStage { return .stageFinished }
        tell(.stageBegan(stage))
        speed = Speedometer(agent)
      }
      if ContinuousClock.now - lastSave > .seconds(Self.secondsBetweenCheckpoints) {
        try save(self)
        lastSave = .now
      }
    }
    tell(.stageEnded(stage))
    finalReturns = evaluation(of: Self.finalEpisodes).returns
    try save(self)
    let result = try RunResult(contentsOf: directory.result)
    tell(.finished(result))
    return .finished(result)
  }

  /// What an earlier process left.
  private func earlierResult() throws -> RunResult? {
    guard FileManager.default.fileExists(atPath: directory.result) else { return nil }
    return try RunResult(contentsOf: directory.result)
  }

  private func evaluation(of episodes: Int) -> Evaluation {
    Evaluation(
      episodes, in: environment, seed: Self.evaluationSeed,
      policy: agent.policy(batch: episodes, seed: Self.evaluationSeed))
  }
}

extension TrainingProgress {
  /// Whether a multiple of `interval` lies between here and a later state, or all is done then.
  fileprivate func passesMark(every interval: Int, until later: Int) -> Bool {
    let interval = max(interval, 1)
    return later / interval > done / interval || later >= total
  }
}

/// Speeds since a stage began or went on.
private struct Speedometer {
  private let start = ContinuousClock.now
  private let environmentSteps: Int
  private let gradientSteps: Int

  init(_ agent: some Agent) {
    environmentSteps = agent.environmentSteps
    gradientSteps = agent.gradientSteps
  }

  func rates(_ agent: some Agent) -> (environment: Double, gradient: Double) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return (
      Double(agent.environmentSteps - environmentSteps) / seconds,
      Double(agent.gradientSteps - gradientSteps) / seconds
    )
  }
}
