import Foundation
import Support
import Testing

@testable import Curriculum

@Suite struct ProofTests {
  let exercise: Exercise

  init() throws {
    let path = "Tests/Fixtures/SampleCourse/Solutions/Chapter9-Sample/Exercises/9.1-mean-of-squares.md"
    exercise = try Exercise(
      markdown: TextFile.read(TemporaryFolder.package.appending(path: path)), path: "9.1.md")
  }

  /// The results of a good grader.
  func goodResults() -> [CheckResult] {
    ProofAnswer.all(exercise).flatMap { answer in
      ["one", "two"].map { check in
        var result = CheckResult(exercise: exercise.id, check: check, variant: answer.word, verdict: .passed)
        switch answer {
        case .stub:
          result.verdict = .notStarted
          result.findings = [.init(text: "exercise 9.1 is not started: a.swift:1", path: "a.swift", line: 1)]
        case .mistake(let index) where check == "one":
          result.verdict = .wrong
          let text = "exercise 9.1, one\nlikely \(exercise.mistakes[index].message): so there\nhint x"
          result.findings = [.init(text: text, path: "a.swift", line: 1)]
        default: break
        }
        return result
      }
    }
  }

  /// The problems after a change of some results.
  func problems(_ change: (inout CheckResult) -> Void) -> [String] {
    let results = goodResults().map { result in
      var result = result
      change(&result)
      return result
    }
    return Proof(exercise, results: results).problems
  }

  @Test func aGoodGraderIsProved() {
    let proof = Proof(exercise, results: goodResults())
    #expect(proof.problems == [])
    #expect((proof.rejected, proof.accepted, proof.notStarted, proof.passed) == (3, 1, 2, 2))
    #expect(Proof.table([proof])[1].hasPrefix("9.1 Mean of squares  3/3       1/1           2/2   2/2"))
  }

  @Test func aMistakeThatSurvives() {
    let found = problems { if $0.variant == "mistake1" { $0.verdict = .passed } }
    #expect(found == ["9.1.md:40: 'the square of the mean' survives all 2 checks"])
  }

  @Test func aMistakeRejectedForAnotherReason() {
    let found = problems { if $0.variant == "mistake1", !$0.findings.isEmpty { $0.findings[0].text = "bad" } }
    #expect(
      found == [
        "9.1.md:40: 'the square of the mean' is rejected for another reason: no message contains "
          + "'looks like the square of the mean'; one is wrong | bad"
      ])
  }

  @Test func aMistakeWithAnotherVerdict() {
    let found = problems { if $0.variant == "mistake0", $0.verdict == .wrong { $0.verdict = .crashed } }
    #expect(found.count == 1 && found[0].contains("should be wrong, but one is crashed"))
  }

  @Test func anAlternativeThatIsRejected() {
    let found = problems { if $0.variant == "alternative0", $0.check == "two" { $0.verdict = .wrong } }
    #expect(found == ["9.1.md:55: 'one loop' is right but fails two: wrong"])
  }

  @Test func aSolutionThatFails() {
    let found = problems { if $0.variant == "reference", $0.check == "two" { $0.verdict = .timedOut } }
    #expect(found == ["the solution fails two: timed out"])
  }

  @Test func aCheckThatDoesNotReachTheStub() {
    let passes = problems { if $0.variant == "stub", $0.check == "two" { $0.verdict = .passed } }
    #expect(passes.count == 1 && passes[0].hasPrefix("with the stub, two is not 'not started' but passed"))
    let other = problems {
      if $0.variant == "stub" {
        $0.findings[0].text = "exercise 9.1 needs exercise 9.2, which is not started"
      }
    }
    #expect(other.count == 2)
  }

  @Test func aWrongNumberOfChecks() {
    let some = Proof(exercise, results: goodResults().filter { $0.check == "one" })
    #expect(some.problems.first == "9.1.md: declares 2 checks, 1 ran")
    #expect(some.rejected == 0 && some.accepted == 0)
  }

  @Test func tooFewAnswers() throws {
    var markdown = try TextFile.read(
      TemporaryFolder.package.appending(
        path: "Tests/Fixtures/SampleCourse/Solutions/Chapter9-Sample/Exercises/9.1-mean-of-squares.md"))
    markdown = String(markdown[..<markdown.firstRange(of: "## Mistake: absolute")!.lowerBound])
    let exercise = try Exercise(markdown: markdown, path: "9.1.md")
    let found = Proof(exercise, results: goodResults()).problems
    #expect(
      found.suffix(2) == ["9.1.md: at least three mistakes, not 2", "9.1.md: at least one alternative"])
  }
}

