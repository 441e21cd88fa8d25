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
      root: course.root, chapter: number, exercise: id, solutions: solutions,
      timeLimit: Double(try arguments.integer("limit", atLeast: 1) ?? 900))
    let checks = exercises.filter { id == nil || $0.id == id }.reduce(0) { $0 + $1.checks }
    var progress: ProgressLine?
    let outcome = try run.run { done in
      progress = progress ?? ProgressLine(total: checks, unit: "checks")
      progress?.update(done: done)
    }
    progress?.finish()

    switch outcome {
    case .notBuilt(let lines):
      Terminal.write((["it does not compile:"] + lines).joined(separator: "\n") + "\n", to: .error)
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
        show(score, course)
      }
      return exitCode(outcome, score, limit: run.timeLimit)
    }
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

  /// What is wrong with each check, then the table.
  private static func show(_ score: Score, _ course: Course) {
    let page = Page()
    for result in score.grades.flatMap(\.findingResults) {
      for finding in result.findings {
        let text = finding.text.replacingOccurrences(of: course.root.path + "/", with: "")
        if result.verdict == .notStarted {
          page.line(text, .yellow)
        } else {
          let place = "\(course.relativePath(finding.path)):\(finding.line)"
          page.line("\(page.mark("✘", "x")) \(result.verdict.rawValue)  \(place)", .red)
          page.text(text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        }
      }
    }
    page.line()
    for line in score.table(place: { Progress.place(of: $0, in: course) }) { page.line(line) }
  }
}

extension Score.Grade {
  /// The results worth showing: one is enough for an exercise that is not started.
  fileprivate var findingResults: [CheckResult] {
    let missing = results.first { $0.verdict == .notStarted }
    return (missing.map { [$0] } ?? []) + results.filter { ![.passed, .notStarted].contains($0.verdict) }
  }
}
