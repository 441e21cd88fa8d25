import Curriculum
import Figures
import Foundation
import Support

/// `course notebook`: runs the cells of the notebooks, and writes what they print below them or compares it
/// with what stands there.
enum NotebookCommand: Command {
  static let name = "notebook"
  static let usage = "[N | NAME] [--check]"
  static let summary = "Runs the cells of a notebook, or of all, and writes their outputs."
  static let options = [
    Option("check", nil, "compares the outputs with those that are written, and changes nothing")
  ]
  private static let folder = "Notebooks-md"

  /// Runs the command; a notebook is called by its chapter's number or its own name.
  ///
  /// - Returns: 0, or 1 if a cell failed or differs.
  static func run(_ arguments: Arguments) throws -> Int32 {
    let files = TextFile.names(in: URL(fileURLWithPath: folder)).filter { $0.hasSuffix(".md") }
    if files.isEmpty { throw CourseError("no notebooks in \(folder): start this in the package's folder") }
    let names = files.map(name(ofFile:))
    if let unknown = arguments.positions.first(where: { !names.contains($0) }) {
      throw InvalidInput("no notebook is called '\(unknown)': choose one of \(names.joined(separator: ", "))")
    }
    let checks = arguments.has("check")
    var failures = 0
    for (file, name) in zip(files, names)
    where arguments.positions.isEmpty || arguments.positions.contains(name) {
      let start = ContinuousClock.now
      do {
        let problems = try process("\(folder)/\(file)", checks: checks)
        failures += problems.count
        for problem in problems { print(problem) }
        if problems.isEmpty {
          let seconds = (ContinuousClock.now - start) / .seconds(1)
          print(
            "\(folder)/\(file): \(checks ? "as written" : "outputs written") (\(NumberText.compact(seconds)) s)"
          )
        }
      } catch let error as CourseError {
        failures += 1
        print(error)
      }
    }
    return failures == 0 ? 0 : 1
  }

  /// `2-DreamerV1.md` is called 2, `Environments.md` environments.
  private static func name(ofFile file: String) -> String {
    let number = file.prefix(while: \.isNumber)
    return number.isEmpty ? file.dropLast(".md".count).lowercased() : String(number)
  }

  /// Runs one notebook, and writes its outputs or returns what differs from them.
  private static func process(_ path: String, checks: Bool) throws -> [CourseError] {
    let manager = FileManager.default
    let notebook = try Notebook(TextFile.read(URL(fileURLWithPath: path)), path: path)
    let scratch = try ScratchFolder.make("notebook")
    defer { try? manager.removeItem(at: scratch) }
    // A check leaves the committed figures alone: the program draws into a folder of its own.
    let page = checks ? scratch.appending(path: "page") : URL(fileURLWithPath: folder)
    try manager.createDirectory(at: page, withIntermediateDirectories: true)

    guard let command = Bundle.main.executableURL else {
      throw CourseError(path, line: 1, "the build of this command cannot be found")
    }
    let runner = NotebookRunner(
      products: command.resolvingSymlinksInPath().deletingLastPathComponent(), scratch: scratch,
      timeLimit: 120)
    let outputs = try runner.outputs(of: notebook, in: page)
    var problems = notebook.figures.filter { !manager.fileExists(atPath: "\(folder)/\($0.path)") }
      .map { CourseError(path, line: $0.line, "the file \(folder)/\($0.path) is missing") }
    if checks {
      let drawn = (try? manager.contentsOfDirectory(atPath: page.appending(path: "figures").path)) ?? []
      problems += drawn.filter { !manager.fileExists(atPath: "\(folder)/figures/\($0)") }
        .map {
          CourseError(path, line: 1, "a cell draws figures/\($0), which is not in \(folder)")
        }
      return notebook.mismatches(with: outputs) + problems
    }
    try WholeFile.write(notebook.replacingOutputs(outputs), to: path)
    return problems
  }
}
