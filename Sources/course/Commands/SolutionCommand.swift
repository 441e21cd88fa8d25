import Curriculum
import Support

/// `course solution`: the reference, for who has solved the exercise or asks twice.
enum SolutionCommand: Command {
  static let name = "solution"
  static let usage = "<exercise> [options]"
  static let summary = "Explains the reference solution, once yours passes."
  static let options = [
    Option("reveal", nil, "also before yours passes"),
    Option("diff", nil, "as the difference from your answer"),
  ]

  static func run(_ arguments: Arguments) throws -> Int32 {
    let course = try Course.current()
    let exercise = try course.exercise(arguments.onlyExercise())
    let id = exercise.id
    guard arguments.has("reveal") || Progress(course).state(of: id) == .passed else {
      throw CourseError("your \(id) has not passed yet: course hint \(id), or --reveal to see the solution")
    }
    let chapter = try course.chapter(id.chapter)
    let (file, reference) = try chapter.region(id)
    let page = Page()
    page.line("\(id) \(exercise.titleWithKind)", .bold)
    page.text("Solutions/\(chapter.folder)/\(file):\(reference.firstLine)", .dim)
    page.line()
    if arguments.has("diff") {
      guard let answer = try chapter.answer(file).regions.first(where: { $0.id == id }) else {
        throw CourseError("Exercises/\(chapter.folder)/\(file): no '// BEGIN EXERCISE \(id)'")
      }
      for line in LineDifference.lines(from: answer.body, to: reference.body) {
        page.text(line, line.hasPrefix("-") ? .red : line.hasPrefix("+") ? .green : nil)
      }
    } else {
      page.text(reference.body.joined(separator: "\n"))
    }
    if !exercise.explanation.isEmpty {
      page.line()
      page.text(exercise.explanation)
    }
    return 0
  }
}
