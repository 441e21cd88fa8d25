import Foundation
import Support

/// The copy of the package in which answers are proved: `.build/prove` inside the package.
///
/// It is kept, so that the next proof only builds what changed.
public struct ProofWorkspace {
  private let course: Course
  private let chapter: Chapter
  /// The copy's folder.
  public var root: URL { course.root.appending(path: ".build/prove") }

  /// The workspace for a chapter.
  public init(_ course: Course, chapter: Int) throws {
    self.course = course
    self.chapter = try course.chapter(chapter)
  }

  /// Brings the copy up to date and proves exercises of the chapter.
  ///
  /// - Parameters:
  ///   - ids: the exercises; nil for all of the chapter.
  ///   - progress: called with the numbers of results so far and in all.
  /// - Throws: `CourseError` if a file departs from its format or the program does not build.
  public func prove(_ ids: [ExerciseID]?, progress: (Int, Int) -> Void = { _, _ in }) throws -> [Proof] {
    let exercises = try chapter.exercises()
    let chosen = exercises.filter { ids?.contains($0.id) ?? true }
    try update(exercises)
    var run = GradedRun(root: root, chapter: chapter.number, timeLimit: 3600)
    let variants = chosen.map { exercise in
      (exercise.id.description, ProofAnswer.all(exercise).map { $0.request(exercise) })
    }
    let json = try JSONEncoder().encode(Dictionary(uniqueKeysWithValues: variants))
    run.environment[GraderVariable.variants] = String(decoding: json, as: UTF8.self)
    let total = chosen.reduce(0) { $0 + $1.checks * ProofAnswer.all($1).count }
    switch try run.run(progress: { progress($0, total) }) {
    case .notBuilt(let lines):
      throw CourseError("the answers do not build:\n" + lines.joined(separator: "\n"))
    case .timedOut:
      throw CourseError("the proof of chapter \(chapter.number) took more than an hour")
    case .graded(let results):
      if results.isEmpty { throw CourseError("no check of chapter \(chapter.number) ran") }
      return chosen.map { Proof($0, results: results) }
    }
  }

  /// Makes the copy the same as the package, with all answers in the chapter's exercises.
  func update(_ exercises: [Exercise]) throws {
    var files: [String: Data] = [:]
    let enumerator = FileManager.default.enumerator(atPath: course.root.path)
    while let path = enumerator?.nextObject() as? String {
      if [".build", ".git", "runs", "Exercises/.backups"].contains(path) {
        enumerator?.skipDescendants()
      } else if enumerator?.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
        files[path] = try Data(contentsOf: course.root.appending(path: path))
      }
    }
    let exerciseFolder = "Exercises/\(chapter.folder)/"
    for path in files.keys where path.hasPrefix(exerciseFolder) { files[path] = nil }
    for file in try chapter.files() {
      let text = try chapter.solution(file).withAllAnswers(
        path: "Solutions/\(chapter.folder)/\(file)", exercises: exercises)
      files[exerciseFolder + file] = Data(text.utf8)
    }
    try FolderCopy(to: root).write(files)
  }
}
