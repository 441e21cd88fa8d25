import Curriculum
import Support

/// `course generate`: the exercises from the solutions.
enum GenerateCommand: Command {
  static let name = "generate"
  static let usage = "[--check]"
  static let summary = "Writes Exercises/ from Solutions/; never over a file that you changed."
  static let options = [Option("check", nil, "writes nothing; fails if the exercises are out of date")]

  static func run(_ arguments: Arguments) throws -> Int32 {
    guard arguments.positions.isEmpty else { throw InvalidInput("usage: course generate [--check]") }
    let generator = ExerciseGenerator(course: try .current())
    let page = Page()
    if arguments.has("check") {
      let problems = try generator.problems()
      for problem in problems { page.text(problem) }
      if problems.isEmpty { page.line("the exercises are up to date") }
      return problems.isEmpty ? 0 : 1
    }
    let report = try generator.generate()
    for path in report.written { page.line("written  \(path)") }
    for path in report.removed { page.line("removed  \(path)") }
    for path in report.kept { page.line("kept     \(path): you have changed it", .yellow) }
    if report == .init() { page.line("the exercises are up to date") }
    return 0
  }
}
