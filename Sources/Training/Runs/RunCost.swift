import Foundation

/// What a run has cost so far, over all processes that had a part in it.
public struct RunCost: Codable, Sendable, Equatable {
  /// Seconds of training, with evaluations and reports.
  public var seconds = 0.0
  /// The same in processor time of all cores.
  public var processorSeconds = 0.0
  /// The most memory that a process held, in bytes; 0 where the system does not tell.
  public var peakMemory = 0

  /// Nothing yet.
  public init() {}

  static func + (left: RunCost, right: RunCost) -> RunCost {
    var sum = RunCost()
    sum.seconds = left.seconds + right.seconds
    sum.processorSeconds = left.processorSeconds + right.processorSeconds
    sum.peakMemory = max(left.peakMemory, right.peakMemory)
    return sum
  }
}

/// Measures what this process has a run cost, from where it was made.
struct CostMeter {
  private let start = ContinuousClock.now
  private let processorStart = Self.processorSeconds

  var cost: RunCost {
    var cost = RunCost()
    cost.seconds = (ContinuousClock.now - start) / .seconds(1)
    cost.processorSeconds = Self.processorSeconds - processorStart
    cost.peakMemory = Self.peakMemory
    return cost
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static var peakMemory: Int {
    #if os(Linux)
      // `getrusage` begins with the memory of the program that became this one, as `swift run` does.
      let status = FileHandle(forReadingAtPath: "/proc/self/status").flatMap { try? $0.readToEnd() } ?? Data()
      let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
        $0.hasPrefix("VmHWM:")
      }
      return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1_024 } ?? 0
    #else
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
