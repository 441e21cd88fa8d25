import Foundation
import Support

/// What the learner has reached, remembered between runs.
///
/// Only a cache: it is recomputed by the tests, and lost with the `.build` folder.
public struct Progress {
  /// The state of one exercise.
  public enum State: Equatable, Sendable {
    /// The stub is as it was generated.
    case notStarted
    /// All checks passed, and the answer has not changed since.
    case passed
    /// Some did not.
    case failed
    /// There is an answer, which was not tested since it changed.
    case changed

    /// A word for the syllabus.
    public var description: String {
      switch self {
      case .notStarted: "not started"
      case .passed: "passed"
      case .failed: "not yet right"
      case .changed: "to be tested"
      }
    }
  }

  private struct Entry: Codable {
    let passed: Bool
    /// The checksum of the answer that was tested.
    let answer: String
  }

  private let course: Course
  private var entries: [String: Entry]
  private var hints: [String: Int]

  private struct Stored: Codable {
    var entries: [String: Entry] = [:]
    var hints: [String: Int] = [:]
  }

  /// Reads the progress; an unreadable cache counts as none.
  public init(_ course: Course) {
    self.course = course
    let data = try? Data(contentsOf: Self.url(course))
    let stored = data.flatMap { try? JSONDecoder().decode(Stored.self, from: $0) } ?? Stored()
    entries = stored.entries
    hints = stored.hints
  }

  /// The state of an exercise, from its file and the last test.
  public func state(of id: ExerciseID) -> State {
    guard let region = Self.answer(to: id, in: course) else { return .changed }
    let lines = region.body.map { $0.trimmingCharacters(in: .whitespaces) }
    if lines == ["todo(\"\(id)\")"] || lines.contains(where: { $0.hasPrefix("findTheBug(\"\(id)\")") }) {
      return .notStarted
    }
    guard let entry = entries[id.description], entry.answer == Self.checksum(region) else { return .changed }
    return entry.passed ? .passed : .failed
  }

  /// How many hints have been shown for an exercise.
  public func hintsShown(for id: ExerciseID) -> Int { hints[id.description] ?? 0 }

  /// Remembers that one more hint was shown.
  public mutating func showHint(for id: ExerciseID) throws {
    hints[id.description] = min(hintsShown(for: id) + 1, 3)
    try write()
  }

  /// Remembers grades.
  public mutating func record(_ score: Score) throws {
    for grade in score.grades where grade.results.count == grade.exercise.checks {
      guard let region = Self.answer(to: grade.exercise.id, in: course) else { continue }
      entries[grade.exercise.id.description] = Entry(passed: grade.isDone, answer: Self.checksum(region))
    }
    try write()
  }

  /// The place where an exercise is to be written: `Exercises/…/RSSM.swift:41`.
  public static func place(of id: ExerciseID, in course: Course) -> String? {
    guard let chapter = try? course.chapter(id.chapter), let file = try? chapter.region(id).file else {
      return nil
    }
    let path = "Exercises/\(chapter.folder)/\(file)"
    return answer(to: id, in: course).map { "\(path):\($0.firstLine)" } ?? path
  }

  private static func answer(to id: ExerciseID, in course: Course) -> RegionSource.Region? {
    guard let chapter = try? course.chapter(id.chapter), let file = try? chapter.region(id).file else {
      return nil
    }
    return try? chapter.answer(file).regions.first { $0.id == id }
  }

  private static func checksum(_ region: RegionSource.Region) -> String {
    Checksum.text(region.body.joined(separator: "\n"))
  }

  private static func url(_ course: Course) -> URL {
    course.root.appending(path: ".build/course/progress.json")
  }

  private func write() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try WholeFile.write(encoder.encode(Stored(entries: entries, hints: hints)), to: Self.url(course).path)
  }
}
