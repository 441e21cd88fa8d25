import Curriculum
import Figures
import Foundation
import Support

/// `course notebook`: runs the cells of the notebooks, and writes what they print below them or compares it
/// with what stands there; and checks the examples in the documentation of the library.
enum NotebookCommand: Command {
  static let name = "notebook"
  static let usage = "[N | NAME] [--check]"
  static let summary = "Runs the cells of notebooks and writes their outputs, and the library's examples."
  static let options = [
    Option("check", nil, "compares the outputs with those that are written, and changes nothing")
  ]
  private static let folder = "Notebooks-md"
  /// Where everything public has an example.
  private static let documented = ["Sources/Tensors", "Sources/Networks"]

  /// Runs the command; a notebook is called by its chapter's number or its own name.
  ///
  /// - Returns: 0, or 1 if a cell failed or differs.
  static func run(_ arguments: Arguments) throws -> Int32 {
    let files = TextFile.names(in: URL(fileURLWithPath: folder)).filter { $0.hasSuffix(".md") }
    if files.isEmpty { throw CourseError("no notebooks in \(folder): start this in the package's folder") }
    let names = files.map(name(ofFile:)) + ["examples"]
    if let unknown = arguments.positions.first(where: { !names.contains($0) }) {
      throw InvalidInput("no notebook is called '\(unknown)': choose one of \(names.joined(separator: ", "))")
    }
    let checks = arguments.has("check")
    var failures = 0
    for (file, name) in zip(files + [""], names)
    where arguments.positions.isEmpty || arguments.positions.contains(name) {
      let start = ContinuousClock.now
      let isNotebook = name != "examples"
      let path = isNotebook ? "\(folder)/\(file)" : documented.joined(separator: ", ")
      do {
        let problems = try isNotebook ? process(path, checks: checks) : checkExamples()
        failures += problems.count
        for problem in problems { print(problem) }
        if problems.isEmpty {
          let seconds = (ContinuousClock.now - start) / .seconds(1)
          let result = checks || !isNotebook ? "as written" : "outputs written"
          print("\(path): \(result) (\(NumberText.compact(seconds)) s)")
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

  /// Runs the examples in the documentation; returns what has none or gives another value.
  private static func checkExamples() throws -> [CourseError] {
    let files = try documented.flatMap { folder in
      let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
      let files = paths.filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
      if files.isEmpty { throw CourseError("no sources in \(folder): start this in the package's folder") }
      return files
    }
    let examples = try Examples(files.map { ($0, try TextFile.read(URL(fileURLWithPath: $0))) })
    if examples.declarations == 0 { throw CourseError("nothing is public in \(documented)") }
    guard examples.problems.isEmpty else { return examples.problems }
    let scratch = try ScratchFolder.make("examples")
    defer { try? FileManager.default.removeItem(at: scratch) }
    var runner = try runner(in: scratch)
    runner.optimizes = false
    let outputs = try runner.outputs(of: examples.notebook, in: scratch)
    return examples.notebook.mismatches(with: outputs)
  }

  private static func runner(in scratch: URL) throws -> NotebookRunner {
    guard let command = Bundle.main.executableURL else {
      throw CourseError("the build of this command cannot be found")
    }
    return NotebookRunner(
      products: command.resolvingSymlinksInPath().deletingLastPathComponent(), scratch: scratch,
      timeLimit: 120)
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

    let outputs = try runner(in: scratch).outputs(of: notebook, in: page)
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
