import Curriculum
import Foundation
import Synchronization

/// Collects the results of a run; prints the score when the process ends.
final class ScoreBoard: Sendable {
  /// The run's.
  static let shared = ScoreBoard()

  /// The course that this file belongs to.
  static let course = try? Course(root: URL(filePath: #filePath).appending(path: "../../../.."))

  private let results = Mutex<[CheckResult]>([])

  private init() {
    atexit { ScoreBoard.shared.finish() }
  }

  /// Adds a result, also to the file that `COURSE_RESULTS` names.
  func add(_ result: CheckResult) throws {
    try results.withLock { results in
      results.append(result)
      guard let path = ProcessInfo.processInfo.environment[GraderVariable.results] else { return }
      let line = try JSONEncoder().encode(result) + Data("\n".utf8)
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(filePath: path)) }
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: line)
    }
  }

  /// Whether no other check of the exercise came to the same verdict before.
  func isFirstOfKind(_ result: CheckResult) -> Bool {
    results.withLock { results in
      results.first { $0.exercise == result.exercise && $0.verdict == result.verdict } == result
    }
  }

  /// Whether a check of the exercise has timed out.
  func hasTimedOut(_ id: ExerciseID) -> Bool {
    results.withLock { $0.contains { $0.exercise == id && $0.verdict == .timedOut } }
  }

  /// Prints the score and remembers the progress, unless `course` does that itself.
  private func finish() {
    let results = results.withLock { $0 }
    let environment = ProcessInfo.processInfo.environment
    guard !results.isEmpty, environment[GraderVariable.results] == nil,
      let course = Self.course
    else { return }
    let numbers = Set(results.map(\.exercise.chapter))
    let exercises = numbers.flatMap { (try? course.chapter($0).exercises()) ?? [] }
    let score = Score(results, exercises: exercises)
    guard !score.grades.isEmpty else { return }
    if environment[GraderVariable.solutions] != "all" {
      var progress = Progress(course)
      try? progress.record(score)
    }
    let lines =
      [""] + TextColumns(score.rows).lines(flexible: 1).map { "  " + $0 }
      + score.conclusion { Progress.place(of: $0, in: course) }
    // Standard error, because what swift test prints on standard output may come later.
    FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
  }
}
