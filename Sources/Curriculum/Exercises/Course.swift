import Foundation
import Support

/// The course on disk: where its chapters are.
public struct Course: Sendable {
  /// The package's folder.
  public let root: URL

  /// The course in this folder.
  ///
  /// - Throws: `CourseError` if there are no solutions in it.
  public init(root: URL) throws {
    self.root = root.standardizedFileURL
    guard FileManager.default.fileExists(atPath: self.root.appending(path: "Solutions").path) else {
      throw CourseError("\(root.path): no course here: expected a folder 'Solutions'")
    }
  }

  /// The course around the working folder.
  public static func current() throws -> Course {
    var folder = URL(filePath: FileManager.default.currentDirectoryPath)
    while folder.path != "/" {
      if FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path),
        let course = try? Course(root: folder)
      {
        return course
      }
      folder.deleteLastPathComponent()
    }
    throw CourseError("no course here: run this inside the folder with Package.swift and Solutions")
  }

  /// The chapters in order.
  public func chapters() -> [Chapter] {
    TextFile.names(in: root.appending(path: "Solutions"))
      .compactMap { Chapter(folder: $0, root: root) }
      .sorted { $0.number < $1.number }
  }

  /// The chapter with this number.
  ///
  /// - Throws: `InvalidInput`.
  public func chapter(_ number: Int) throws -> Chapter {
    let chapters = chapters()
    guard let chapter = chapters.first(where: { $0.number == number }) else {
      let numbers = chapters.map { String($0.number) }.joined(separator: ", ")
      throw InvalidInput("no chapter \(number): the chapters are \(numbers)")
    }
    return chapter
  }

  /// The exercise with this id.
  ///
  /// - Throws: `InvalidInput`.
  public func exercise(_ id: ExerciseID) throws -> Exercise {
    let exercises = try chapter(id.chapter).exercises()
    guard let exercise = exercises.first(where: { $0.id == id }) else {
      let ids = exercises.map(\.id.description).joined(separator: ", ")
      throw InvalidInput("no exercise \(id): chapter \(id.chapter) has \(ids)")
    }
    return exercise
  }

  /// A file's path as the learner sees it, from the package's folder.
  public func relativePath(_ path: String) -> String {
    path.hasPrefix(root.path + "/") ? String(path.dropFirst(root.path.count + 1)) : path
  }
}
