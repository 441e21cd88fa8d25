import Figures

/// Lines for the learner, cut to the terminal's width where there is one.
struct Page {
  private let terminal = Terminal.current()

  /// Prints a line.
  ///
  /// - Parameter style: left out where there are no colours.
  func line(_ text: String = "", _ style: Terminal.Style? = nil) {
    let shown = terminal.showable(text)
    let fitting = terminal.isInteractive ? terminal.truncated(shown, to: terminal.columns) : shown
    print(style.map { terminal.styled(fitting, $0) } ?? fitting)
  }

  /// Prints the lines of a text as they are, for prose and code that may be longer than a line.
  func text(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      print(terminal.showable(String(line)))
    }
  }

  /// A mark and its look-alike in ASCII.
  func mark(_ mark: String, _ plain: String) -> String { terminal.usesUnicode ? mark : plain }
}
