extension Notebook {
  /// Marks in the program's output where a cell begins; no text contains this control character.
  private static let mark = "\u{1E}"

  /// The program of all cells that run, or of those before `failing` and that cell itself.
  ///
  /// Errors and traps in it carry the lines of the cells' files. It ends itself by SIGALRM after
  /// `timeLimit` seconds, so that no runaway cell outlives the command that started it.
  public func program(failing: Cell? = nil, timeLimit: Int) -> String {
    var text = """
      #if canImport(Glibc)
      import Glibc
      #else
      import Darwin
      #endif
      // Line by line, so that nothing printed before a crash is lost.
      setvbuf(stdout, nil, _IOLBF, 0)
      // A program inherits which signals are blocked, and a thread of Dispatch blocks nearly all.
      do {
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
      }
      alarm(\(timeLimit))

      """
    let chosen = cells.filter { cell in
      failing.map { cell.index == $0.index || cell.kind == .runs && cell.index < $0.index }
        ?? (cell.kind == .runs)
    }
    for cell in chosen {
      text += """
        print("\\u{1E}\(cell.index)")
        #sourceLocation(file: "\(cell.path)", line: \(cell.line))
        \(cell.code.joined(separator: "\n"))
        #sourceLocation()

        """
    }
    return text
  }

  /// What each cell printed, by its index, from everything the program printed.
  ///
  /// Cells that were not reached are missing.
  public static func outputs(of printed: String) -> [Int: [String]] {
    var result: [Int: [String]] = [:]
    for part in printed.split(separator: mark).map(String.init) {
      var lines = part.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.trimmingTrailingBlanks()
      }
      guard let index = lines.first.flatMap({ Int($0) }) else { continue }
      lines.removeFirst()
      while lines.last?.isEmpty == true { lines.removeLast() }
      result[index] = lines
    }
    return result
  }

  /// The Markdown text with every output replaced by what its cell printed now.
  ///
  /// A cell that prints for the first time gets an output fence, one that prints no more loses it.
  public func replacingOutputs(_ outputs: [Int: [String]]) -> String {
    var result: [String] = []
    var copied = 0
    for cell in cells where cell.kind != .skipped {
      let printed = outputs[cell.index] ?? []
      result += lines[copied...cell.end]
      copied = (cell.output?.end ?? cell.end) + 1
      if printed.isEmpty { continue }
      // The fence is longer than any in the output.
      let longest = printed.map { $0.prefix { $0 == "`" }.count }.max() ?? 0
      let fence = String(repeating: "`", count: max(3, longest + 1))
      result += ["", fence + (cell.output?.information ?? "output")] + printed + [fence]
    }
    return (result + lines[copied...]).joined(separator: "\n")
  }

  /// The pictures that the text shows from the notebook's folder of figures, with their lines.
  public var figures: [(path: String, line: Int)] {
    lines.enumerated().flatMap { index, line in
      line.matches(of: /!\[[^\]]*\]\((figures\/[^)\s]+)/).map { (String($0.output.1), index + 1) }
    }
  }
}

extension StringProtocol {
  fileprivate func trimmingTrailingBlanks() -> String {
    String(dropLast(reversed().prefix { $0 == " " || $0 == "\t" || $0 == "\r" }.count))
  }
}
