import Benchmarks
import Curriculum
import Figures
import Foundation
import Support
import Kernels

/// `course benchmark`: measures the tensor core, alone or in turns with other programs.
enum BenchmarkCommand: Command {
  static let name = "benchmark"
  static let usage = "[workload…] [options]"
  static let summary = "Measures the speed of tensors and networks, also in turns with PyTorch and JAX."
  static let options = [
    Option("peers", "PYTHON", "compares with PyTorch and JAX, where this python has them"),
    Option("against", "PROGRAM", "compares with another build of course"),
    Option("scaling", nil, "compares with this program on one thread"),
    Option("threads", "N", "how many threads each program may use; COURSE_THREADS or all cores if left out"),
    Option("rounds", "N", "how often each program has its turn; 15 if left out"),
    Option("json", nil, "prints the results as JSON"),
    Option("serve", nil, "runs what is asked for on standard input: how one program measures another"),
  ]

  static func run(_ arguments: Arguments) throws -> Int32 {
    let workloads = try Workload.named(arguments.positions)
    let rounds = try arguments.integer("rounds", atLeast: 1) ?? 15
    if let threads = try arguments.integer("threads", atLeast: 1) {
      setenv("COURSE_THREADS", "\(threads)", 1)
    }
    if arguments.has("serve") {
      OwnRunner().serve { Terminal.write($0 + "\n") }
      return 0
    }
    let contest = Contest(with: try peers(arguments), rounds: rounds)
    let peak = PeakSpeed.measure()
    if arguments.has("json") {
      let report = BenchmarkReport(
        threads: Threads.count, rounds: rounds, peakFLOPS: peak, results: try workloads.map(contest.run))
      print(try report.json())
      return report.exitCode
    }
    let table = BenchmarkTable(
      peers: contest.runners.dropFirst().map(\.name), peakFLOPS: peak * Double(Threads.count))
    table.printHeader(threads: Threads.count, rounds: rounds)
    let results = try workloads.map { workload in
      let result = try contest.run(workload)
      table.printRow(result)
      return result
    }
    table.printNotes(results)
    return BenchmarkReport(threads: Threads.count, rounds: rounds, peakFLOPS: peak, results: results).exitCode
  }

  /// The programs to compare with; of the frameworks, those that are there.
  private static func peers(_ arguments: Arguments) throws -> [Peer] {
    var peers: [Peer] = []
    func start(_ name: String, _ command: [String], threads: Int = Threads.count) throws {
      peers.append(try Peer(name, command: command, environment: ["COURSE_THREADS": "\(threads)"]))
    }
    if let python = arguments.value("peers") {
      let folder = try Course.current().root.appending(path: "Tests/Peers")
      for (name, script) in [("PyTorch", "pytorch_benchmark.py"), ("JAX", "jax_benchmark.py")] {
        do {
          try start(name, [python, folder.appending(path: script).path])
        } catch let error as CourseError {
          Terminal.write("course: \(error)\n", to: .error)
        }
      }
    }
    if let program = arguments.value("against") { try start(program, [program, "benchmark", "--serve"]) }
    if arguments.has("scaling") {
      let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
      try start(Contest.oneThread, [program, "benchmark", "--serve"], threads: 1)
    }
    return peers
  }
}
