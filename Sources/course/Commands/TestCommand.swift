import Curriculum
import Figures
import Foundation
import Support

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

  static let details = """
    exit codes  0 every check passed · 1 some did not · 2 it does not compile · 3 no check ran
                4 the time limit ended it · 64 the call makes no sense · 130 interrupted
    """

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
      throw InvalidInput("'\(text)' is neither a chapter such as 2 nor an exercise such as 2.5")
    }
    let exercises = try course.chapter(number).exercises()
    if let id { _ = try course.exercise(id) }
    if exercises.isEmpty { throw InvalidInput("chapter \(number) has no exercises yet") }
    let solutions = arguments.has("solutions")
    let run = GradedRun(
      root: course.root, chapter: number, exercises: id.map { [$0] }, solutions: solutions,
      timeLimit: Double(try arguments.integer("limit", atLeast: 1) ?? 900))
    let chosen = exercises.filter { id == nil || $0.id == id }
    let checks = chosen.reduce(0) { $0 + $1.checks }
    var progress: ProgressLine?
    let outcome = try run.run(progress: { done in
      progress = progress ?? ProgressLine(total: checks, unit: "checks")
      progress?.update(done: done)
    })
    progress?.finish()

    let (results, problem, code) = try judge(outcome, in: course.chapter(number), limit: run.timeLimit)
    let score = Score(results, exercises: chosen, all: true)
    if !solutions {
      var progress = Progress(course)
      try progress.record(score)
    }
    if let problem { Terminal.write(problem + "\n", to: .error) }
    if arguments.has("json") {
      print(score.json(problem: problem))
    } else if arguments.has("markdown") {
      print(score.markdown)
    } else if !results.isEmpty {
      ScorePage(score: score, course: course, page: Page()).show()
    }
    return code ?? (score.isDone ? 0 : ExitCode.notDone)
  }

  /// What a run came to: its results, and the problem and exit code of one that did not come to its end.
  private static func judge(
    _ outcome: GradedRun.Outcome, in chapter: Chapter, limit: Double
  ) throws -> (results: [CheckResult], problem: String?, code: Int32?) {
    switch outcome {
    case .notBuilt(let lines):
      return ([], buildProblem(lines, in: chapter), ExitCode.notBuilt)
    case .timedOut(let results):
      let problem = "course: the tests took more than \(Int(limit)) seconds and were ended"
      return (results, problem, ExitCode.timedOut)
    case .graded(let results):
      return results.isEmpty ? ([], "course: no test ran", ExitCode.nothingRan) : (results, nil, nil)
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
}
