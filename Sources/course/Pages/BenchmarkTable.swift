import Benchmarks
import Figures
import Foundation

/// The results of `course benchmark` for a reader, a line for each workload as soon as it is measured.
struct BenchmarkTable {
  let peers: [String]
  /// Of all threads together.
  let peakFLOPS: Double
  private let page = Page()

  init(peers: [String], peakFLOPS: Double) {
    self.peers = peers
    self.peakFLOPS = peakFLOPS
  }

  func printHeader(threads: Int, rounds: Int) {
    page.line(
      "\(threads) thread\(threads == 1 ? "" : "s"), median of \(rounds) rounds; multiply-add peak "
        + Self.gigaflops(peakFLOPS))
    page.line(
      Self.row(["workload", "median", "spread", "speed"] + peers.flatMap { [$0, "ratio", "goal"] }), .bold)
  }

  func printRow(_ result: Contest.Result) {
    let speed =
      result.flops.map { "\(Self.gigaflops($0)), " + String(format: "%.0f %%", 100 * $0 / peakFLOPS) }
      ?? result.secondsPerOperation.map { Self.time($0) + " an operation" }
    let comparisons = peers.flatMap { name in
      guard let peer = result.peers.first(where: { $0.name == name }) else { return ["–", "", ""] }
      let goal = peer.goal.map {
        "≥ \(NumberText.compact($0)) " + (peer.ratio >= $0 ? page.mark("✓", "ok") : page.mark("✗", "no"))
      }
      return [Self.time(peer.times.median), String(format: "%.2f×", peer.ratio), goal ?? ""]
    }
    page.line(
      Self.row(
        [
          result.workload.name, Self.time(result.own.median),
          String(format: "±%.0f %%", 100 * result.own.spread),
          speed ?? "",
        ] + comparisons))
  }

  /// What must be known before anyone believes the numbers.
  func printNotes(_ results: [Contest.Result]) {
    for result in results {
      for peer in result.peers where !peer.agrees {
        page.line(
          "\(result.workload.name): \(peer.name) computes other numbers, so its time says nothing", .red)
      }
    }
  }

  private static func row(_ cells: [String]) -> String {
    let widths = [28, 11, 8, 24] + Array(repeating: [12, 9, 9], count: (cells.count - 4) / 3).joined()
    return zip(cells, widths).map { $0.padded(to: $1) }.joined()
  }

  private static func gigaflops(_ flops: Double) -> String { String(format: "%.1f GFLOP/s", flops / 1e9) }

  static func time(_ seconds: Double) -> String {
    switch seconds {
    case 1...: String(format: "%.2f s", seconds)
    case 1e-3...: String(format: "%.2f ms", seconds * 1e3)
    case 1e-6...: String(format: "%.2f µs", seconds * 1e6)
    default: String(format: "%.0f ns", seconds * 1e9)
    }
  }
}
