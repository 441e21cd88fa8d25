import Foundation
import Support
import Testing

@testable import Curriculum

@Suite struct ScoreTests {
  let folder: TemporaryFolder
  let course: Course
  let exercises: [Exercise]

  init() throws {
    folder = try TemporaryFolder.sampleCourse()
    course = try folder.course
    exercises = try course.chapter(9).exercises()
    _ = try ExerciseGenerator(course: course).generate()
  }

  func results(_ verdicts: [(String, Verdict)]) throws -> [CheckResult] {
    try verdicts.enumerated().map { index, entry in
      CheckResult(exercise: try #require(ExerciseID(entry.0)), check: "check\(index)", verdict: entry.1)
    }
  }

  @Test func pointsAreAllOrNothing() throws {
    let score = Score(
      try results([
        ("9.2", .passed), ("9.1", .passed), ("9.1", .passed), ("9.2", .wrong), ("9.2", .passed),
      ]), exercises: exercises)
    #expect(score.grades.map(\.exercise.id.description) == ["9.1", "9.2"])
    #expect((score.points, score.possiblePoints, score.isDone) == (5, 15, false))
    #expect(
      score.rows == [
        ["9.1", "Mean of squares", "passed", "5/5"],
        ["9.2", "Discounted return", "2 passed, 1 wrong", "0/10"],
      ])
    #expect(
      score.conclusion { "file \($0)" } == [
        "5 of 15 points", "next: 9.2 Discounted return", "  file 9.2", "  swift run course hint 9.2",
      ])
    #expect(score.markdown.hasSuffix("| | **Total** | | **5** | **15** |"))
    let json = try JSONSerialization.jsonObject(with: Data(score.json().utf8)) as? [String: Any]
    #expect(json?["points"] as? Int == 5 && json?["done"] as? Bool == false)
  }

  @Test func whatDidNotRunCountsWhereAllWasAskedFor() throws {
    let score = Score(try results([("9.1", .passed), ("9.1", .passed)]), exercises: exercises, all: true)
    #expect((score.points, score.possiblePoints, score.isDone) == (5, 25, false))
    #expect(score.rows[1] == ["9.2", "Discounted return", "no check ran", "0/10"])
    let json =
      try JSONSerialization.jsonObject(
        with: Data(score.json(problem: "it does not compile").utf8)) as? [String: Any]
    #expect(json?["problem"] as? String == "it does not compile" && json?["possiblePoints"] as? Int == 25)
  }

  @Test func checksThatDidNotRunAreNoPass() throws {
    let score = Score(try results([("9.1", .passed)]), exercises: exercises)
    #expect(!score.isDone && score.points == 0)
    #expect(score.grades[0].summary == "passed (1 of 2 checks ran)")
  }

  @Test func nothingIsNotDone() {
    #expect(!Score([], exercises: exercises).isDone)
  }

  @Test func resultsSurviveTheirFile() throws {
    var results = try results([("9.1", .timedOut), ("9.2", .notStarted)])
    results[0].findings = [.init(text: "one\ntwo", path: "/a.swift", line: 3)]
    let lines = try results.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "results")
    #expect(try CheckResult.read(folder.url.appending(path: "results")) == results)
    #expect(try CheckResult.read(folder.url.appending(path: "none")) == [])
    try folder.write(lines[0] + "\n{", to: "results")
    #expect(throws: CourseError.self) { try CheckResult.read(folder.url.appending(path: "results")) }
  }

  @Test func progressFollowsTheAnswer() throws {
    let id = try #require(ExerciseID("9.1"))
    let file = "Exercises/Chapter9-Sample/Returns.swift"
    #expect(Progress(course).state(of: id) == .notStarted)
    try folder.replace("todo(\"9.1\")", with: "return 1", in: file)
    #expect(Progress(course).state(of: id) == .changed)

    var progress = Progress(course)
    try progress.record(Score(results([("9.1", .passed)]), exercises: exercises))
    #expect(Progress(course).state(of: id) == .changed, "one of two checks proves nothing")
    try progress.record(Score(results([("9.1", .passed), ("9.1", .wrong)]), exercises: exercises))
    #expect(Progress(course).state(of: id) == .failed)
    try progress.record(Score(results([("9.1", .passed), ("9.1", .passed)]), exercises: exercises))
    #expect(Progress(course).state(of: id) == .passed)

    try folder.replace("return 1", with: "return 2", in: file)
    #expect(Progress(course).state(of: id) == .changed)
    #expect(Progress.place(of: id, in: course) == "\(file):8")
  }

  @Test func hintsComeInTurnAndADamagedCacheIsNone() throws {
    let id = try #require(ExerciseID("9.1"))
    var progress = Progress(course)
    for shown in [1, 2, 3, 3] {
      try progress.showHint(for: id)
      #expect(Progress(course).hintsShown(for: id) == shown)
    }
    try folder.write("{", to: ".build/course/progress.json")
    #expect(Progress(course).hintsShown(for: id) == 0)
  }

  @Test func differencesLineByLine() {
    #expect(
      LineDifference.lines(from: ["a", "b", "c"], to: ["a", "x", "c", "d"]) == [
        "  a", "- b", "+ x", "  c", "+ d",
      ])
    #expect(LineDifference.lines(from: [], to: ["a"]) == ["+ a"])
  }
}

@Suite struct ReservedNamesTests {
  @Test(arguments: [
    ("public func expectClose(_ a: Float) {}", "expectClose"),
    ("  func expectShape<T>(_ a: T) {", "expectShape"),
    ("public struct Mistake: Error {", "Mistake"), ("public func == (a: Float, b: Float) -> Bool {", "=="),
    ("let expectGradient = 1", "expectGradient"),
  ])
  func declarationsAreFound(line: String, name: String) {
    #expect(ReservedNames.declaredName(in: line[...]) == name)
  }

  @Test(arguments: [
    "// func expectClose() {}", "expectClose(a, b)", "func expectClosely() {}", "let mistake = Mistake",
    "  static func == (a: Grid, b: Grid) -> Bool {", "func test() {}", "if a == (b) {",
  ])
  func otherLinesAreNot(line: String) { #expect(ReservedNames.declaredName(in: line[...]) == nil) }

  @Test func allExpectationsAreReserved() throws {
    let folder = TemporaryFolder.package.appending(path: "Sources/CourseTesting")
    for file in try Chapter.swiftFiles(in: folder) {
      for line in try TextFile.read(folder.appending(path: file)).split(separator: "\n")
      where line.hasPrefix("public func ") {
        let name = String(line.dropFirst("public func ".count).prefix { $0.isLetter })
        #expect(ReservedNames.all.contains(name))
      }
    }
  }
}
