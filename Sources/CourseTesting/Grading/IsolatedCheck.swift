import Curriculum
import Foundation
import Testing

/// Runs one test function in a process of its own, whatever it may do there.
///
/// All use of what Swift Testing does not promise to keep is in this file: the entry point with
/// underscores, and the test ids of its filter.
struct IsolatedCheck {
  let test: Test
  var limits: CheckLimits
  /// The answer to grade, for `course prove`.
  var variant: String?

  /// Whether this process is one that `run` started.
  static var isChild: Bool { ExitTest.current != nil }

  /// What the new process needs to know.
  struct Plan: Codable, Sendable {
    let filter: String
    let folder: String
    let limits: CheckLimits
    let variant: String?
    /// Written by the new process after the test has ended; no answer knows it.
    let nonce: UInt64

    var events: String { folder + "/events" }
    var todo: String { folder + "/todo" }
    var printed: String { folder + "/printed" }
    var messages: String { folder + "/messages" }
    var end: String { folder + "/end" }
    var workingFolder: String { folder + "/" + Self.work }
    static let work = "work"
  }

  /// The exit codes of the new process; none of them is success, so that `exit(0)` cannot be mistaken.
  enum ExitCode {
    static let testEnded: Int32 = 79
    static let answerExited: Int32 = 80
  }

  /// Runs the test and says what became of it.
  func run() async -> CheckOutcome {
    await ProcessGate.shared.enter()
    defer { ProcessGate.shared.leave() }
    guard let folder = try? ScratchFolder.make("check"),
      (try? FileManager.default.createDirectory(
        at: folder.appending(path: Plan.work), withIntermediateDirectories: false)) != nil
    else {
      return CheckOutcome(
        verdict: .crashed,
        problem: "the grader cannot write to \(FileManager.default.temporaryDirectory.path)")
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    let id = "\(test.id)"
    let plan = Plan(
      filter: "^" + NSRegularExpression.escapedPattern(for: id) + "$", folder: folder.path, limits: limits,
      variant: variant, nonce: .random(in: .min ... .max))
    Self.askForBacktraces
    let start = ContinuousClock.now
    let result = await #expect(
      processExitsWith: .failure, observing: [], "the answer ended the process with _exit(0)"
    ) { [plan = plan as Plan] in
      await Self.runChild(plan)
    }
    var outcome = CheckOutcome(
      plan: plan, testID: id, exitStatus: result?.exitStatus ?? .exitCode(0), test: test)
    outcome.seconds = (ContinuousClock.now - start) / .seconds(1)
    return outcome
  }

  /// The new process: the test function under limits, its events in a file.
  private static func runChild(_ plan: Plan) async -> Never {
    for (path, descriptor) in [(plan.printed, STDOUT_FILENO), (plan.messages, STDERR_FILENO)] {
      dup2(open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600), descriptor)
    }
    chdir(plan.workingFolder)
    setenv(TodoMarker.variable, plan.todo, 1)
    // An answer has no business with the grader's files.
    for name in [GraderVariable.results, GraderVariable.variants] { unsetenv(name) }
    if let variant = plan.variant { setenv(GraderVariable.variant, variant, 1) }
    plan.limits.apply()
    atexit { _exit(ExitCode.answerExited) }

    var arguments = __CommandLineArguments_v0()
    arguments.filter = [plan.filter]
    arguments.eventStreamOutputPath = plan.events
    arguments.eventStreamSchemaVersion = "6.3"
    arguments.parallel = false
    arguments.quiet = true
    let _: CInt = await __swiftPMEntryPoint(passing: arguments)
    try? Data("\(plan.nonce)".utf8).write(to: URL(filePath: plan.end))
    _exit(ExitCode.testEnded)
  }

  /// Crashes then tell the learner's file and line; must be set before the new process starts.
  private static let askForBacktraces: Void = {
    let settings = [
      "enable=yes", "interactive=no", "color=no", "threads=crashed", "images=none", "registers=none",
      "limit=40", "timeout=5s", "output-to=stderr",
    ]
    setenv("SWIFT_BACKTRACE", settings.joined(separator: ","), 1)
  }()
}

/// Lets as many checks run at a time as there are cores: time limits mean little on a crowded machine.
private final class ProcessGate: Sendable {
  static let shared = ProcessGate(places: ProcessInfo.processInfo.activeProcessorCount)

  private let places: AsyncStream<Void>
  private let free: AsyncStream<Void>.Continuation

  private init(places count: Int) {
    (places, free) = AsyncStream.makeStream(of: Void.self)
    for _ in 0..<count { free.yield() }
  }

  func enter() async {
    for await _ in places { return }
  }

  func leave() { free.yield() }
}
