import Environments
import Support

/// What `result.json` of a run holds: all that a comparison needs to know, without loading the checkpoint.
///
/// ```swift
/// let result = try RunResult(contentsOf: directory.result)
/// print(result.paper, result.outcome?.score ?? .nan)
/// ```
public struct RunResult: Codable, Sendable, Equatable {
  /// How well the finished run did.
  public struct Outcome: Codable, Sendable, Equatable {
    /// The mean return, normalised: 0 is the random policy, 100 the expert.
    public var score: Double
    /// The mean of the returns.
    public var mean: Double
    /// Their standard deviation (divided by their count).
    public var deviation: Double
    /// The return of each episode of the last evaluation, in the order of their seeds.
    public var returns: [Double]

    /// The outcome of these episodes.
    init(returns: [Double], anchors: ReturnAnchors) {
      let statistics = Statistics(returns)
      (mean, deviation, self.returns) = (statistics.mean, statistics.deviation, returns)
      score = anchors.normalisedScore(mean)
    }
  }

  /// The version of this layout, which other programs may look at.
  public private(set) var format = Self.currentFormat
  /// The paper's name on the command line.
  public var paper: String
  /// The task.
  public var environment: BundledEnvironment
  /// Fixes everything random.
  public var seed: UInt64
  /// Which preset the settings started from.
  public var preset: Preset
  /// The settings by their names, as the user would write them.
  public var settings: [String: String]
  /// How well it did; nil while the run is not finished.
  public var outcome: Outcome?
  /// Steps taken in the environment.
  public var environmentSteps: Int
  /// Times the world model was updated.
  public var gradientSteps: Int
  /// Seconds and memory.
  public var cost: RunCost
  /// The commit of the package's repository that was checked out; nil where there is none.
  public var commit: String?

  private static let currentFormat = 1

  /// What is known of a run.
  ///
  /// - Parameter finalReturns: of the last evaluation; nil while the run is not finished.
  init<A: Agent>(
    of agent: A, _ description: RunDescription<A.Configuration>, finalReturns: [Double]?, cost: RunCost
  ) {
    paper = description.paper
    environment = description.environment
    seed = description.seed
    preset = description.preset
    settings = Dictionary(
      uniqueKeysWithValues: description.configuration.namedSettings.map { ($0.name, $0.text) })
    outcome = finalReturns.map { Outcome(returns: $0, anchors: description.environment.make().anchors) }
    environmentSteps = agent.environmentSteps
    gradientSteps = agent.gradientSteps
    self.cost = cost
    commit = SourceCommit.current
  }

  /// Reads a `result.json`.
  ///
  /// - Throws: `CourseError` when it cannot be read, is damaged, or has the layout of another version.
  public init(contentsOf path: String) throws {
    let found = try JSONFile.read(Layout.self, from: path).format
    guard found == Self.currentFormat else {
      throw CourseError(path, "has layout \(found), expected \(Self.currentFormat): another version wrote it")
    }
    self = try JSONFile.read(RunResult.self, from: path)
  }

  private struct Layout: Decodable {
    let format: Int
  }

  /// Writes a `result.json`.
  ///
  /// - Throws: `CourseError` when it cannot be written.
  func write(to path: String) throws { try JSONFile.write(self, to: path) }
}
