import Foundation

/// Several programs that run one workload in turns, so that each meets the same disturbances.
public struct Contest {
  /// This process comes first, then its peers.
  public let runners: [any Runner]
  /// How often each has its turn.
  public let rounds: Int
  /// The least length of a turn.
  public let secondsPerTurn = 0.02

  /// A contest of this process and some peers.
  public init(with peers: [Peer], rounds: Int) {
    runners = [OwnRunner()] + peers
    self.rounds = rounds
  }

  /// What a workload came to.
  public struct Result: Sendable {
    /// What was measured.
    public let workload: Workload
    /// The times of this process.
    public let own: Measurement
    /// The peers that know the workload.
    public let peers: [Comparison]

    /// Floating-point operations a second, where they are all that the workload consists of.
    public var flops: Double? { workload.arithmetic.map { $0 / own.median } }

    /// Seconds for each recorded operation, where recording is all that the workload consists of.
    public var secondsPerOperation: Double? { workload.recordedOperations.map { own.median / Double($0) } }
  }

  /// The name of the peer that is this program on one thread.
  public static let oneThread = "one thread"

  /// A peer beside this process.
  public struct Comparison: Sendable {
    /// The peer's name.
    public let name: String
    /// Its times.
    public let times: Measurement
    /// How many times as fast this process is: the median over rounds of the peer's time by our own, which
    /// were measured one right after the other.
    public let ratio: Double
    /// The least ratio that is wanted.
    public let goal: Double?
    /// Whether both compute the same numbers; if not, the times mean nothing.
    public let agrees: Bool

    /// Whether the goal is reached; nil if there is none.
    public var isMet: Bool? { goal.map { ratio >= $0 } }
  }

  /// Lets all runners prepare, warm up, and take turns.
  ///
  /// - Throws: `CourseError` if a peer ends too early.
  public func run(_ workload: Workload) throws -> Result {
    var numbers: [[Double]] = []
    var runners: [any Runner] = []
    for runner in self.runners {
      guard let answer = try runner.prepare(workload) else { continue }
      numbers.append(answer)
      runners.append(runner)
      _ = try runner.run(seconds: 5 * secondsPerTurn)
    }
    var times = runners.map { _ in Measurement() }
    for _ in 0..<rounds {
      for (index, runner) in runners.enumerated() {
        // The others' turns have left the caches full of their numbers: the first run is for getting back.
        _ = try runner.run(seconds: 0)
        try times[index].rounds.append(runner.run(seconds: secondsPerTurn))
      }
    }
    let comparisons = runners.indices.dropFirst().map { index in
      let name = runners[index].name
      return Comparison(
        name: name, times: times[index],
        ratio: Measurement.median(zip(times[index].rounds, times[0].rounds).map { $0 / $1 }),
        goal: workload.goals[name], agrees: Self.agree(numbers[0], numbers[index]))
    }
    return Result(workload: workload, own: times[0], peers: comparisons)
  }

  /// Whether two programs came to the same numbers, but for rounding.
  static func agree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-3 * max(abs($0), 0.1) }
  }
}
