import Curriculum

/// `course hint`: three hints in turn.
enum HintCommand: Command {
  static let name = "hint"
  static let usage = "<exercise>"
  static let summary = "Shows the next of an exercise's three hints."
  static let options: [Option] = []

  static func run(_ arguments: Arguments) throws -> Int32 {
    let course = try Course.current()
    try show(course.exercise(arguments.onlyExercise()), in: course, on: Page())
    return 0
  }

  /// Shows one more hint than before.
  static func show(_ exercise: Exercise, in course: Course, on page: Page) throws {
    var progress = Progress(course)
    try progress.showHint(for: exercise.id)
    page.line("\(exercise.id) \(exercise.titleWithKind)", .bold)
    for (index, hint) in exercise.hints.prefix(progress.hintsShown(for: exercise.id)).enumerated() {
      page.line()
      page.line("Hint \(index + 1) of 3", .cyan)
      page.text(hint)
    }
    page.line()
    page.text(
      progress.hintsShown(for: exercise.id) < 3
        ? "more: swift run course hint \(exercise.id)"
        : "the reference: swift run course solution \(exercise.id) --reveal", .dim)
  }
}
