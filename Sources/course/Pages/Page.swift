import Curriculum
import Figures

/// Lines for the learner, in the letters, colours and width that the terminal has.
struct Page {
  private let terminal: Terminal
  private let write: (String) -> Void

  /// A page on standard output.
  init() {
    self.init(terminal: Terminal.current()) { Terminal.write($0) }
  }

  /// A page with its own terminal and writer, for tests.
  init(terminal: Terminal, write: @escaping (String) -> Void) {
    self.terminal = terminal
    self.write = write
  }

  /// The characters that fit on a line; no limit for files and pipes.
  var columns: Int { terminal.isInteractive ? terminal.columns : .max }

  /// Prints a line, cut where the terminal ends.
  ///
  /// - Parameter style: left out where there are no colours.
  func line(_ text: String = "", _ style: Terminal.Style? = nil) {
    print(terminal.truncated(terminal.showable(text), to: columns), style)
  }

  /// Prints the lines of a text as they are, for prose, code, paths and commands: the terminal wraps them.
  func text(_ text: String, _ style: Terminal.Style? = nil) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      print(terminal.showable(String(line)), style)
    }
  }

  /// Prints rows of cells below each other, indented.
  ///
  /// - Parameters:
  ///   - flexible: the column that is cut if a line would not fit.
  ///   - style: of a row.
  func table(_ rows: [[String]], flexible: Int, style: (Int) -> Terminal.Style? = { _ in nil }) {
    let lines = TextColumns(rows.map { $0.map(terminal.showable) }).lines(
      flexible: flexible, limit: columns == .max ? .max : columns - 2, ellipsis: mark("…", "..."))
    for (index, line) in lines.enumerated() { self.line("  " + line, style(index)) }
  }

  /// A mark and its look-alike in ASCII.
  func mark(_ mark: String, _ plain: String) -> String { terminal.usesUnicode ? mark : plain }

  private func print(_ text: String, _ style: Terminal.Style?) {
    write((style.map { terminal.styled(text, $0) } ?? text) + "\n")
  }
}
