import Curriculum
import Figures

/// The list of all exercises with the learner's progress, and what to do next.
enum Syllabus {
  static func show(_ course: Course, on page: Page = Page()) throws {
    let progress = Progress(course)
    for chapter in course.chapters() {
      let exercises = try chapter.exercises()
      if exercises.isEmpty { continue }
      let states = exercises.map { progress.state(of: $0.id) }
      let done = states.count { $0 == .passed }
      page.line(
        "Chapter \(chapter.number) · \(chapter.title): \(done) of \(exercises.count) exercises", .bold)
      let rows = zip(exercises, states).map { cells($0, $1, page) }
      page.table(fitting(rows, page), flexible: 2) { style(of: states[$0]) }
      page.line()
    }
    guard let next = try next(in: course, progress) else {
      page.line("All exercises are done.", .green)
      return
    }
    page.line("next: \(next.id) \(next.titleWithKind)")
    if let place = Progress.place(of: next.id, in: course) { page.text("  \(place)") }
    page.text("  swift run course test \(next.id)", .cyan)
    page.text("all commands: swift run course help", .dim)
  }

  /// The first exercise of the course, or of one chapter, that has not passed.
  static func next(in course: Course, _ progress: Progress, chapter: Int? = nil) throws -> Exercise? {
    for candidate in course.chapters() where chapter == nil || candidate.number == chapter {
      if let exercise = try candidate.exercises().first(where: { progress.state(of: $0.id) != .passed }) {
        return exercise
      }
    }
    return nil
  }

  private static func cells(_ exercise: Exercise, _ state: Progress.State, _ page: Page) -> [String] {
    let difficulty =
      String(repeating: page.mark("●", "*"), count: exercise.difficulty)
      + String(repeating: page.mark("○", "."), count: 5 - exercise.difficulty)
    return [
      mark(of: state, page), exercise.id.description, exercise.titleWithKind, difficulty,
      "\(exercise.minutes) min", state.description,
    ]
  }

  /// The rows without the columns that a narrow terminal has no room for: the mark tells the state too.
  private static func fitting(_ rows: [[String]], _ page: Page) -> [[String]] {
    let layouts = [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4], [0, 1, 2, 4]].map { columns in
      rows.map { row in columns.map { row[$0] } }
    }
    return layouts.first { TextColumns($0).width + 2 <= page.columns } ?? layouts[2]
  }

  private static func mark(of state: Progress.State, _ page: Page) -> String {
    switch state {
    case .passed: page.mark("✓", "+")
    case .failed: page.mark("✗", "x")
    case .changed: "?"
    case .notStarted: page.mark("·", ".")
    }
  }

  private static func style(of state: Progress.State) -> Terminal.Style? {
    switch state {
    case .passed: .green
    case .failed: .red
    case .changed: .yellow
    case .notStarted: nil
    }
  }
}
