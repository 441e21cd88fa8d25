import Environments
import Figures

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
  /// - Throws: `TrainingError` when the folder cannot be made or the task does not fit the paper.
  public init(_ description: RunDescription<A.Configuration>, in root: String) throws {
    environment = description.environment.make()
    agent = try A(environment: environment, configuration: description.configuration, seed: description.seed)
    let name = "\(description.paper)-\(description.environment.rawValue)-seed\(description.seed)"
    directory = try RunDirectory.create(named: name, in: root)
    try directory.writeConfiguration(description)
    self.description = description
    totalSteps = description.configuration.steps
  }

  /// Goes on with a run from its last checkpoint, bit for bit.
  ///
  /// - Parameters:
  ///   - directory: the run's folder.
  ///   - steps: a new number of environment steps to go to; nil keeps the old one.
  /// - Throws: `TrainingError` when the folder's files are missing or do not fit.
  public init(resuming directory: RunDirectory, steps: Int? = nil) throws {
    var description = try directory.readConfiguration(RunDescription<A.Configuration>.self)
    if let steps { description.configuration.steps = steps }
    environment = description.environment.make()
    agent = try A(environment: environment, configuration: description.configuration, seed: description.seed)
    let checkpoint = try Checkpoint(contentsOf: directory.checkpoint)
    try agent.load(from: checkpoint)
    scores = try checkpoint.state([Score].self, named: "scores")
    self.directory = directory
    self.description = description
    totalSteps = description.configuration.steps
  }

  /// Draws a real episode of the agent beside the one that its model imagines.
  ///
  /// - Returns: the paths of the film and of the curves.
  public func drawDream(seed: UInt64) throws -> [String] {
    try DreamComparison(of: agent, in: environment, seed: seed).write(to: directory)
  }

  // MARK: Running

  /// How a run ended.
  public enum Outcome: Sendable {
    /// All steps were taken; the final evaluation.
    case finished(Evaluation)
    /// Ctrl-C was pressed; the checkpoint is written.
    case interrupted
  }

  /// Trains until all steps are taken or Ctrl-C is pressed, then writes checkpoint and report.
  ///
  /// - Parameter isInterrupted: asked before every round; by default, whether Ctrl-C was pressed.
  /// - Throws: `TrainingError.file` when the disk is full; the last checkpoint stays.
  public mutating func run(until isInterrupted: () -> Bool = { Interruption.isRequested }) throws -> Outcome {
    let recorder = try Recorder(continuing: directory, from: agent.environmentSteps)
    var progress = ProgressLine(total: totalSteps, unit: "steps")
    let speed = Speedometer(agent)
    var lastCheckpoint = speed.seconds
    while agent.environmentSteps < totalSteps {
      if isInterrupted() {
        progress.finish()
        try save()
        return .interrupted
      }
      let before = agent.environmentSteps
      var metrics = agent.train()
      let isEvaluated = passesMark(every: totalSteps / 12, since: before)
      if isEvaluated { metrics.add(evaluate(&progress)) }
      // The two marks need not meet, and no evaluation may be missing from the record.
      if isEvaluated || passesMark(every: totalSteps / 300, since: before) {
        metrics.add(["episode return": agent.episodeReturns.last ?? .nan])
        try recorder.record(step: agent.environmentSteps, metrics)
      }
      progress.update(
        done: agent.environmentSteps, rates: speed.rates(agent), sparkline: agent.episodeReturns,
        note: agent.episodeReturns.last.map { "return \(NumberText.significant($0))" } ?? "")
      if speed.seconds - lastCheckpoint > Self.secondsBetweenCheckpoints {
        try save()
        lastCheckpoint = speed.seconds
      }
    }
    progress.finish()
    let final = evaluation(of: Self.finalEpisodes)
    try save(final: final)
    return .finished(final)
  }

  /// Whether a multiple of `interval` lies between `before` and now, or the run is over.
  private func passesMark(every interval: Int, since before: Int) -> Bool {
    let interval = max(interval, 1)
    return agent.environmentSteps / interval > before / interval || agent.environmentSteps >= totalSteps
  }

  private mutating func evaluate(_ progress: inout ProgressLine) -> Metrics {
    let evaluation = evaluation(of: Self.evaluationEpisodes)
    scores.append(Score(step: agent.environmentSteps, returns: evaluation.returns))
    progress.log(
      "evaluation at \(NumberText.grouped(agent.environmentSteps)) steps: "
        + "\(NumberText.significant(evaluation.statistics.mean)) ± \(NumberText.significant(evaluation.statistics.deviation))"
    )
    return ["evaluation return": evaluation.statistics.mean]
  }

  private func evaluation(of episodes: Int) -> Evaluation {
    Evaluation(
      episodes, in: environment, seed: Self.evaluationSeed,
      policy: agent.policy(batch: episodes, seed: Self.evaluationSeed))
  }

  private func save(final: Evaluation? = nil) throws {
    var checkpoint = Checkpoint()
    try agent.save(to: &checkpoint)
    try checkpoint.setState(scores, named: "scores")
    try checkpoint.write(to: directory.checkpoint)
    try RunReport(self, final: final).write()
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

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  func rates(_ agent: some Agent) -> [(String, Double)] {
    let seconds = seconds
    return [
      ("env", Double(agent.environmentSteps - environmentSteps) / seconds),
      ("grad", Double(agent.gradientSteps - gradientSteps) / seconds),
    ]
  }
}
