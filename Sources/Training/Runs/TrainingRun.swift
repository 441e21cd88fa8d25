import Environments
import Support

/// One training run from its folder's creation to its report: what every paper shares.
///
/// The loop rounds `agent.train()`; around it come evaluation at fixed steps, recording, a checkpoint
/// every half minute, and what observers make of it. Nothing here touches the agent's random generator, so
/// looking at a run never changes it.
///
/// ```swift
/// var run = try TrainingRun<DreamerV1Agent>(description, in: "runs")
/// if case .finished(let result) = try run.run() { print(result.outcome!.score) }
/// ```
public struct TrainingRun<A: Agent> {
  /// What an evaluation found.
  public struct Score: Codable, Sendable {
    /// The step of its record in `metrics.jsonl`.
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
  public internal(set) var agent: A
  /// All evaluations so far.
  public internal(set) var scores: [Score] = []
  /// The returns of the evaluation at the end, once the run is over.
  public internal(set) var finalReturns: [Double]?
  let environment: any Environment

  // MARK: Beginning and going on

  /// Makes the folder of a new run.
  ///
  /// - Throws: `CourseError` when the folder cannot be made, `InvalidInput` when the task does not fit the paper.
  public init(_ description: RunDescription<A.Configuration>, in root: String) throws {
    environment = A.environment(description.environment, for: description.configuration)
    agent = try A(environment: environment, configuration: description.configuration, seed: description.seed)
    let name = "\(description.paper)-\(description.environment.rawValue)-seed\(description.seed)"
    directory = try RunDirectory.create(named: name, in: root)
    self.description = description
    // Whatever can be found as a run has something to go on with, however early it is killed.
    try saveCheckpoint()
    try directory.writeConfiguration(description)
  }

  /// Goes on with a run from its last checkpoint, bit for bit.
  ///
  /// - Parameters:
  ///   - directory: the run's folder.
  ///   - assignments: settings to change, as in `"temperature=0.5"`; they are kept in the folder.
  ///   - stage: a stage to begin again, and with it those that follow; nil for none. One that is not finished
  ///     yet just goes on, unless settings other than the length change.
  /// - Throws: `CourseError` when the folder's files are missing or do not fit, `InvalidInput` for an unknown stage and
  ///   for settings that nothing would be trained with.
  public init(
    resuming directory: RunDirectory, setting assignments: [String] = [], restarting stage: String? = nil
  ) throws {
    if let stage { try Self.check(stage: stage) }
    var description = try directory.readConfiguration(RunDescription<A.Configuration>.self)
    description.configuration = try description.configuration.setting(assignments)
    environment = A.environment(description.environment, for: description.configuration)
    agent = try A(environment: environment, configuration: description.configuration, seed: description.seed)
    let checkpoint = try Checkpoint(contentsOf: directory.checkpoint)
    let changesRecipe = assignments.contains { Self.name(of: $0) != A.lengthSetting }
    let reached = try checkpoint.state(TrainingStage.self, named: "stage")
    let restarted = stage.flatMap { name in
      let goesOn = name == reached.name && !reached.progress.isFinished && !changesRecipe
      return goesOn || Self.isBefore(reached.name, name) ? nil : name
    }
    scores = try checkpoint.state([Score].self, named: "scores")
    finalReturns = try checkpoint.state([Double]?.self, named: "final")
    self.directory = directory
    self.description = description
    if let restarted {
      try restart(restarted, from: checkpoint)
    } else {
      try agent.load(from: checkpoint)
    }
    guard !assignments.isEmpty else { return }
    if changesRecipe, stage == nil, Self.stageNames != [""] {
      throw InvalidInput(
        "from which stage on are the new settings to be used? expected --stage with one of "
          + Self.stageNames.joined(separator: ", "))
    }
    if isFinished { throw InvalidInput("the run is finished: new settings need more \(A.lengthSetting)") }
    try directory.writeConfiguration(description)
  }

  private mutating func restart(_ stage: String, from checkpoint: Checkpoint) throws {
    guard var staged = agent as? any StagedAgent else { preconditionFailure("\(A.paper) has no stages") }
    try staged.load(from: checkpoint, restarting: stage)
    agent = staged as! A
    let reached = recordStep
    scores.removeAll { $0.step > reached }
  }

  private static func name(of assignment: String) -> Substring {
    assignment.prefix { $0 != "=" && $0 != " " }
  }

  // MARK: Stages

  /// The names of the stages; a run of one piece is one stage without a name.
  static var stageNames: [String] { (A.self as? any StagedAgent.Type)?.stageNames ?? [""] }

  /// How far each stage is.
  var stages: [TrainingStage] {
    (agent as? any StagedAgent)?.stages ?? [TrainingStage(name: "", progress: agent.progress)]
  }

  /// The stage that the next round belongs to.
  var stage: TrainingStage {
    (agent as? any StagedAgent)?.stage ?? TrainingStage(name: "", progress: agent.progress)
  }

  /// The step under which numbers are recorded now: what all stages have counted together.
  var recordStep: Int { stages.reduce(0) { $0 + $1.progress.done } }

  /// Whether there is nothing left to do.
  public var isFinished: Bool { agent.progress.isFinished }

  /// Checks that there is a stage of that name.
  ///
  /// - Throws: `InvalidInput` with the stages that there are.
  public static func check(stage: String) throws {
    if stageNames == [""] { throw InvalidInput("\(A.paper) has no stages") }
    if !stageNames.contains(stage) { throw InvalidInput(unknown: "stage", stage, expected: stageNames) }
  }

  private static func isBefore(_ stage: String, _ other: String) -> Bool {
    guard let place = stageNames.firstIndex(of: stage), let otherPlace = stageNames.firstIndex(of: other)
    else {
      return false
    }
    return place < otherPlace
  }

  // MARK: Saving

  /// What there is to say of the run now.
  ///
  /// - Parameter cost: what it has cost.
  func result(cost: RunCost) -> RunResult {
    RunResult(of: agent, description, finalReturns: finalReturns, cost: cost)
  }

  func saveCheckpoint() throws {
    var checkpoint = Checkpoint()
    try agent.save(to: &checkpoint)
    try checkpoint.setState(scores, named: "scores")
    try checkpoint.setState(finalReturns, named: "final")
    try checkpoint.setState(stage, named: "stage")
    try checkpoint.write(to: directory.checkpoint)
  }
}
