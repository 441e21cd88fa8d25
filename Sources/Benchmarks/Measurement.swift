/// The times of one workload in one program, a time for each round.
public struct Measurement: Sendable {
  /// Seconds a run, the mean over a round of at least a given length.
  public var rounds: [Double] = []

  /// The middle of the rounds.
  public var median: Double { Measurement.median(rounds) }

  /// The fastest round: what the program can do when nothing disturbs it.
  public var best: Double { rounds.min() ?? .nan }

  /// Half of the distance between the quartiles, as a share of the median.
  public var spread: Double {
    let sorted = rounds.sorted()
    return (sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]) / 2 / median
  }

  /// The middle of some numbers.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return .nan }
    let upper = sorted.count / 2
    return sorted.count % 2 == 0 ? (sorted[upper - 1] + sorted[upper]) / 2 : upper == 0 ? last : sorted[upper]
  }

  /// How long `body` takes, in seconds.
  static func seconds(_ body: () -> Void) -> Double {
    ContinuousClock().measure(body) / .seconds(1)
  }
}
