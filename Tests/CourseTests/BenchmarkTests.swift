import Foundation
import Support
import Testing

@testable import Benchmarks
@testable import course

struct BenchmarkTests {
  @Test func workloadsAreChosenByFamilyOrName() throws {
    #expect(try Workload.named([]).count == Workload.all.count)
    #expect(
      try Workload.named(["gemm"]).map(\.name) == ["gemm-48-256-256", "gemm-256-256-256", "gemm-512-512-512"])
    #expect(try Workload.named(["recording", "gemm-48-256-256"]).map(\.family) == ["gemm", "recording"])
    #expect(Set(Workload.all.map(\.name)).count == Workload.all.count)
  }

  @Test(arguments: [["gem"], ["gemm", "gemm-7"], ["--rounds", "0"], ["--threads", "0"], ["--peers"]])
  func callsThatMakeNoSenseExitWith64(words: [String]) {
    #expect(CourseCommand.run(["benchmark"] + words) == 64)
  }

  @Test func unknownWorkloadsAreOneLineWithTheValidOnes() {
    let error = #expect(throws: InvalidInput.self) { try Workload.named(["doom"]) }
    #expect(error?.description.contains("'doom': expected one of gemm, rssm-train, ") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test(arguments: Workload.all.filter { $0.family != "gemm" }.map(\.name))
  func aWorkloadComesToFiniteNumbers(name: String) throws {
    let numbers = OwnRunner().prepare(try Workload.named([name])[0])
    #expect(numbers?.count == 3 && numbers?.allSatisfy(\.isFinite) == true)
  }

  /// The same bits for any number of threads; each number in a process of its own.
  @Test(arguments: Workload.all.filter { $0.family.hasSuffix("-train") }.map(\.name))
  func threadsDoNotChangeTraining(name: String) async throws {
    var losses: Set<String> = []
    for threads in 1...3 {
      let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        [threads = threads as Int, name = name as String] in
        setenv("COURSE_THREADS", "\(threads)", 1)
        print("third loss", OwnRunner().prepare(try Workload.named([name])[0])![0])
      }
      let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
      losses.insert(String(try #require(text.split(separator: "\n").first { $0.hasPrefix("third loss") })))
    }
    #expect(losses.count == 1, "\(losses)")
  }

  /// A peer written in shell: what it says of the numbers is believed, its times are compared.
  private func peer(_ script: String) throws -> Peer {
    try Peer("shell", command: ["sh", "-c", script], environment: [:])
  }

  private func contest(answering numbers: String) throws -> Contest.Result {
    let script = "echo ready shell 1; read p; echo '\(numbers)'; while read r; do echo 1.0; done"
    return try Contest(with: [peer(script)], rounds: 2).run(Workload.named(["recording"])[0])
  }

  @Test func aPeerIsComparedRoundByRound() throws {
    let workload = try Workload.named(["recording"])[0]
    let numbers = try #require(OwnRunner().prepare(workload)).map { "\($0)" }.joined(separator: " ")
    let result = try contest(answering: numbers)
    let comparison = try #require(result.peers.first)
    #expect(comparison.agrees && comparison.times.rounds == [1, 1] && result.own.rounds.count == 2)
    #expect(comparison.ratio >= 1 / result.own.rounds.max()! && comparison.ratio <= 1 / result.own.best)
    #expect(BenchmarkReport(threads: 1, rounds: 2, peakFLOPS: 1, results: [result]).exitCode == 0)
  }

  @Test func aPeerThatComputesSomethingElseIsFound() throws {
    let result = try contest(answering: "1 2 3")
    #expect(result.peers.map(\.agrees) == [false])
    let report = BenchmarkReport(threads: 1, rounds: 2, peakFLOPS: 1, results: [result])
    #expect(report.exitCode == 1)
    #expect(try report.json().contains("\"agrees\" : false"))
  }

  @Test func aPeerThatDoesNotKnowAWorkloadIsLeftOut() throws {
    #expect(try contest(answering: "unknown").peers.isEmpty)
  }

  @Test func aPeerThatEndsIsOneLine() throws {
    #expect(throws: CourseError("shell", "cannot be compared with: no torch")) {
      try peer("echo 'cannot be compared with: no torch'")
    }
    #expect(throws: CourseError("shell", "has ended without an answer")) {
      let peer = try peer("echo ready shell; read line")
      _ = try peer.prepare(Workload.all[0])
    }
  }

  @Test func theMiddleAndTheSpread() {
    var times = Measurement()
    times.rounds = [4, 1, 3, 2, 100]
    #expect([times.median, times.best, times.spread * 3] == [3, 1, 1])
    times.rounds = [4, 1, 3, 2]
    #expect(times.median == 2.5)
  }
}
