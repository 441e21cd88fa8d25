import Environments
import Figures
import Support

/// One training run from its folder's creation to its report: what every paper shares.
///
/// The loop rounds `agent.train()`; around it come evaluation at fixed steps, recording, a checkpoint
/// every half minute, and the progress line. Nothing here touches the agent's random generator, so
/// looking at a run never changes it.
public struct TrainingRun<A: Agent> {
  /// What an evaluation found.
  public struct Score: Codable, Sendable {
    /// Environment steps taken before it.
    public var step: Int
    /// The return of each episode.
    public var returns: [Double]

    /// Mean and deviation of the returns.
    public var statistics: Statistics { Statistics(returns) }
  }

  /// The run's folder.
  public let directory: RunDirectory
  /// What is trained, and on what.
  public let description: RunDescription<A.Configuration>
  /// The agent as it is now.
  public private(set) var agent: A
  /// All evaluations so far.
  public private(set) var scores: [Score] = []
  /// The returns of the evaluation at the end, once the run is over.
  public private(set) var finalReturns: [Double]?
  let environment: any Environment
  private let totalSteps: Int

  private static var evaluationEpisodes: Int { 10 }
  private static var finalEpisodes: Int { 50 }
  private static var secondsBetweenCheckpoints: Double { 30 }
  /// Evaluation episodes start from seeds that no training episode uses.
  private static var evaluationSeed: UInt64 { 1 << 40 }

  // MARK: Beginning and going on

  /// Makes the folder of a new run.
  ///
  /// - Throws: `CourseError` when the folder cannot be made or the task does not fit the paper.
  public init(_ description: RunDescription<A.Configuration>, in root: String) throws {
    environment = A.environment(description.environment, for: description.configuration)
    agent = try A(environment: environment, configuration: description.configuration, seed: description.seed)
    let name = "\(description.paper)-\(description.environment.rawValue)-seed\(description.seed)"
    directory = try RunDirectory.create(named: name, in: root)
    self.description = description
    totalSteps = description.configuration.steps
    // Whatever can be found as a run has something to go on with, however early it is killed.
    try saveCheckpoint()
    try directory.writeConfiguration(description)
  }

  /// Goes on with a run from its last checkpoint, bit for bit.
  ///
  /// - Parameters:
  ///   - directory: the run's folder.
  ///   - steps: a new number of steps to go to, kept in the folder; nil keeps the old one.
  ///   - assignments: settings to change, as in `"temperature=0.5"`; they are kept in the folder.
  ///   - stage: a stage to begin again, and with it those that follow; nil for none. One that is not finished
  ///     yet just goes on, unless settings change.
  /// - Throws: `CourseError` when the folder's files are missing or do not fit, `InvalidInput` for an unknown stage and
  ///   for settings that nothing would be trained with.
  public init(
    resuming directory: RunDirectory, steps: Int? = nil, setting assignments: [String] = [],
    restarting stage: String? = nil
  ) throws {
    if let stage { try Self.check(stage: stage) }
    var description = try directory.readConfiguration(RunDescription<A.Configuration>.self)
    if let steps { description.configuration.steps = steps }
    description.configuration = try description.configuration.setting(assignments)
    environment = A.environment(description.environment, for: description.configuration)
    agent = try A(environment: environment, configuration: description.configuration, seed: description.seed)
    let checkpoint = try Checkpoint(contentsOf: directory.checkpoint)
    let reached = try checkpoint.state(TrainingStage.self, named: "stage")
    let restarted = stage.flatMap { name in
      let goesOn = name == reached.name && reached.done < reached.total && assignments.isEmpty
      return goesOn || Self.isBefore(reached.name, name) ? nil : name
    }
    try agent.load(from: checkpoint, restarting: restarted)
    scores = try checkpoint.state([Score].self, named: "scores")
    finalReturns = try checkpoint.state([Double]?.self, named: "final")
    if restarted != nil { scores.removeAll { [clock = agent.clock] in $0.step > clock } }
    self.directory = directory
    self.description = description
    totalSteps = description.configuration.steps
    if !assignments.isEmpty {
      if !A.stages.isEmpty, stage == nil {
        throw InvalidInput(
          "from which stage on are the new settings to be used? expected --stage with one of "
            + A.stages.joined(separator: ", "))
      }
      if isFinished {
        throw InvalidInput("the run is finished: new settings need more --steps")
      }
    }
    if steps != nil || !assignments.isEmpty { try directory.writeConfiguration(description) }
  }

  /// Checks that there is a stage of that name.
  ///
  /// - Throws: `InvalidInput` with the stages that there are.
  public static func check(stage: String) throws {
    guard !A.stages.contains(stage) else { return }
    throw A.stages.isEmpty
      ? InvalidInput("\(A.paper) has no stages") : InvalidInput(unknown: "stage", stage, expected: A.stages)
  }

  private static func isBefore(_ stage: String, _ other: String) -> Bool {
    guard let place = A.stages.firstIndex(of: stage), let otherPlace = A.stages.firstIndex(of: other) else {
      return false
    }
    return place < otherPlace
  }

  /// Draws a real episode of the agent beside the one that its model imagines, also in the report.
  ///
  /// - Returns: the paths of the film, the curves and the report.
  public func drawDream(seed: UInt64) throws -> [String] {
    try RunReport(self, dreamSeed: seed).write()
    return [directory.dreamFilm, directory.dreamCurves, directory.report]
  }

  // MARK: Running

  /// How a run ended.
  public enum Outcome: Sendable {
    /// All steps were taken; the final evaluation.
    case finished(Evaluation)
    /// Ctrl-C was pressed; the checkpoint is written.
    case interrupted
    /// The stage to run to is done, and others follow; the checkpoint is written.
    case stageFinished
  }

