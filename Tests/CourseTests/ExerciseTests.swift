import Curriculum
import Foundation
import Support
import Testing

@Suite struct ExerciseTests {
  let path = "Solutions/Chapter9-Sample/Exercises/9.2-discounted-return.md"

  func sample() throws -> String {
    try TextFile.read(TemporaryFolder.package.appending(path: "Tests/Fixtures/SampleCourse/\(path)"))
  }

  @Test func readsTheWholeFormat() throws {
    let exercise = try Exercise(markdown: sample(), path: path)
    #expect(exercise.id.description == "9.2")
    #expect(exercise.title == "Discounted return")
    #expect((exercise.points, exercise.minutes, exercise.difficulty, exercise.checks) == (10, 10, 2, 3))
    #expect(exercise.prerequisites.map(\.description) == ["9.1"])
    #expect(exercise.introduction.hasPrefix("Rewards that come later"))
    #expect(exercise.hints.count == 3 && exercise.hints[1].hasPrefix("G(t)"))
    #expect(exercise.explanation == "")
    #expect(exercise.difficultyMarks == "●●○○○")
    #expect(exercise.mistakes.map(\.verdict) == [.wrong, .wrong, .crashed, .timedOut])
    #expect(exercise.mistakes[0].message == "looks like the plain sum")
    #expect(exercise.mistakes[0].answer.lines == ["return rewards.reduce(0, +)"])
    let lines = try sample().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[exercise.mistakes[0].answer.firstLine - 1] == "return rewards.reduce(0, +)")
    #expect(exercise.alternatives.map(\.title) == ["powers of the discount"])
  }

  @Test(arguments: [
    (
      "# 9.2 Discounted return", "# Discounted return", "1: expected '# 2.5 Title', found 'Discounted return'"
    ),
    ("- points: 10", "- points: ten", "3: 'points' is a whole number from 1 to 100, not 'ten'"),
    ("- points: 10\n", "", "1: expected '- points: …' below the heading"),
    ("- minutes: 10", "- points: 10", "4: 'points' appears twice"),
    (
      "- minutes: 10", "- time: 10",
      "4: expected '- key: value' with one of kind, points, minutes, difficulty, prerequisites, checks"
    ),
    ("9.1\n", "nine\n", "6: 'prerequisites' are ids such as '2.3, 2.4', or 'none', not 'nine'"),
    (
      "## Hint 2", "## Hint 3",
      "15: expected '## Hint 2', '## Explanation', '## Mistake: …' or '## Alternative: …', found 'Hint 3'"
    ),
    ("- says: looks like the plain sum\n", "", "23: expected '- says: …' below the heading"),
    (
      "- verdict: crashed", "- verdict: passed",
      "46: 'verdict' is one of wrong, crashed, timed out, not 'passed'"
    ),
    (
      "## Alternative: powers of the discount", "## Alternative: no discount",
      "1: the title 'no discount' appears twice"
    ),
    (
      "```swift\nvar result: Float = 0\nvar weight", "```\nvar weight",
      "69: expected one ```swift block below 'Alternative: powers of the discount'"
    ),
    ("discount\n}\nreturn result\n```", "discount\n}\nreturn result", "71: the code block is not closed"),
  ])
  func refusesDepartures(old: String, new: String, message: String) throws {
    let text = try sample()
    try #require(text.contains(old))
    #expect(throws: CourseError("9.2.md:\(message)")) {
      try Exercise(markdown: text.replacingOccurrences(of: old, with: new), path: "9.2.md")
    }
  }

  @Test func kindsSayWhatIsToBeDone() throws {
    let folder = try TemporaryFolder.sampleCourse()
    let exercises = try folder.course.chapter(9).exercises()
    #expect(exercises.map(\.kind) == [.fill, .fill, .bug, .test])
    #expect(
      exercises.map(\.titleWithKind)[1...2] == [
        "Discounted return", "Weights of a return (find the bug)",
      ])
    #expect(exercises[0].stub == ["todo(\"9.1\")"] && exercises[3].stub == ["todo(\"9.4\")"])
    #expect(exercises[2].stub.first?.hasPrefix("findTheBug(\"9.3\")  // delete") == true)
    #expect(exercises[2].stub.dropFirst().first == "var weights: [Float] = []")
    // What is given must be rejected, as every mistake must.
    #expect(exercises[2].wrongAnswers.map(\.answer.title).first == "the first step is discounted")
    #expect(exercises[1].wrongAnswers == exercises[1].mistakes)
  }

  @Test(arguments: [
    ("- kind: bug", "- kind: riddle", "3: 'kind' is one of fill, bug, test, not 'riddle'"),
    ("- kind: bug", "- kind: fill", "10: expected '## Hint 1'"),
    (
      "## Given: the first step", "## Mistake: the first step",
      "1: a bug to be found needs a section '## Given: …'"
    ),
    (
      "- says: looks like a first step that is discounted\n", "", "10: expected '- says: …' below the heading"
    ),
  ])
  func aBugNeedsWhatIsWrong(old: String, new: String, message: String) throws {
    let folder = try TemporaryFolder.sampleCourse()
    try folder.replace(old, with: new, in: "Solutions/Chapter9-Sample/Exercises/9.3-discount-weights.md")
    #expect { try folder.course.chapter(9).exercises() } throws: { "\($0)".contains(".md:\(message)") }
  }

  @Test func aChapterMatchesRegionsAndMetadata() throws {
    let folder = try TemporaryFolder.sampleCourse()
    let chapter = try folder.course.chapter(9)
    #expect(try chapter.exercises().map(\.id.description) == ["9.1", "9.2", "9.3", "9.4"])
    #expect(try chapter.region(ExerciseID("9.2")!).region.firstLine == 20)

    try folder.replace(
      "# 9.1", with: "# 9.2", in: "Solutions/Chapter9-Sample/Exercises/9.1-mean-of-squares.md")
    #expect(
      throws: CourseError(
        "Solutions/Chapter9-Sample/Exercises/9.1-mean-of-squares.md", line: 1,
        "exercise 9.2 belongs in '9.2-….md'")
    ) { try chapter.exercises() }
  }

  @Test func unknownNamesListTheKnownOnes() throws {
    let folder = try TemporaryFolder.sampleCourse()
    let course = try folder.course
    #expect {
      try course.chapter(3)
    } throws: {
      "\($0)" == "no chapter 3: the chapters are 9"
    }
    #expect {
      try course.exercise(ExerciseID("9.5")!)
    } throws: {
      "\($0)" == "no exercise 9.5: chapter 9 has 9.1, 9.2, 9.3, 9.4"
    }
  }
}
