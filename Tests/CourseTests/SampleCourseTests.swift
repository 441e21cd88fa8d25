import Foundation
import Support
import Testing

@testable import Curriculum
@testable import course

/// The whole way on a course that is really built: `COURSE_SLOW_TESTS=1` runs it (a minute at first).
///
/// The build is kept in `.build/sample-course` for the next time.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["COURSE_SLOW_TESTS"] == "1"))
struct SampleCourseTests {
  static let file = "Exercises/Chapter9-Sample/Returns.swift"
  static let root = TemporaryFolder.package.appending(path: ".build/sample-course")
  let course: Course

  /// The sample course as it is in the fixtures, with the package's own libraries.
  init() throws {
    let package = TemporaryFolder.package
    let manager = FileManager.default
    var files: [String: URL] = [:]
    for (folder, prefix) in [("Tests/Fixtures/SampleCourse", ""), ("Sources", "Sources/")] {
      let enumerator = manager.enumerator(atPath: package.appending(path: folder).path)
      while let path = enumerator?.nextObject() as? String {
        guard enumerator?.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
        if prefix.isEmpty
          || ["Support", "Curriculum", "CourseTesting", "Kernels", "Tensors", "Networks"].contains(
            where: path.hasPrefix)
        {
          files[prefix + path] = package.appending(path: folder).appending(path: path)
        }
      }
    }
    try FolderCopy(to: Self.root).write(files.mapValues { try Data(contentsOf: $0) })
    course = try Course(root: Self.root)
    _ = try ExerciseGenerator(course: course).generate()
  }

  func replace(_ old: String, with new: String, in path: String = file) throws {
    let url = Self.root.appending(path: path)
    let text = try TextFile.read(url)
    try #require(text.contains(old))
    try WholeFile.write(text.replacingOccurrences(of: old, with: new), to: url.path)
  }

  func grade(solutions: Bool = false, timeLimit: Double = 100) throws -> GradedRun.Outcome {
    try GradedRun(root: Self.root, chapter: 9, solutions: solutions, timeLimit: timeLimit).run()
  }

  func verdicts(_ outcome: GradedRun.Outcome) throws -> [String: Verdict] {
    guard case .graded(let results) = outcome else {
      Issue.record("\(outcome)")
      return [:]
    }
    return Dictionary(uniqueKeysWithValues: results.map { ("\($0.exercise) \($0.check)", $0.verdict) })
  }

  @Test func aFreshCourseIsNotStarted() throws {
    let verdicts = try verdicts(grade())
    #expect(verdicts.count == 8 && verdicts.values.allSatisfy { $0 == .notStarted })
  }

  @Test func theSolutionsPass() throws {
    let verdicts = try verdicts(grade(solutions: true))
    #expect(verdicts.count == 8 && verdicts.values.allSatisfy { $0 == .passed })
  }

