import Curriculum
import Foundation
import Support
import Testing

@testable import CourseTesting

/// Expects that an isolated run of a test comes to a verdict: every hostile answer is one test below.
struct ExpectedOutcome: TestTrait, TestScoping {
  let verdict: Verdict
  let fragment: String
  var limits = CheckLimits(seconds: 10, gigabytes: 4)

  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? self : nil }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    if IsolatedCheck.isChild { return try await function() }
    let outcome = await IsolatedCheck(test: test, limits: limits).run()
    let text = outcome.findings(for: ExerciseID("9.1")!, test: test).map(\.text).joined(separator: "\n")
    #expect(outcome.verdict == verdict, "\(text)", sourceLocation: test.sourceLocation)
    #expect(
      fragment.isEmpty || text.contains(fragment), "expected '\(fragment)'",
      sourceLocation: test.sourceLocation)
    #expect(verdict != .passed || text.isEmpty, sourceLocation: test.sourceLocation)
  }
}

extension Trait where Self == ExpectedOutcome {
  static func comes(
    to verdict: Verdict, saying fragment: String = "", seconds: Int = 10, gigabytes: Int = 4
  ) -> Self {
    ExpectedOutcome(
      verdict: verdict, fragment: fragment, limits: CheckLimits(seconds: seconds, gigabytes: gigabytes))
  }
}

/// What answers may do, honest or not.
@Suite struct VerdictTests {
  /// Keeps the compiler from seeing what happens.
  @inline(never) func opaque<Value>(_ value: Value) -> Value { value }

