import Curriculum
import Foundation
import Testing

/// What became of an isolated check, from what its process left behind.
struct CheckOutcome {
  let verdict: Verdict
  /// What the learner should read, each with its place.
  var findings: [CheckResult.Finding] = []
  /// The beginning of what the answer printed.
  var output = ""
  /// How long its process took.
  var seconds = 0.0

  /// The outcome of a check that could not run.
  init(verdict: Verdict, problem: String) {
    self.verdict = verdict
    findings = [.init(text: problem, path: "", line: 0)]
  }

  /// Judges the remains of a process.
  init(plan: IsolatedCheck.Plan, testID: String, exitStatus: ExitStatus, test: Test) {
    let events = EventStream(path: plan.events, testID: testID)
    let ended = try? String(contentsOfFile: plan.end, encoding: .utf8)
    output = Self.beginning(of: plan.printed)
    let place = (path: test.sourceLocation.filePath, line: test.sourceLocation.line)

    switch exitStatus {
    case .exitCode(IsolatedCheck.ExitCode.testEnded) where ended == "\(plan.nonce)":
      findings = events.findings
      if findings.isEmpty && events.passed {
        verdict = .passed
      } else {
        verdict = findings.isEmpty ? .crashed : .wrong
        if findings.isEmpty { add("the check did not run to its end", place) }
      }
    case .exitCode(TodoMarker.exitCode) where FileManager.default.fileExists(atPath: plan.todo):
      verdict = .notStarted
      let marker = ((try? String(contentsOfFile: plan.todo, encoding: .utf8)) ?? "").split(separator: "\n")
      if marker.count == 3, let line = Int(marker[2]) {
        findings = [.init(text: String(marker[0]), path: String(marker[1]), line: line)]
      }
    case .signal(SIGALRM), .signal(SIGXCPU), .signal(SIGKILL):
      verdict = .timedOut
      add("did not return within \(plan.limits.seconds) seconds: is there a loop that never ends?", place)
    default:
      verdict = .crashed
      let report = CrashReport(path: plan.messages)
      let reason = report.reason ?? Self.reason(exitStatus, limits: plan.limits)
      add("crashed: \(reason)", report.place ?? place)
      findings += events.findings
    }
  }

  private mutating func add(_ text: String, _ place: (path: String, line: Int)) {
    findings.append(.init(text: text, path: place.path, line: place.line))
  }

  /// The findings as the learner reads them: with the exercise, the next hint, and what was printed.
  func findings(for id: ExerciseID, test: Test) -> [CheckResult.Finding] {
    let name = test.name.prefix { $0 != "(" }
    return findings.map { finding in
      var finding = finding
      if finding.path.isEmpty {
        finding.path = test.sourceLocation.filePath
        finding.line = test.sourceLocation.line
      }
      guard verdict != .notStarted else {
        finding.text =
          finding.text == id.description
          ? "exercise \(id) is not started: \(finding.path):\(finding.line)"
          : "exercise \(id) needs exercise \(finding.text), which is not started: "
            + "\(finding.path):\(finding.line)"
        return finding
      }
      var lines = ["exercise \(id), \(name)"] + finding.text.split(separator: "\n").map(String.init)
      if !output.isEmpty {
        lines.append("printed   " + output.split(separator: "\n").prefix(3).joined(separator: " ⏎ "))
      }
      finding.text = (lines + ["hint      swift run course hint \(id)"]).joined(separator: "\n")
      return finding
    }
  }

  private static func reason(_ status: ExitStatus, limits: CheckLimits) -> String {
    switch status {
    case .signal(SIGSEGV): "memory access out of bounds, or a recursion that does not end"
    case .signal(SIGABRT):
      "aborted; more than \(limits.gigabytes) GB of memory would be a reason"
    case .signal(SIGILL), .signal(SIGTRAP):
      "a trap: arithmetic overflow, an index out of range, a nil, or more than \(limits.gigabytes) GB of memory"
    case .exitCode(let code):
      code == IsolatedCheck.ExitCode.answerExited || code == 0
        ? "the answer called exit; it must return instead" : "the process ended with exit code \(code)"
    case .signal(let signal): "ended by signal \(signal)"
    @unknown default: "\(status)"
    }
  }

  /// The first lines of what was printed, without reading a file of any size.
  private static func beginning(of path: String) -> String {
    guard let file = FileHandle(forReadingAtPath: path) else { return "" }
    defer { try? file.close() }
    let bytes = (try? file.read(upToCount: 2000)) ?? Data()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
    return lines.prefix(10).map { String($0.prefix(120)) }.joined(separator: "\n")
  }
}
