import Environments
import Figures
import Foundation
import Training

/// `course anchors`: measures the returns of the random and the expert policy, which define the normalised
/// score, and compares them with those in the code.
enum AnchorsCommand: Command {
  static let name = "anchors"
  static let usage = "[environment…]"
  static let summary = "Measures the random and expert returns that scores are based on, over 100 episodes."
  static let options: [Option] = []

  static func run(_ arguments: Arguments) throws -> Int32 {
    let tasks =
      try arguments.positions.isEmpty
      ? BundledEnvironment.allCases
      : arguments.positions.map { try BundledEnvironment(named: $0, "environment") }
    var progress = ProgressLine(total: tasks.count * 2 * episodes, unit: "episodes")
    var done = 0
    let rows = tasks.map { task in
      ScriptedPolicy.allCases.map { policy in
        let returns = returns(of: policy, in: task.make()) {
          done += $0
          progress.update(done: done, note: "\(task.rawValue), \(policy.rawValue)")
        }
        return Anchor(task: task, policy: policy, measured: Statistics(returns))
      }
    }
    progress.finish()
    print("| Task | Random, measured | in the code | Expert, measured | in the code |")
    print("|---|---:|---:|---:|---:|")
    for (task, anchors) in zip(tasks, rows) {
      print("| " + ([task.rawValue] + anchors.flatMap(\.cells)).joined(separator: " | ") + " |")
    }
    let wrong = rows.joined().filter { !$0.isRight }
    for anchor in wrong { Terminal.write("course: \(anchor.complaint)\n", to: .error) }
    return wrong.isEmpty ? 0 : 1
  }

  private static let episodes = 100

  /// The returns over seeds 0 to 99, a few of them side by side.
  private static func returns(
    of policy: ScriptedPolicy, in environment: some Environment, progress: (Int) -> Void
  ) -> [Double] {
    let sideBySide = 10
    var worlds = VectorisedEnvironment(Array(repeating: environment, count: sideBySide))
    return stride(from: 0, to: episodes, by: sideBySide).flatMap { start in
      let returns = worlds.forEach { world, index in
        policy.episodeReturn(in: world, seed: UInt64(start + index))
      }
      progress(returns.count)
      return returns
    }
  }
}

/// One number of the code beside what was measured.
struct Anchor {
  let task: BundledEnvironment
  let policy: ScriptedPolicy
  /// Of the returns of 100 episodes.
  let measured: Statistics

  /// What the code says.
  var documented: Double {
    let anchors = task.make().anchors
    return policy == .random ? anchors.random : anchors.expert
  }

  /// The digits that the code gives after the point.
  private var decimals: Int { "\(documented)".split(separator: ".").last?.count ?? 0 }

  var cells: [String] {
    [
      String(format: "%.\(decimals)f ± %.\(decimals)f", measured.mean, measured.deviation),
      "\(documented)" + (isExact ? " (exact)" : ""),
    ]
  }

  /// Whether the code gives the expectation itself, of which the episodes are just a sample.
  private var isExact: Bool { task == .sequence && policy == .random }

  /// Whether the difference is no more than rounding, or, from an exact value, no more than chance.
  var isRight: Bool {
    let rounding = 0.5 * pow(10, -Double(decimals))
    // Four standard errors of a mean of 100 episodes.
    let tolerance = isExact ? 4 * measured.deviation / 10 : rounding * (1 + 1e-9)
    return abs(measured.mean - documented) <= tolerance
  }

  var complaint: String {
    "\(task.rawValue): the code says \(documented) for the \(policy.rawValue) policy, measured "
      + String(format: "%.\(decimals + 2)f", measured.mean)
  }
}
