import Benchmarks
import Foundation

/// The results of `course benchmark` as JSON; times are in seconds.
struct BenchmarkReport: Encodable {
  let threads: Int
  let rounds: Int
  /// Multiply-add operations a second of one core, each counted as two.
  let peakFLOPS: Double
  let workloads: [Entry]

  struct Entry: Encodable {
    let name: String
    let median: Double
    let best: Double
    let spread: Double
    let flops: Double?
    let shareOfPeak: Double?
    let secondsPerOperation: Double?
    let peers: [Peer]
  }

  struct Peer: Encodable {
    let name: String
    let median: Double
    let best: Double
    let ratio: Double
    let goal: Double?
    let isMet: Bool?
    let agrees: Bool
  }

  init(threads: Int, rounds: Int, peakFLOPS: Double, results: [Contest.Result]) {
    self.threads = threads
    self.rounds = rounds
    self.peakFLOPS = peakFLOPS
    workloads = results.map { result in
      Entry(
        name: result.workload.name, median: result.own.median, best: result.own.best,
        spread: result.own.spread, flops: result.flops,
        shareOfPeak: result.flops.map { $0 / (peakFLOPS * Double(threads)) },
        secondsPerOperation: result.secondsPerOperation,
        peers: result.peers.map {
          Peer(
            name: $0.name, median: $0.times.median, best: $0.times.best, ratio: $0.ratio, goal: $0.goal,
            isMet: $0.isMet, agrees: $0.agrees)
        })
    }
  }

  /// 1 if some peer computes other numbers: then its times say nothing.
  var exitCode: Int32 { workloads.allSatisfy { $0.peers.allSatisfy(\.agrees) } ? 0 : 1 }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
