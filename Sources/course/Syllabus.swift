import Curriculum
import Figures

/// The list of all exercises with the learner's progress, and what to do next.
enum Syllabus {
  static func show(_ course: Course) throws {
    let page = Page()
    let progress = Progress(course)
    var next: Exercise?
    for chapter in course.chapters() {
      let exercises = try chapter.exercises()
      let states = exercises.map { progress.state(of: $0.id) }
      let done = states.count { $0 == .passed }
      page.line("Chapter \(chapter.number) · \(chapter.name): \(done) of \(exercises.count) exercises", .bold)
      let width = exercises.map(\.titleWithKind.count).max() ?? 0
      for (exercise, state) in zip(exercises, states) {
        if next == nil, state != .passed { next = exercise }
        let difficulty =
          String(repeating: page.mark("●", "*"), count: exercise.difficulty)
          + String(repeating: page.mark("○", "."), count: 5 - exercise.difficulty)
        page.line(
          "  " + exercise.id.description.padded(to: 6) + exercise.titleWithKind.padded(to: width + 2)
            + difficulty
            + "  \(exercise.minutes) min".padded(to: 9) + "  " + state.description, style(of: state))
      }
      page.line()
    }
    guard let next else {
      page.line("All exercises are done.", .green)
      return
    }
    page.line("next: \(next.id) \(next.titleWithKind)")
    if let place = Progress.place(of: next.id, in: course) { page.line("      \(place)") }
    page.line("      swift run course test \(next.id)", .cyan)
    page.line("all commands: swift run course help", .dim)
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
