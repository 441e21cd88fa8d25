import Foundation
import Support

/// The folder of one training run and the places of the files in it.
public struct RunDirectory: Sendable, Equatable {
  /// The folder's path, such as `runs/dreamerv1-pendulum-seed0`.
  public let path: String

  /// The folder's own name, which finds the run again.
  public var name: String { URL(fileURLWithPath: path).lastPathComponent }
  /// `config.json`: what was trained and how.
  public var configuration: String { file("config.json") }
  /// `metrics.jsonl`: one line of named numbers for each recorded step.
  public var metrics: String { file("metrics.jsonl") }
  /// `events.tfevents`: the same numbers for TensorBoard.
  public var events: String { file("events.tfevents") }
  /// `checkpoint.safetensors`: everything needed to go on.
  public var checkpoint: String { file("checkpoint.safetensors") }
  /// `dream.gif`: a real episode beside the one that the model imagines.
  public var dreamFilm: String { file("dream.gif") }
  /// `dream.svg`: the same in numbers.
  public var dreamCurves: String { file("dream.svg") }
  /// `result.json`: how well the run did and what it cost.
  public var result: String { file("result.json") }
  /// `report.html`: the run to look at.
  public var report: String { file("report.html") }
  /// The path of any other file in the folder, such as a figure.
  public func file(_ name: String) -> String { path + "/" + name }

  // MARK: Creating

  /// Makes the folder of a new run: `root/name`, or `root/name-2` and so on when that is taken.
  ///
  /// - Throws: `CourseError` when the folder cannot be made.
  public static func create(named name: String, in root: String) throws -> RunDirectory {
    precondition(isName(name), "'\(name)' is no name for a folder")
    try WholeFile.makeFolder(root)
    // Making the folder is also how its name is claimed, so two runs never share one.
    for number in 1... {
      let path = "\(root)/\(name)\(number == 1 ? "" : "-\(number)")"
      if mkdir(path, 0o755) == 0 { return RunDirectory(path: path) }
      if errno != EEXIST { throw CourseError.cannot("create", path) }
    }
    fatalError("unreachable: some number is free")
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix(".") && !text.contains("/")
  }

  // MARK: Finding

  /// The run that the user named: by its name in `root`, or by a path to its folder.
  ///
  /// - Throws: `InvalidInput` with the names of the runs in `root`, the latest first.
  public static func find(_ nameOrPath: String, in root: String) throws -> RunDirectory {
    let candidates = (isName(nameOrPath) ? ["\(root)/\(nameOrPath)"] : []) + [nameOrPath]
    for path in candidates {
      let run = RunDirectory(path: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
      if run.isRun { return run }
    }
    let names = existing(in: root).map(\.name)
    let rest = names.count > 10 ? " and \(names.count - 10) more" : ""
    throw InvalidInput(
      "no run '\(nameOrPath)': "
        + (names.isEmpty
          ? "there are no runs in \(root) yet"
          : "expected one of \(names.prefix(10).joined(separator: ", "))\(rest)"))
  }

  /// All runs in `root`, the one changed last first.
  public static func existing(in root: String) -> [RunDirectory] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let dated = names.map { RunDirectory(path: "\(root)/\($0)") }.filter(\.isRun).map { run in
      let attributes = try? FileManager.default.attributesOfItem(atPath: run.path)
      return (run: run, date: attributes?[.modificationDate] as? Date ?? .distantPast)
    }
    return dated.sorted { ($1.date, $0.run.name) < ($0.date, $1.run.name) }.map(\.run)
  }

  private var isRun: Bool { FileManager.default.fileExists(atPath: configuration) }

  // MARK: Configuration

  /// Writes `config.json`, readable and with sorted keys.
  ///
  /// - Throws: `CourseError` when it cannot be written.
  public func writeConfiguration(_ value: some Encodable) throws {
    try JSONFile.write(value, to: configuration)
  }

  /// Reads `config.json`.
  ///
  /// - Throws: `CourseError` when it cannot be read or does not fit the type.
  public func readConfiguration<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try JSONFile.read(type, from: configuration)
  }
}
