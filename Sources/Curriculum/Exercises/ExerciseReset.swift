import Foundation
import Support

/// Puts one exercise back to its start.
public struct ExerciseReset {
  /// The learner's file, from the package's folder.
  public let path: String
  /// The first line of the stub, or nil if the file has no such mark any more and was restored as a whole.
  public let line: Int?
  /// Where the file as it was is kept, from the package's folder; nil if there was none.
  public let backup: String?

  /// Restores the stub of exercise `id`, after keeping a copy of the file as it is.
  ///
  /// - Parameters:
  ///   - wholeFile: restores everything in the file, which is what remains if its marks are damaged.
  /// - Throws: `CourseError` if the marks of the exercise are not in the file and `wholeFile` is false.
  public init(_ id: ExerciseID, in course: Course, wholeFile: Bool = false) throws {
    let chapter = try course.chapter(id.chapter)
    _ = try course.exercise(id)
    let file = try chapter.region(id).file
    let url = chapter.exercisesFolder.appending(path: file)
    path = course.relativePath(url.path)
    let old = try? TextFile.read(url)
    let exercises = try chapter.exercises()
    let generated = ExerciseGenerator.exercise(from: try chapter.solution(file), exercises: exercises)
    let new = wholeFile || old == nil ? generated : try Self.text(replacing: id, in: chapter, file, exercises)

    if let old {
      let name = "\(file.dropLast(".swift".count))-\(id)"
      let backup = Self.unusedPath(in: course.root, "Exercises/.backups/\(chapter.folder)/\(name)")
      try WholeFile.write(old, to: course.root.appending(path: backup).path)
      self.backup = backup
    } else {
      backup = nil
    }
    try WholeFile.write(new, to: url.path)
    line = try RegionSource(new, path: path, kind: .exercise).regions.first { $0.id == id }?.firstLine
  }

  private static func unusedPath(in root: URL, _ path: String) -> String {
    let names = (1...).lazy.map { $0 == 1 ? "\(path).swift" : "\(path)-\($0).swift" }
    return names.first { !FileManager.default.fileExists(atPath: root.appending(path: $0).path) }!
  }

  private static func text(
    replacing id: ExerciseID, in chapter: Chapter, _ file: String, _ exercises: [Exercise]
  ) throws -> String {
    let advice = "'course reset \(id) --file' restores the whole file and keeps a copy"
    let source: RegionSource
    do {
      source = try chapter.answer(file)
    } catch {
      throw CourseError("\(error); \(advice)")
    }
    guard source.regions.contains(where: { $0.id == id }) else {
      throw CourseError("Exercises/\(chapter.folder)/\(file): no '// BEGIN EXERCISE \(id)'; \(advice)")
    }
    return source.replacingRegions { region in
      region.id == id
        ? ExerciseGenerator.stub(for: region, exercises: exercises)
        : Array(source.lines[region.beginLine - 1..<region.endLine])
    }
  }
}