  @Test(.comes(to: .passed)) func rightAnswer() { #expect(opaque(1) == 1) }

  @Test(.comes(to: .passed)) func printing() {
    print("fine")
    #expect(opaque(1) == 1)
  }

  @Test(.comes(to: .passed), arguments: [1, 2]) func cases(number: Int) { #expect(number > 0) }

  @Test(.comes(to: .wrong, saying: "(x → 4) == 5")) func wrongAnswer() {
    let x = opaque(4)
    #expect(x == 5)
  }

  @Test(.comes(to: .wrong, saying: "number → 3"), arguments: [1, 3]) func oneWrongCase(number: Int) {
    #expect(number < 3)
  }

  @Test(.comes(to: .wrong, saying: "Caught error")) func throwing() throws { throw CourseError("no") }

  @Test(.comes(to: .wrong, saying: "printed   one ⏎ two")) func wrongAndPrinting() {
    print("one\ntwo")
    #expect(opaque(1) == 2)
  }

  @Test(.comes(to: .notStarted, saying: "exercise 9.1 is not started: \(#filePath):")) func notStarted() {
    todo("9.1")
  }

  @Test(.comes(to: .notStarted, saying: "exercise 9.1 needs exercise 9.7, which is not started"))
  func otherNotStarted() {
    todo("9.7")
  }

  @Test(.comes(to: .crashed, saying: "crashed: my reason")) func fatal() { fatalError("my reason") }

  @Test(.comes(to: .crashed, saying: "Index out of range")) func indexOutOfRange() {
    #expect([1][opaque(1)] == 1)
  }

  @Test(.comes(to: .crashed, saying: "nil")) func unwrappingNil() {
    #expect(opaque(nil as Int?)! == 1)
  }

  @Test(.comes(to: .crashed, saying: "overflow")) func overflow() {
    #expect(opaque(Int.max) + 1 == 0)
  }

  @Test(.comes(to: .crashed, saying: "recursion")) func endlessRecursion() {
    func depth(_ level: Int) -> Int { level == opaque(-1) ? 0 : depth(level + 1) + 1 }
    #expect(depth(0) == 1)
  }

  @Test(.comes(to: .timedOut, saying: "within 1 seconds", seconds: 1)) func endlessLoop() {
    var number = 1
    while opaque(number) > 0 { number = opaque(number) ^ 2 }
  }

  @Test(.comes(to: .timedOut, saying: "within 1 seconds", seconds: 1)) func waiting() { sleep(1000) }

  @Test(.comes(to: .crashed, saying: "memory", gigabytes: 2)) func memoryHog() {
    let block = UnsafeMutableRawPointer.allocate(byteCount: opaque(50 << 30), alignment: 64)
    block.storeBytes(of: 1, as: Int.self)
    #expect(block.load(as: Int.self) == 1)
  }

  @Test(.comes(to: .crashed, saying: "memory", gigabytes: 2)) func growingArray() {
    var numbers = [1]
    while opaque(true) { numbers += numbers }
  }

  @Test(.comes(to: .passed)) func printingWithoutEnd() {
    let line = String(repeating: "x", count: 100)
    for _ in 1...1_000_000 { print(line) }
  }

  @Test(.comes(to: .crashed, saying: "the answer called exit")) func exitZero() { exit(0) }

  @Test(.comes(to: .crashed, saying: "the answer called exit")) func exitOne() { exit(1) }

  @Test(.comes(to: .crashed, saying: "ended with exit code")) func forgedExitCode() {
    _exit(IsolatedCheck.ExitCode.testEnded)
  }

  @Test(.comes(to: .crashed, saying: "ended with exit code")) func forgedRemains() throws {
    // All that an answer can know: its working folder, the event stream beside it, and this source.
    let folder = URL(filePath: FileManager.default.currentDirectoryPath).deletingLastPathComponent()
    try Data("0".utf8).write(to: folder.appending(path: "end"))
    let events = [
      #"{"kind":"event","payload":{"kind":"testEnded","messages":[{"symbol":"pass","text":""}],"testID":"x"}}"#,
      #"{"kind":"event","payload":{"kind":"runEnded","messages":[]}}"#,
    ]
    try Data(events.joined(separator: "\n").utf8).write(to: folder.appending(path: "events"))
    _exit(IsolatedCheck.ExitCode.testEnded)
  }

  @Test(.comes(to: .passed)) func nothingVisibleTellsTheNonce() throws {
    let folder = URL(filePath: FileManager.default.currentDirectoryPath).deletingLastPathComponent()
    let files = try TextFile.names(in: folder).filter { $0 != "work" }.map {
      try TextFile.read(folder.appending(path: $0))
    }
    let texts = files + ProcessInfo.processInfo.environment.values + CommandLine.arguments
    #expect(!texts.contains { $0.contains("nonce") })
  }

  @Test(.comes(to: .crashed, saying: "did not run to its end")) func closingAllDescriptors() {
    for descriptor: Int32 in 0..<256 { close(descriptor) }
  }

  @Test(.comes(to: .wrong)) func wrongAndClosingAllDescriptors() {
    #expect(opaque(1) == 2)
    for descriptor: Int32 in 0..<256 { close(descriptor) }
  }

  @Test(.comes(to: .passed)) func leavingAThread() {
    Thread.detachNewThread { while true { usleep(1000) } }
    #expect(opaque(1) == 1)
  }

  @Test(.comes(to: .crashed, saying: "the answer called exit")) func exitInAThread() {
    Thread.detachNewThread { exit(0) }
    sleep(5)
  }

  /// The grader does not wait for what an answer leaves running; `ChildProcess` ends it with its group.
  @Test(.comes(to: .passed), .timeLimit(.minutes(1))) func leavingAProcess() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "sleep 20"]
    try process.run()
    #expect(process.isRunning)
  }

  @Test(.comes(to: .timedOut)) func killingItself() { kill(getpid(), SIGKILL) }

  @Test(.comes(to: .passed)) func readingTheChecks() throws {
    // Nobody keeps an answer from it, and it helps as much as reading them oneself.
    #expect(try String(contentsOfFile: #filePath, encoding: .utf8).contains("readingTheChecks"))
  }

  @Test(.comes(to: .crashed, saying: "did not run to its end")) func cancelling() throws {
    try Test.cancel("no need")
  }

  @Test(.comes(to: .passed)) func writingToTheWorkingFolder() throws {
    try WholeFile.write("x", to: "runs/a.txt")
    #expect(FileManager.default.currentDirectoryPath.hasSuffix("/work"))
  }
}
