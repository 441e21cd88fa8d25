import Support

/// A Markdown text whose Swift cells are one program, each followed by what it prints.
///
/// ````markdown
/// ```swift
/// print(6 * 7)
/// ```
///
/// ```output
/// 42
/// ```
/// ````
/// A cell is a fence marked `swift`; `swift skip REASON` is shown but not compiled, `swift fails` must fail
/// to compile or stop the program, and its output is the message. An output is the fence marked `output`
/// behind a cell; `output tolerance=0.1` compares numbers more generously, `output any` compares nothing,
/// for times and speeds. Other fences are left alone.
public struct Notebook: Sendable {
  /// How a cell is used.
  public enum Kind: Sendable, Equatable {
    /// Compiled and run with all other cells.
    case runs
    /// Only shown.
    case skipped
    /// Compiled and run behind the cells before it, and expected to fail.
    case fails
  }

  /// Some code and what is written below it.
  public struct Cell: Sendable {
    /// Its place among all cells, from 0.
    public let index: Int
    /// How it is used.
    public let kind: Kind
    /// The file it stands in, relative to the package, for messages.
    public let path: String
    /// The line of its first line of code in that file, from 1.
    public let line: Int
    /// The code.
    public internal(set) var code: [String]
    /// What it printed when the outputs were last written; nil if it has no output fence.
    public internal(set) var output: Output?
    /// The index of the line that closes its fence in a Markdown file.
    var end = 0
  }

  /// A fence with what a cell printed.
  public struct Output: Sendable {
    /// How it is compared with what the cell prints now.
    public let rule: OutputRule
    /// The lines between the fences.
    public let text: [String]
    /// The line of the first of them in its file, from 1.
    let line: Int
    /// The fence's words: `output`, or `output tolerance=0.1`.
    var information = ""
    /// The index of the line that closes its fence in a Markdown file.
    var end = 0
  }

  /// The file, relative to the package, for messages.
  public let path: String
  /// The cells in their order.
  public private(set) var cells: [Cell] = []
  let lines: [String]

  /// A program of cells that stand in other files.
  init(path: String, cells: [Cell]) {
    (self.path, self.cells, lines) = (path, cells, [])
  }

  /// Reads a notebook.
  ///
  /// - Parameters:
  ///   - markdown: the whole text.
  ///   - path: the file it came from, relative to the package.
  /// - Throws: `CourseError` for a fence that is not closed, an unknown word after `swift` or `output`,
  ///   or a skipped cell without a reason.
  public init(_ markdown: String, path: String) throws {
    self.path = path
    lines = markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var index = 0
    /// Whether only blank lines lie between here and the last cell.
    var followsCell = false
    while index < lines.count {
      guard let fence = Self.fence(lines[index]) else {
        followsCell = followsCell && lines[index].allSatisfy(\.isWhitespace)
        index += 1
        continue
      }
      let start = index
      repeat { index += 1 } while index < lines.count && !Self.closes(lines[index], fence.length)
      guard index < lines.count else { throw error(start + 1, "this fence is not closed") }
      let content = Array(lines[start + 1..<index])
      let words = fence.information.split(separator: " ").map(String.init)
      if words.first == "swift" {
        cells.append(
          Cell(
            index: cells.count, kind: try kind(words, start), path: path, line: start + 2, code: content,
            end: index))
        followsCell = true
      } else if words.first == "output" {
        guard followsCell else { throw error(start + 1, "this output does not follow a Swift cell") }
        guard let rule = OutputRule(words) else { throw error(start + 1, OutputRule.expectation) }
        cells[cells.count - 1].output = Output(
          rule: rule, text: content, line: start + 2, information: fence.information, end: index)
        followsCell = false
      } else {
        followsCell = false
      }
      index += 1
    }
  }

  private func kind(_ words: [String], _ start: Int) throws -> Kind {
    switch words.dropFirst().first {
    case nil: return .runs
    case "fails" where words.count == 2: return .fails
    case "skip":
      if words.count == 2 { throw error(start + 1, "'swift skip' needs a reason behind it") }
      return .skipped
    default:
      throw error(
        start + 1,
        "a cell is 'swift', 'swift skip REASON' or 'swift fails', not '\(words.joined(separator: " "))'")
    }
  }

  private func error(_ line: Int, _ message: String) -> CourseError {
    CourseError(path, line: line, message)
  }

  private static func fence(_ line: String) -> (length: Int, information: String)? {
    let length = line.prefix { $0 == "`" }.count
    let information = line.dropFirst(length)
    guard length >= 3, !information.contains("`") else { return nil }
    return (length, information.trimmingWhitespace())
  }

  private static func closes(_ line: String, _ length: Int) -> Bool {
    fence(line).map { $0.length >= length && $0.information.isEmpty } ?? false
  }
}

extension StringProtocol {
  func trimmingWhitespace() -> String {
    let start = drop(while: \.isWhitespace)
    return String(start.prefix(start.count - start.reversed().prefix(while: \.isWhitespace).count))
  }
}
