import Curriculum
import Figures
import Foundation
import Support

/// `course watch`: grades what was saved, again and again.
enum WatchCommand: Command {
  static let name = "watch"
  static let usage = "[chapter]"
  static let summary = "Grades again on every save; keys: r again, h hint, q quit."
  static let options: [Option] = []

  static func run(_ arguments: Arguments) throws -> Int32 {
    let course = try Course.current()
    let chapter: Chapter
    if let text = try arguments.optionalPosition() {
      guard let number = Int(text) else { throw InvalidInput("'\(text)' is no chapter's number") }
      chapter = try course.chapter(number)
    } else {
      guard let next = try Syllabus.next(in: course, Progress(course)) else {
        Page().line("All exercises are done.", .green)
        return 0
      }
      chapter = try course.chapter(next.id.chapter)
    }
    let keyboard = Keyboard()
    defer { keyboard?.release() }
    var watch = ChapterWatch(course: course, chapter: chapter, keyboard: keyboard)
    try Interrupted.catching { try watch.run() }
    return 0
  }
}

/// The loop behind `course watch`.
private struct ChapterWatch {
  let course: Course
  let chapter: Chapter
  let keyboard: Keyboard?
  private var folder: FolderWatch
  private var lastLook = ContinuousClock.now
  /// The exercise that a hint is for.
  private var current: Exercise?

  init(course: Course, chapter: Chapter, keyboard: Keyboard?) {
    self.course = course
    self.chapter = chapter
    self.keyboard = keyboard
    folder = FolderWatch(chapter.exercisesFolder)
  }

  /// What ends a wait, or a run that is out of date.
  private enum Event: Error {
    case saved([String])
    case again
    case hint
    case quit
  }

  /// Grades, waits, and so on, until the learner quits.
  mutating func run() throws {
    var event: Event? = .again
    while let next = event {
      do {
        try handle(next)
        event = nil
        while true {
          try look()
          usleep(20_000)
        }
      } catch let found as Event {
        if case .quit = found { return }
        event = found
      }
    }
  }

  private mutating func handle(_ event: Event) throws {
    // A window may have been resized.
    let page = Page()
    switch event {
    case .hint:
      if let current { try HintCommand.show(current, in: course, on: page) }
    case .saved(let files):
      page.line("saved: \(files.joined(separator: ", "))", .bold)
      try grade(on: page)
    case .again, .quit: try grade(on: page)
    }
    let keys = keyboard == nil ? "" : "r again, h hint, q quit; "
    page.line("\(keys)watching Exercises/\(chapter.folder)", .dim)
  }

  /// Grades what was changed since it was last graded, or else the next exercise.
  private mutating func grade(on page: Page) throws {
    let exercises = try chapter.exercises()
    let progress = Progress(course)
    let changed = exercises.filter { progress.state(of: $0.id) == .changed }
    let next = try Syllabus.next(in: course, progress, chapter: chapter.number)
    let chosen = changed.isEmpty ? next.map { [$0] } ?? exercises : changed
    current = chosen.first
    page.line("grading \(chosen.map(\.id.description).joined(separator: ", ")) …", .dim)

    let run = GradedRun(root: course.root, chapter: chapter.number, exercises: chosen.map(\.id))
    switch try run.run(tick: { try look() }) {
    case .notBuilt(let lines):
      page.text(TestCommand.buildProblem(lines, in: chapter), .red)
    case .timedOut(let results), .graded(let results):
      let score = Score(results, exercises: exercises)
      var progress = Progress(course)
      try progress.record(score)
      ScorePage(score: score, course: course, page: page).showBriefly()
      if score.grades.isEmpty { page.line("no test ran", .red) }
      if let next = try Syllabus.next(in: course, progress, chapter: chapter.number) {
        current = next
        let place = Progress.place(of: next.id, in: course) ?? ""
        page.text("next: \(next.id) \(next.titleWithKind)  \(place)")
      } else {
        page.line("chapter \(chapter.number) is done", .green)
      }
    }
  }

  /// - Throws: an `Event` if a file was saved or a key was pressed, `Interrupted` on Ctrl-C.
  private mutating func look() throws {
    try Interrupted.check()
    switch keyboard?.key() {
    case "q", "\u{4}": throw Event.quit
    case "r": throw Event.again
    case "h": throw Event.hint
    default: break
    }
    guard ContinuousClock.now - lastLook > .milliseconds(150) else { return }
    lastLook = .now
    let files = folder.changes()
    if !files.isEmpty { throw Event.saved(files) }
  }
}