  @Test func answersGetTheirVerdicts() throws {
    try replace("todo(\"9.1\")", with: "return values.map { $0 * $0 }.reduce(0, +)")
    try replace("findTheBug(\"9.3\")", with: "//")
    try replace("todo(\"9.4\")", with: "return mean([3]) == 9")
    try replace("todo(\"9.2\")", with: "return rewards[0] + discount * rewards[1]")
    let outcome = try grade()
    #expect(
      try verdicts(outcome) == [
        "9.1 threeValues": .wrong, "9.1 oneValue": .passed, "9.2 threeRewards": .wrong,
        "9.2 noRewards": .crashed, "9.2 noFuture": .passed, "9.3 threeSteps": .wrong,
        "9.4 acceptsWhatIsRight": .passed, "9.4 rejectsWhatIsWrong": .wrong,
      ])
    guard case .graded(let results) = outcome else { return }
    let wrong = try #require(results.first { $0.check == "threeValues" }?.findings.first)
    #expect(wrong.text.contains("looks like the sum: divide by the number of values"))
    #expect(wrong.text.split(separator: "\n").count <= 10 && wrong.text.hasSuffix("course hint 9.1"))
    let slipped = try #require(results.first { $0.check == "rejectsWhatIsWrong" }?.findings.first)
    #expect(slipped.text.contains("the sum instead of the mean") && slipped.text.contains("slipped through"))
    // The crash is at the learner's own line.
    let crash = try #require(results.first { $0.check == "noRewards" }?.findings.first)
    let lines = try TextFile.read(Self.root.appending(path: Self.file)).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(crash.text.contains("Index out of range") && crash.path.hasSuffix(Self.file))
    #expect(lines[crash.line - 1].contains("rewards[0]"))
    let score = Score(results, exercises: try course.chapter(9).exercises())
    #expect((score.points, score.possiblePoints, score.isDone) == (0, 25, false))
  }

  @Test(arguments: [
    ("todo(\"9.1\")", "return values.map {", "Returns.swift:"),
    ("todo(\"9.1\")", "return nothing", "error: cannot find 'nothing' in scope"),
    (
      "public func meanOfSquares(_ values: [Float])", "public func meanOfSquares(of values: [Float])",
      "ReturnsTests.swift:"
    ),
    ("public func meanOfSquares", "public func meanOfCubes", "error: cannot find 'meanOfSquares' in scope"),
  ])
  func whatDoesNotCompileIsExplained(old: String, new: String, message: String) throws {
    try replace(old, with: new)
    guard case .notBuilt(let lines) = try grade() else {
      Issue.record("it was built")
      return
    }
    #expect(lines.contains { $0.contains(message) } && lines.count <= 10)
  }

  @Test func namesOfTheCourseMayBeRedefined() throws {
    try replace(
      "import Curriculum\n",
      with: "func todo(_ id: String) -> Never { fatalError(\"mine\") }\n"
        + "func findTheBug(_ id: String) { todo(id) }\n")
    let verdicts = try verdicts(grade())
    #expect(verdicts.count == 8 && verdicts.values.allSatisfy { $0 == .crashed })
  }

  /// Answers that take over what judges them.
  @Test(arguments: [
    "public func expectClose(_ a: Float, _ b: Float, _ what: String, mistakes: [Int] = []) -> Bool { true }",
    "public func expectClose(_ a: Float, _ b: Int, _ what: String) -> Bool { true }",
    "public func == (a: Float, b: Float) -> Bool { true }",
    "public struct Test {}",
  ])
  func namesOfTheChecksMustNotBe(declaration: String) throws {
    try replace("todo(\"9.1\")", with: "return 0")
    try replace("import Curriculum\n", with: "import Curriculum\n\(declaration)\n")
    switch try grade() {
    case .notBuilt(let lines):
      let problem = TestCommand.buildProblem(lines, in: try course.chapter(9))
      #expect(problem.contains("Returns.swift:2: declares '"))
    case .graded(let results):
      #expect(results.count == 8 && results.allSatisfy { $0.verdict == .wrong })
      #expect(
        results[0].findings.first?.text.hasPrefix("declares '") == true && results[0].findings[0].line == 2)
    case .timedOut: Issue.record("timed out")
    }
  }

  @Test func aDeletedFileIsNamedWithWhatBringsItBack() throws {
    try FileManager.default.removeItem(at: Self.root.appending(path: Self.file))
    guard case .notBuilt(let lines) = try grade() else {
      Issue.record("it was built")
      return
    }
    let problem = TestCommand.buildProblem(lines, in: try course.chapter(9))
    #expect(problem.contains("\(Self.file): missing; swift run course reset 9.1 brings it back"))
  }

  @Test(arguments: [
    "kill(getppid(), SIGKILL)", "kill(0, SIGKILL)",
    "if getenv(\"COURSE_RESULTS\") == nil { kill(getppid(), SIGKILL) }",
  ])
  func whoKillsTheGraderDoesNotPass(call: String) throws {
    try replace("import Curriculum\n", with: "import Curriculum\nimport Foundation\n")
    try replace(
      "todo(\"9.1\")", with: "\(call)\n  return values.map { $0 * $0 }.reduce(0, +) / Float(values.count)")
    guard case .graded(let results) = try grade() else {
      Issue.record("no results")
      return
    }
    let score = Score(results, exercises: try course.chapter(9).exercises())
    #expect(!score.isDone && !score.grades.contains { $0.exercise.id.number == 1 && $0.isDone })
  }

  @Test func theHardTimeLimitLeavesNoResultsOut() throws {
    try replace("todo(\"9.1\")", with: "while true {}")
    guard case .timedOut = try grade(timeLimit: 3) else {
      Issue.record("the time was not up")
      return
    }
  }

  @Test func theSampleIsProved() throws {
    let proofs = try ProofWorkspace(course, chapter: 9).prove(nil)
    #expect(proofs.flatMap(\.problems) == [])
    #expect(proofs.map(\.rejected) == [3, 4, 4, 3] && proofs.map(\.accepted) == [1, 1, 1, 1])
  }

  @Test func aGraderThatAcceptsWrongAnswersIsFound() throws {
    let tests = "Tests/Chapter9Tests/ReturnsTests.swift"
    try replace(
      "meanOfSquares([1, -2, 4]), 7,", with: "meanOfSquares([1, -2, 4]), meanOfSquares([1, -2, 4]),",
      in: tests)
    try replace("gives: 21", with: "gives: 22", in: tests)
    let id = try #require(ExerciseID("9.1"))
    let problems = try ProofWorkspace(course, chapter: 9).prove([id]).flatMap(\.problems)
    #expect(problems.contains { $0.contains("'the sum instead of the mean' survives all 2 checks") })
    // The other check still finds the other mistakes… but not by their names.
    #expect(problems.count == 3)
  }

  @Test func anAnswerThatDoesNotCompileIsFoundInItsMarkdownFile() throws {
    let path = "Solutions/Chapter9-Sample/Exercises/9.1-mean-of-squares.md"
    try replace("return mean * mean", with: "return mean * average", in: path)
    #expect {
      try ProofWorkspace(course, chapter: 9).prove(nil)
    } throws: { error in
      "\(error)".contains("\(path):41:15: error: cannot find 'average' in scope")
    }
  }
}
