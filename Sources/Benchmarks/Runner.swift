import Tensors

/// A program that runs workloads when told to: this one, or a peer.
public protocol Runner: AnyObject {
  /// How it is called in results.
  var name: String { get }

  /// Gets ready for a workload and runs it three times.
  ///
  /// - Returns: mean, first and last number of the third run's result, by which one sees that all programs
  ///   compute the same (a third loss depends on two rounds of gradients); nil if the workload is unknown to it.
  func prepare(_ workload: Workload) throws -> [Double]?

  /// Runs it again and again for at least `seconds`.
  ///
  /// - Returns: the mean time of a run in seconds.
  func run(seconds: Double) throws -> Double
}

/// This process.
public final class OwnRunner: Runner {
  /// How it is called in results.
  public let name = "course"
  private var job: () -> Tensor = { Tensor(0) }

  /// A runner without a workload.
  public init() {}

  /// Gets ready for a workload and runs it three times.
  public func prepare(_ workload: Workload) -> [Double]? {
    job = workload.prepare()
    let result = (0..<3).map { _ in job() }[2].scalars
    return [
      result.reduce(0) { $0 + Double($1) } / Double(result.count), Double(result[0]), Double(result.last!),
    ]
  }

  /// Runs it again and again for at least `seconds`.
  public func run(seconds: Double) -> Double {
    let (clock, length) = (ContinuousClock(), Duration.seconds(seconds))
    let start = clock.now
    var (runs, elapsed) = (0.0, Duration.zero)
    repeat {
      _ = job()
      runs += 1
      elapsed = start.duration(to: clock.now)
    } while elapsed < length
    return elapsed / .seconds(runs)
  }

  /// Answers the lines of another process until its end, as the programs in `Tests/Peers` do.
  ///
  /// `prepare FAMILY PARAMETER…` is answered by the numbers of ``prepare(_:)``, or `unknown`; `run SECONDS`
  /// by the mean time of a run. The first line sent is `ready` and a name.
  public func serve(_ send: (String) -> Void) {
    send("ready \(name)")
    while let words = readLine()?.split(separator: " ").map(String.init), let first = words.first {
      if first == "run", words.count == 2, let seconds = Double(words[1]) {
        send("\(run(seconds: seconds))")
      } else if first == "prepare",
        let workload = Workload.all.first(where: { [$0.family] + $0.parameters == Array(words.dropFirst()) }),
        let numbers = prepare(workload)
      {
        send(numbers.map { "\($0)" }.joined(separator: " "))
      } else {
        send("unknown")
      }
    }
  }
}
