import Curriculum

/// `course hint`: three hints in turn.
enum HintCommand: Command {
  static let name = "hint"
  static let usage = "<exercise>"
  static let summary = "Shows the next of an exercise's three hints."
  static let options: [Option] = []

  static func run(_ arguments: Arguments) throws -> Int32 {
    let course = try Course.current()
    let exercise = try course.exercise(arguments.onlyExercise())
    var progress = Progress(course)
    try progress.showHint(for: exercise.id)
    let page = Page()
    page.line("\(exercise.id) \(exercise.titleWithKind)", .bold)
    for (index, hint) in exercise.hints.prefix(progress.hintsShown(for: exercise.id)).enumerated() {
      page.line()
      page.line("Hint \(index + 1) of 3", .cyan)
      page.text(hint)
    }
    page.line()
    page.line(
      progress.hintsShown(for: exercise.id) < 3
        ? "more: swift run course hint \(exercise.id)"
        : "the reference: swift run course solution \(exercise.id) --reveal", .dim)
    return 0
  }
}
