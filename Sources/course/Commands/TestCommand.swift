import Curriculum
import Figures
import Foundation

/// `course test`: grades a chapter or an exercise.
enum TestCommand: Command {
  static let name = "test"
  static let usage = "<chapter | exercise> [options]"
  static let summary = "Grades your answers: course test 2, course test 2.5."
  static let options = [
    Option("solutions", nil, "grades the reference solutions instead"),
    Option("json", nil, "prints points and all results as JSON"),
    Option("markdown", nil, "prints the points as a Markdown table"),
    Option("limit", "SECONDS", "for all tests together; 900 if left out"),
  ]

  /// The exit codes, beside 0 when all is done and 64 for a call that makes no sense.
  enum ExitCode {
    static let notDone: Int32 = 1
    static let notBuilt: Int32 = 2
    static let nothingRan: Int32 = 3
    static let timedOut: Int32 = 4
  }

  static func run(_ arguments: Arguments) throws -> Int32 {
    let course = try Course.current()
    let text = try arguments.onlyPosition()
    let id = ExerciseID(text)
    guard let number = id?.chapter ?? Int(text) else {
      throw UsageError("'\(text)' is neither a chapter such as 2 nor an exercise such as 2.5")
    }
    let exercises = try course.chapter(number).exercises()
    if let id { _ = try course.exercise(id) }
    let solutions = arguments.has("solutions")
    let run = GradedRun(
      root: course.root, chapter: number, exercises: id.map { [$0] }, solutions: solutions,
      timeLimit: Double(try arguments.integer("limit", atLeast: 1) ?? 900))
    let checks = exercises.filter { id == nil || $0.id == id }.reduce(0) { $0 + $1.checks }
    var progress: ProgressLine?
    let outcome = try run.run(progress: { done in
      progress = progress ?? ProgressLine(total: checks, unit: "checks")
      progress?.update(done: done)
    })
    progress?.finish()

    switch outcome {
    case .notBuilt(let lines):
      Terminal.write(buildProblem(lines, in: try course.chapter(number)) + "\n", to: .error)
      return ExitCode.notBuilt
    case .graded(let results), .timedOut(let results):
      let score = Score(results, exercises: exercises)
      if !solutions {
        var progress = Progress(course)
        try progress.record(score)
      }
      if arguments.has("json") {
        print(score.json)
      } else if arguments.has("markdown") {
        print(score.markdown)
      } else {
        ScorePage(score: score, course: course, page: Page()).show()
      }
      return exitCode(outcome, score, limit: run.timeLimit)
    }
  }

  /// Why there are no tests to run: missing files, and the compiler's errors.
  static func buildProblem(_ lines: [String], in chapter: Chapter) -> String {
    let missing = ((try? chapter.regions()) ?? []).filter {
      !FileManager.default.fileExists(atPath: chapter.exercisesFolder.appending(path: $0.file).path)
    }
    let files = Dictionary(grouping: missing, by: \.file).sorted { $0.key < $1.key }.map {
      "Exercises/\(chapter.folder)/\($0): missing; swift run course reset \($1[0].region.id) brings it back"
    }
    let names = ReservedNames.declarations(in: chapter).map { finding in
      "Exercises/\(chapter.folder)/\(URL(filePath: finding.path).lastPathComponent):\(finding.line): \(finding.text)"
    }
    return (["it does not compile:"] + files + names + lines).joined(separator: "\n")
  }

  private static func exitCode(_ outcome: GradedRun.Outcome, _ score: Score, limit: Double) -> Int32 {
    if case .timedOut = outcome {
      Terminal.write("course: the tests took more than \(Int(limit)) seconds and were ended\n", to: .error)
      return ExitCode.timedOut
    }
    guard !score.grades.isEmpty else {
      Terminal.write("course: no test ran\n", to: .error)
      return ExitCode.nothingRan
    }
    return score.isDone ? 0 : ExitCode.notDone
  }
}
