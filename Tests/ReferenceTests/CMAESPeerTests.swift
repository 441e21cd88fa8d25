import Foundation
import Tensors
import Testing
import WorldModels

/// Against pycma, the reference implementation by the author of CMA-ES; takes some minutes.
///
/// Run with
/// `PEER_PYTHON=<python with cma> swift test --filter CMAESPeerTests`.
private let python = ProcessInfo.processInfo.environment["PEER_PYTHON"]

@Suite(.enabled(if: python != nil, "set PEER_PYTHON to check against pycma"))
struct CMAESPeerTests {
  private static let seeds = 20

  @Test(arguments: ["sphere", "rosenbrock"], [10, 100])
  func asManyEvaluationsAsPycma(_ function: String, _ dimension: Int) throws {
    let theirs = try median(pycma(function, dimension))
    let own = median(
      (1...Self.seeds).map { evaluations(function, dimension, seed: UInt64($0)) })
    print("\(function) in \(dimension) dimensions: \(own) evaluations, pycma \(theirs)")
    #expect(abs(own / theirs - 1) < 0.2)
  }

  private func evaluations(_ function: String, _ dimension: Int, seed: UInt64) -> Double {
    var random = SplitMix64(seed: seed)
    let start = Array(repeating: function == "sphere" ? 1.0 : 0, count: dimension)
    var search = CMAES(mean: start, stepSize: 0.5)
    var evaluations = 0
    while evaluations < 1_000_000, search.stepSize > 1e-12 {
      let candidates = search.ask(using: &random)
      let costs = candidates.map(function == "sphere" ? sphere : rosenbrock)
      if let hit = costs.firstIndex(where: { $0 <= 1e-8 }) { return Double(evaluations + hit + 1) }
      evaluations += costs.count
      search.tell(candidates, costs: costs)
    }
    return .infinity
  }

  private func sphere(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } }

  private func rosenbrock(_ x: [Double]) -> Double {
    zip(x, x.dropFirst()).reduce(0) { sum, pair in
      let (bend, offset) = (pair.0 * pair.0 - pair.1, 1 - pair.0)
      return sum + 100 * bend * bend + offset * offset
    }
  }

  private func pycma(_ function: String, _ dimension: Int) throws -> [Double] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(filePath: try #require(python))
    process.arguments = [
      tests.appending(path: "Peers/cmaes_evaluations.py").path, function, "\(dimension)", "\(Self.seeds)",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text.split(separator: "\n").compactMap { Double($0) }
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