  /// Trains until all steps are taken or Ctrl-C is pressed, then writes checkpoint and report.
  ///
  /// - Parameters:
  ///   - lastStage: the stage to stop after; nil goes on to the end.
  ///   - isInterrupted: asked before every round; by default, whether Ctrl-C was pressed.
  /// - Throws: `CourseError` when the disk is full; the last checkpoint stays.
  public mutating func run(
    through lastStage: String? = nil, until isInterrupted: () -> Bool = { Interrupted.isPending }
  ) throws -> Outcome {
    let recorder = try Recorder(continuing: directory, from: agent.clock)
    var stage = currentStage
    var progress = ProgressLine(total: stage.total, unit: stage.unit)
    progress.update(done: stage.done)
    if !isFinished { finalReturns = nil }
    var speed = Speedometer(agent)
    var lastCheckpoint = ContinuousClock.now
    while stage.done < stage.total {
      if isInterrupted() {
        progress.finish()
        try save()
        return .interrupted
      }
      let before = stage
      var metrics = agent.train()
      stage = currentStage
      // What was done in this round belongs to the stage that it began in.
      let done = stage.name == before.name ? stage.done : before.total
      let isLast = before.name == A.stages.last ?? ""
      let isEvaluated = isLast && before.passesMark(every: before.total / 12, until: done)
      if isEvaluated { metrics.add(evaluate(&progress)) }
      // The two marks need not meet, and no evaluation may be missing from the record.
      if isEvaluated || before.passesMark(every: before.total / 300, until: done) {
        metrics.add(["episode return": agent.episodeReturns.last ?? .nan])
        try recorder.record(step: agent.clock, metrics)
      }
      progress.update(
        done: done, rates: speed.rates(agent), sparkline: isLast ? agent.episodeReturns.suffix(done) : [],
        note: note(on: metrics))
      if stage.name != before.name {
        progress.finish()
        try save()
        if before.name == lastStage { return .stageFinished }
        progress = ProgressLine(total: stage.total, unit: stage.unit)
        speed = Speedometer(agent)
      }
      if ContinuousClock.now - lastCheckpoint > .seconds(Self.secondsBetweenCheckpoints) {
        try save()
        lastCheckpoint = .now
      }
    }
    progress.finish()
    let final = evaluation(of: Self.finalEpisodes)
    finalReturns = final.returns
    try save()
    return .finished(final)
  }

  /// Whether there is nothing left to do.
  public var isFinished: Bool { currentStage.done >= currentStage.total }

  /// The agent's stage; a run of one piece is one stage of environment steps.
  private var currentStage: TrainingStage {
    agent.stage
      ?? TrainingStage(
        name: "", done: agent.environmentSteps, total: totalSteps, unit: "steps")
  }

  /// The latest return, or while a stage has none, its losses.
  private func note(on metrics: Metrics) -> String {
    if A.stages.isEmpty {
      return agent.episodeReturns.last.map { "return \(NumberText.significant($0))" } ?? ""
    }
    return zip(metrics.names, metrics.values).filter { $0.0.contains("/") }
      .map { "\($0.0) \(NumberText.significant($0.1))" }.joined(separator: ", ")
  }

  private mutating func evaluate(_ progress: inout ProgressLine) -> Metrics {
    let evaluation = evaluation(of: Self.evaluationEpisodes)
    scores.append(Score(step: agent.clock, returns: evaluation.returns))
    let stage = currentStage
    progress.log(
      "evaluation at \(NumberText.grouped(stage.done)) \(stage.done == 1 ? String(stage.unit.dropLast()) : stage.unit): "
        + "\(NumberText.significant(evaluation.statistics.mean)) ± \(NumberText.significant(evaluation.statistics.deviation))"
    )
    return ["evaluation return": evaluation.statistics.mean]
  }

  private func evaluation(of episodes: Int) -> Evaluation {
    Evaluation(
      episodes, in: environment, seed: Self.evaluationSeed,
      policy: agent.policy(batch: episodes, seed: Self.evaluationSeed))
  }

  private func save() throws {
    try saveCheckpoint()
    // Before its last stage nobody acts yet, and in a learner's chapter perhaps nobody can.
    let acts = currentStage.name == A.stages.last ?? ""
    try RunReport(self, dreamSeed: acts ? description.seed : nil).write()
  }

  private func saveCheckpoint() throws {
    var checkpoint = Checkpoint()
    try agent.save(to: &checkpoint)
    try checkpoint.setState(scores, named: "scores")
    try checkpoint.setState(finalReturns, named: "final")
    try checkpoint.setState(currentStage, named: "stage")
    try checkpoint.write(to: directory.checkpoint)
  }
}

extension TrainingStage {
  /// Whether a multiple of `interval` lies between here and a later state, or the stage is over then.
  fileprivate func passesMark(every interval: Int, until later: Int) -> Bool {
    let interval = max(interval, 1)
    return later / interval > done / interval || later >= total
  }
}

/// Steps a second since the run began or went on.
private struct Speedometer {
  private let start = ContinuousClock.now
  private let environmentSteps: Int
  private let gradientSteps: Int

  init(_ agent: some Agent) {
    environmentSteps = agent.environmentSteps
    gradientSteps = agent.gradientSteps
  }

  func rates(_ agent: some Agent) -> [(String, Double)] {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return [
      ("env", Double(agent.environmentSteps - environmentSteps) / seconds),
      ("grad", Double(agent.gradientSteps - gradientSteps) / seconds),
    ].filter { $0.1 > 0 }
  }
}
