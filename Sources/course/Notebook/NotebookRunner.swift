import Curriculum
import Foundation
import Support

/// Compiles the cells of a notebook against the modules of this very build, and runs them.
struct NotebookRunner {
  /// The folder of the build's products: `Modules/` and the objects of the `course` command.
  let products: URL
  /// An empty folder for the program.
  let scratch: URL
  /// The seconds after which a program is ended.
  let timeLimit: Int
  /// Whether the program is optimised: slow to compile if it is long.
  var optimizes = true

  /// What every cell printed, by its index.
  ///
  /// - Parameter folder: where the program runs, and so where its `figures/` go.
  /// - Throws: `CourseError` with the Markdown file's own lines: compiler errors, a trap, the time limit,
  ///   or a cell that was expected to fail and did not.
  func outputs(of notebook: Notebook, in folder: URL) throws -> [Int: [String]] {
    var result: [Int: [String]] = [:]
    if notebook.cells.contains(where: { $0.kind == .runs }) {
      let built = try build(notebook.program(timeLimit: timeLimit))
      if case .failed(let messages) = built {
        throw CourseError(messages.joined(separator: "\n"))
      }
      let run = try run(in: folder)
      result = Notebook.outputs(of: run.printed)
      if run.reason != nil || run.status != 0 {
        let reached = notebook.cells.last { result[$0.index] != nil }
        throw CourseError(reached?.path ?? notebook.path, line: reached?.line ?? 1, explanation(of: run))
      }
    }
    for cell in notebook.cells where cell.kind == .fails {
      result[cell.index] = try failure(of: cell, in: notebook, folder)
    }
    return result
  }

  /// What a cell that is expected to fail prints, and how it fails.
  private func failure(of cell: Notebook.Cell, in notebook: Notebook, _ folder: URL) throws -> [String] {
    if case .failed(let messages) = try build(notebook.program(failing: cell, timeLimit: timeLimit)) {
      // The places are left out: they move with the text above.
      return messages.map { message in
        message.firstRange(of: "error: ").map { String(message[$0.lowerBound...]) } ?? message
      }
    }
    let run = try run(in: folder)
    let printed = Notebook.outputs(of: run.printed)[cell.index]
    guard run.reason != nil || run.status != 0, let printed else {
      throw CourseError(notebook.path, line: cell.line, "this cell is marked 'fails' but did not fail")
    }
    return printed + [explanation(of: run)]
  }

  // MARK: Compiling

  private enum BuildResult {
    case succeeded
    case failed([String])
  }

  private var program: URL { scratch.appending(path: "notebook") }

  private func build(_ text: String) throws -> BuildResult {
    let source = scratch.appending(path: "Cells.swift")
    try WholeFile.write(text, to: source.path)
    let result = try execute(
      ["swiftc"] + flags + ["-I", products.appending(path: "Modules").path, source.path]
        + (try objects()) + ["-o", program.path], in: nil)
    if result.status == 0 { return .succeeded }
    let lines = result.errors.split(separator: "\n").map(String.init)
    let errors = lines.filter { $0.contains(": error: ") }
    return .failed(
      errors.isEmpty ? lines.suffix(10) + ["the compiler ended with status \(result.status)"] : errors)
  }

  /// With the messages of traps, as the package itself; and version 5, in which functions of a script may
  /// use its variables.
  private var flags: [String] {
    let flags = [
      "-swift-version", "5", optimizes ? "-O" : "-Onone", "-assert-config", "Debug", "-suppress-warnings",
    ]
    #if arch(x86_64)
      let target = ProcessInfo.processInfo.environment["COURSE_CPU"] ?? "native"
      return flags + ["-Xcc", "-march=\(target)"]
    #else
      return flags
    #endif
  }

  /// The objects of the modules as a file of arguments.
  ///
  /// The list of the build is exact, where the folders
  /// still hold the objects of files that were deleted since.
  private func objects() throws -> [String] {
    let list = products.appending(path: "course.product/Objects.LinkFileList")
    guard let text = try? String(contentsOf: list, encoding: .utf8) else {
      throw CourseError("no build at \(products.path): start this with 'swift run course notebook'")
    }
    let lines = text.split(separator: "\n").filter { !$0.contains("/course.build/") }
    let file = scratch.appending(path: "objects.txt")
    try WholeFile.write(lines.joined(separator: "\n"), to: file.path)
    return ["@\(file.path)"]
  }

  // MARK: Running

  private struct Execution {
    let status: Int32
    /// The signal that ended the program.
    let reason: Int32?
    let printed: String
    let errors: String
  }

  private func run(in folder: URL) throws -> Execution {
    try execute([program.path], in: folder)
  }

  private func execute(_ arguments: [String], in folder: URL?) throws -> Execution {
    // Files, not pipes: a pipe that nobody empties stops the program that fills it.
    let files = ["printed", "errors"].map { scratch.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    // The program ends itself at its time limit; this is for one that changes the alarm.
    let deadline = ContinuousClock.now + .seconds(timeLimit + 60)
    while process.isRunning {
      if ContinuousClock.now > deadline { kill(process.processIdentifier, SIGKILL) }
      usleep(5_000)
    }
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Execution(
      status: process.terminationStatus,
      reason: process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil,
      printed: texts[0], errors: texts[1])
  }

  /// Why a program ended early: the message of its trap, or the signal.
  private func explanation(of run: Execution) -> String {
    if run.reason == SIGALRM { return "still running after \(timeLimit) seconds" }
    if let range = run.errors.firstRange(of: "Fatal error: ") {
      return String(run.errors[range.lowerBound...].prefix { $0 != "\n" })
    }
    return run.reason.map { "ended by signal \($0)" } ?? "ended with exit code \(run.status)"
  }
}
