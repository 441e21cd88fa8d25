import Foundation
import Support

/// Writes `Exercises/` from `Solutions/`: every region becomes a `todo` or a bug to be
/// found, the rest stays as it is.
///
/// `Exercises/.generated` records a checksum of each file as it was generated. It is committed with the
/// files, so that on any clone a file that differs from its checksum is known to be a learner's work.
public struct ExerciseGenerator {
  let course: Course

  /// A generator for the course.
  public init(course: Course) {
    self.course = course
  }

  /// What `generate` did, as paths from the package's folder.
  public struct Report: Equatable {
    /// Files that are new or changed.
    public var written: [String]
    /// Generated files whose solution is gone.
    public var removed: [String]
    /// Files that a learner has changed and that were therefore left alone, though out of date.
    public var kept: [String]

    /// A report of these.
    public init(written: [String] = [], removed: [String] = [], kept: [String] = []) {
      self.written = written
      self.removed = removed
      self.kept = kept
    }
  }

  /// Brings the exercises up to date.
  public func generate() throws -> Report {
    let record = try GenerationRecord(folder: exercisesFolder)
    let generated = try generatedFiles()
    var report = Report()
    for (path, text) in generated.sorted(by: { $0.key < $1.key }) {
      let url = exercisesFolder.appending(path: path)
      let found = exists(url) ? try TextFile.read(url) : nil
      if found == text { continue }
      if let found, !record.matches(found, path) {
        report.kept.append("Exercises/\(path)")
      } else {
        try WholeFile.write(text, to: url.path)
        report.written.append("Exercises/\(path)")
      }
    }
    for path in record.paths where generated[path] == nil {
      let url = exercisesFolder.appending(path: path)
      guard exists(url) else { continue }
      if record.matches(try TextFile.read(url), path) {
        try FileManager.default.removeItem(at: url)
        report.removed.append("Exercises/\(path)")
      } else {
        report.kept.append("Exercises/\(path)")
      }
    }
    try GenerationRecord(of: generated).write(to: exercisesFolder)
    return report
  }

  /// What is wrong with the exercises as they are, one line each: files that differ from what would be
  /// generated, regions without metadata, and lines of a solution that can be read in the exercises.
  public func problems() throws -> [String] {
    let generated = try generatedFiles()
    let record = try GenerationRecord(folder: exercisesFolder)
    var problems: [String] = []
    for (path, text) in generated.sorted(by: { $0.key < $1.key }) {
      let url = exercisesFolder.appending(path: path)
      if !exists(url) {
        problems.append("Exercises/\(path): missing")
      } else if try TextFile.read(url) != text {
        problems.append("Exercises/\(path): differs from what would be generated")
      }
    }
    for path in try existingFiles() where generated[path] == nil {
      problems.append("Exercises/\(path): has no solution")
    }
    if problems.isEmpty, record != GenerationRecord(of: generated) {
      problems.append("Exercises/\(GenerationRecord.name): out of date")
    }
    for chapter in course.chapters() {
      problems += try chapter.unmatchedExercises()
    }
    return try problems + leaks(in: generated)
  }

  /// The text of an exercise file.
  ///
  /// - Parameter exercises: the chapter's; a region without metadata becomes a `todo`.
  static func exercise(from solution: RegionSource, exercises: [Exercise]) -> String {
    solution.replacingRegions { stub(for: $0, exercises: exercises) }
  }

  /// The lines that stand for a region in the learner's file.
  static func stub(for region: RegionSource.Region, exercises: [Exercise]) -> [String] {
    let id = region.id
    let exercise = exercises.first { $0.id == id }
    let task = exercise?.kind.label ?? "replace the next line"
    let lines =
      ["// BEGIN EXERCISE \(id): \(task); for help: course hint \(id)"]
      + (exercise?.stub ?? ["todo(\"\(id)\")"]) + ["// END EXERCISE \(id)"]
    return lines.map { $0.isEmpty ? "" : region.indentation + $0 }
  }

  /// The texts by path from the folder of exercises.
  private func generatedFiles() throws -> [String: String] {
    var files: [String: String] = [:]
    for chapter in course.chapters() {
      // A chapter whose exercises are still to be written has a reference only.
      if try chapter.regions().isEmpty { continue }
      let exercises = try chapter.exercises()
      for file in try chapter.files() {
        files["\(chapter.folder)/\(file)"] = Self.exercise(
          from: try chapter.solution(file), exercises: exercises)
      }
    }
    return files
  }

  private func existingFiles() throws -> [String] {
    try TextFile.names(in: exercisesFolder).flatMap { folder in
      try Chapter.swiftFiles(in: exercisesFolder.appending(path: folder)).map { "\(folder)/\($0)" }
    }
  }

  private func leaks(in generated: [String: String]) throws -> [String] {
    var problems: [String] = []
    for chapter in course.chapters() {
      let exercises = try chapter.exercises()
      for (file, region) in try chapter.regions() {
        // Where a bug is to be found, most of the answer is shown.
        let shown = exercises.first { $0.id == region.id }?.stub.joined(separator: "\n") ?? ""
        for (offset, line) in region.body.enumerated() where Self.givesAway(line) {
          let code = line.trimmingCharacters(in: .whitespaces)
          if shown.contains(code) { continue }
          for (path, text) in generated.sorted(by: { $0.key < $1.key }) {
            guard
              let index = text.split(separator: "\n", omittingEmptySubsequences: false)
                .firstIndex(where: { $0.contains(code) })
            else { continue }
            problems.append(
              "Exercises/\(path):\(index + 1): shows a line of solution \(region.id) "
                + "(Solutions/\(chapter.folder)/\(file):\(region.firstLine + offset)): \(code)")
          }
        }
      }
    }
    return problems
  }

  /// Whether a line says something about the answer: a computation of some length, not a brace, a comment
  /// or the renaming of a property, which may well appear elsewhere.
  private static func givesAway(_ line: String) -> Bool {
    let code = line.trimmingCharacters(in: .whitespaces)
    return code.count { !$0.isWhitespace } >= 24 && !code.hasPrefix("//")
      && code.contains { "(*/+".contains($0) }
  }

  private var exercisesFolder: URL { course.root.appending(path: "Exercises") }

  private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}

/// The checksums of the files as they were generated.
private struct GenerationRecord: Equatable {
  static let name = ".generated"
  private var checksums: [String: String] = [:]

  var paths: [String] { checksums.keys.sorted() }

  /// The record of these texts.
  init(of files: [String: String]) {
    checksums = files.mapValues { Checksum.text($0) }
  }

  /// The record in a folder; empty if there is none.
  init(folder: URL) throws {
    let url = folder.appending(path: Self.name)
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    for (index, line) in try TextFile.read(url).split(separator: "\n").enumerated() {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw CourseError(
          "Exercises/\(Self.name)", line: index + 1, "expected 'checksum path'; restore the file with git")
      }
      checksums[parts[1]] = parts[0]
    }
  }

  func matches(_ text: String, _ path: String) -> Bool { checksums[path] == Checksum.text(text) }

  func write(to folder: URL) throws {
    let url = folder.appending(path: Self.name)
    let text = paths.map { "\(checksums[$0]!) \($0)\n" }.joined()
    guard (try? TextFile.read(url)) != text else { return }
    try WholeFile.write(text, to: url.path)
  }
}
