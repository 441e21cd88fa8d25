import Foundation
import Support

/// One chapter: its solutions, its exercises, its metadata.
public struct Chapter: Sendable {
  /// From 0.
  public let number: Int
  /// The paper, which is also the module of the solutions: `DreamerV1`.
  public let name: String
  /// The folder's name, `Chapter2-DreamerV1`, the same in Solutions and Exercises.
  public let folder: String
  let root: URL

  /// Reads a folder's name; nil if it is no chapter's.
  init?(folder: String, root: URL) {
    let parts = folder.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, parts[0].hasPrefix("Chapter"), let number = Int(parts[0].dropFirst(7)) else {
      return nil
    }
    self.number = number
    name = String(parts[1])
    self.folder = folder
    self.root = root
  }

  /// The paper as it is written: `World Models`.
  public var title: String { name.replacing(/([a-z])([A-Z][a-z])/) { "\($0.1) \($0.2)" } }

  /// The folder of the reference.
  public var solutionsFolder: URL { root.appending(path: "Solutions/\(folder)") }
  /// The learner's folder.
  public var exercisesFolder: URL { root.appending(path: "Exercises/\(folder)") }

  /// The paths of the Swift files of the reference, from its folder, sorted.
  public func files() throws -> [String] {
    try Self.swiftFiles(in: solutionsFolder)
  }

  static func swiftFiles(in folder: URL) throws -> [String] {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".swift") }.sorted()
  }

  /// A file of the reference, divided into regions.
  public func solution(_ file: String) throws -> RegionSource {
    try RegionSource(
      TextFile.read(solutionsFolder.appending(path: file)), path: "Solutions/\(folder)/\(file)",
      kind: .solution)
  }

  /// A file of the learner's, divided into regions.
  public func answer(_ file: String) throws -> RegionSource {
    try RegionSource(
      TextFile.read(exercisesFolder.appending(path: file)), path: "Exercises/\(folder)/\(file)",
      kind: .exercise)
  }

  /// Where the exercises are: the file and region of each, in the order of the ids.
  ///
  /// - Throws: `CourseError` if an id is of another chapter or appears in two files.
  public func regions() throws -> [(file: String, region: RegionSource.Region)] {
    var result: [(file: String, region: RegionSource.Region)] = []
    for file in try files() {
      for region in try solution(file).regions {
        let path = "Solutions/\(folder)/\(file)"
        guard region.id.chapter == number else {
          throw CourseError(path, line: region.beginLine, "\(region.id) is not of chapter \(number)")
        }
        if let other = result.first(where: { $0.region.id == region.id }) {
          throw CourseError(
            path, line: region.beginLine,
            "\(region.id) appears again, first in \(other.file):\(other.region.beginLine)")
        }
        result.append((file, region))
      }
    }
    return result.sorted { $0.region.id < $1.region.id }
  }

  /// The file and region of one exercise.
  public func region(_ id: ExerciseID) throws -> (file: String, region: RegionSource.Region) {
    guard let found = try regions().first(where: { $0.region.id == id }) else {
      throw CourseError("Solutions/\(folder): no region of exercise \(id)")
    }
    return found
  }

  /// The metadata of all exercises, in the order of the ids.
  ///
  /// - Throws: `CourseError` if a file departs from the format, or two have the same id.
  public func exercises() throws -> [Exercise] {
    let folder = "Solutions/\(folder)/Exercises"
    let names = TextFile.names(in: root.appending(path: folder)).filter { $0.hasSuffix(".md") }
    let exercises = try names.map { name in
      let path = "\(folder)/\(name)"
      let exercise = try Exercise(markdown: TextFile.read(root.appending(path: path)), path: path)
      guard name == "\(exercise.id).md" || name.hasPrefix("\(exercise.id)-") else {
        throw CourseError(path, line: 1, "exercise \(exercise.id) belongs in '\(exercise.id)-….md'")
      }
      return exercise
    }.sorted { $0.id < $1.id }
    for (exercise, next) in zip(exercises, exercises.dropFirst()) where exercise.id == next.id {
      throw CourseError(next.path, line: 1, "exercise \(next.id) is also in \(exercise.path)")
    }
    return exercises
  }

  /// Regions without metadata and metadata without a region, one line each.
  func unmatchedExercises() throws -> [String] {
    let described = Set(try exercises().map(\.id))
    let marked = Set(try regions().map(\.region.id))
    let folder = "Solutions/\(folder)"
    return marked.subtracting(described).sorted().map {
      "exercise \($0) has a region but no file \(folder)/Exercises/\($0)-….md"
    }
      + described.subtracting(marked).sorted().map {
        "exercise \($0) has metadata but no region '// BEGIN SOLUTION \($0)' in \(folder)"
      }
  }
}