@Suite struct BuildLogTests {
  @Test func keepsTheErrorsAndPutsTheLearnersFirst() {
    let log = """
      [3/9] Compiling Chapter2 RSSM.swift
      /course/Tests/Chapter2Tests/A.swift:1:2: error: cannot find 'x' in scope
       1 | x
         | `- error: cannot find 'x' in scope
      /course/Exercises/Chapter2-DreamerV1/RSSM.swift:41:13: error: expected expression
      /course/Exercises/Chapter2-DreamerV1/RSSM.swift:41:13: error: expected expression
      /course/Exercises/Chapter2-DreamerV1/RSSM.swift:40:1: warning: never used
      Solutions/Chapter2-DreamerV1/Exercises/2.1.md:12:3: error: missing return
      error: fatalError
      """
    #expect(
      BuildLog(log, root: URL(filePath: "/course")).summary == [
        "Exercises/Chapter2-DreamerV1/RSSM.swift:41:13: error: expected expression",
        "Tests/Chapter2Tests/A.swift:1:2: error: cannot find 'x' in scope",
        "Solutions/Chapter2-DreamerV1/Exercises/2.1.md:12:3: error: missing return",
      ])
  }

  @Test func withoutCompilerErrorsTheEndIsShown() {
    let lines = (1...20).map { "line \($0)" }
    let log = BuildLog(lines.joined(separator: "\n"), root: URL(filePath: "/course"))
    #expect(log.errors.isEmpty && log.summary == Array(lines.suffix(10)))
  }

  @Test func manyErrorsAreCounted() {
    let lines = (1...30).map { "/c/A.swift:\($0):1: error: no" }
    let log = BuildLog(lines.joined(separator: "\n"), root: URL(filePath: "/c"))
    #expect(log.summary.count == 10 && log.summary.last == "… and 21 more")
  }
}

@Suite struct ChildProcessTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func run(_ script: String, limit: Double = 20) throws -> ChildProcess.End {
    try ChildProcess(
      ["sh", "-c", script], environment: ["ANSWER": "42"], output: folder.url.appending(path: "out"),
      timeLimit: limit
    ).run()
  }

  @Test func collectsOutputAndExitCode() throws {
    #expect(try run("echo $ANSWER; echo err >&2; exit 3") == .exited(3))
    #expect(try folder.read("out") == "42\nerr\n")
    #expect(try run("kill -9 $$") == .signalled(9))
  }

  @Test func endsTheWholeGroupAtTheLimit() throws {
    let start = ContinuousClock.now
    #expect(try run("sleep 1000 & echo $!; sleep 1000", limit: 0.3) == .timedOut)
    #expect(ContinuousClock.now - start < .seconds(15))
    let child = try #require(Int32(try folder.read("out").trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(isGone(child))
  }

  @Test func whatIsLeftRunningEndsWithTheProgram() throws {
    #expect(try run("sleep 1000 & echo $!") == .exited(0))
    let child = try #require(Int32(try folder.read("out").trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(isGone(child))
  }

  @Test func aMissingProgramIsAnError() {
    #expect(throws: CourseError("no-such-program: cannot start: No such file or directory")) {
      try ChildProcess(
        ["no-such-program"], output: folder.url.appending(path: "out"), timeLimit: 1
      ).run()
    }
  }
}
