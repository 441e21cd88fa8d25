import Support

/// The examples in the documentation of source files, and what has none.
///
/// ````
/// /// max(x, 0), element by element.
/// ///
/// /// ```swift
/// /// relu(Tensor([-1, 2]))  // [0, 2]
/// /// ```
/// public func relu(_ x: Tensor) -> Tensor
/// ````
/// In a fence `swift`, a line that ends in a comment is an expression and the value it gives; other lines are
/// statements that a later one needs; `random` is there in all. Whatever is public has an example: types, functions,
/// initialisers, subscripts, computed and static properties. That of a type also stands for its `init`,
/// `callAsFunction` and `visit`.
public struct Examples: Sendable {
  /// All examples as one program: a cell for each value.
  public let notebook: Notebook
  /// What has no example, and examples without a value.
  public let problems: [CourseError]
  /// How many declarations were looked at.
  public let declarations: Int

  /// Reads Swift sources.
  ///
  /// - Parameter sources: the files with their text.
  public init(_ sources: [(path: String, text: String)]) {
    var reader = Reader()
    for source in sources { reader.read(source.text, source.path) }
    notebook = Notebook(path: "Sources", cells: reader.cells)
    (problems, declarations) = (reader.problems, reader.declarations)
  }

  /// Prints tensors as nested lists, everything else as it prints itself.
  fileprivate static let prelude = """
    #if canImport(Networks)
    import Networks
    import Tensors
    var random = SplitMix64(seed: 1)
    func example(_ value: Tensor) {
      func text(_ x: Tensor) -> String {
        if x.rank == 0 { return "\\(x.scalar)" }
        return "[" + (0..<x.shape[0]).map { text(x.at($0, axis: 0)) }.joined(separator: ", ") + "]"
      }
      print(text(value))
    }
    #endif
    func example(_ value: some Any) { print(value) }
    """
}

private struct Reader {
  var cells = [
    Notebook.Cell(
      index: 0, kind: .runs, path: "the program of the examples", line: 1,
      code: Examples.prelude.split(separator: "\n").map(String.init))
  ]
  var problems: [CourseError] = []
  var declarations = 0

  private var path = ""
  /// The lines of the documentation so far, with their numbers.
  private var documentation: [(number: Int, text: String)] = []
  /// The types around a line: how far they are indented, and whether their documentation has an example.
  private var types: [(indentation: Int, hasExample: Bool)] = []

  mutating func read(_ text: String, _ path: String) {
    (self.path, documentation, types) = (path, [], [])
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let content = line.trimmingWhitespace()
      let indentation = line.count - content.count
      if content.hasPrefix("///") {
        documentation.append((index + 1, String(content.dropFirst(content.hasPrefix("/// ") ? 4 : 3))))
        continue
      }
      // Attributes stand between the documentation and what it describes.
      if content.hasPrefix("@") { continue }
      let hasExample = readExample()
      documentation = []
      if content == "}", indentation == types.last?.indentation { types.removeLast() }
      read(content, number: index + 1, indentation: indentation, hasExample: hasExample)
    }
  }

  private mutating func read(_ content: String, number: Int, indentation: Int, hasExample: Bool) {
    let declaration =
      /(public )?(?:(?:static|mutating|prefix|final) )*(func|init|subscript|struct|enum|class|protocol|var|let)\b ?([^\s(<:]*)/
    guard let match = try? declaration.prefixMatch(in: content) else { return }
    let (kind, name) = (String(match.output.2), String(match.output.3))
    let isType = ["struct", "enum", "class", "protocol"].contains(kind)
    let isCovered =
      hasExample
      || types.last?.hasExample == true
        && (kind == "init" || name == "callAsFunction" || name == "visit")
    if isType, content.hasSuffix("{") { types.append((indentation, hasExample)) }
    let isStored = kind == "var" && !content.contains("{") || kind == "let" && !content.contains(" static ")
    guard match.output.1 != nil, !isStored else { return }
    declarations += 1
    if !isCovered {
      let what = name.isEmpty ? kind : name
      problems.append(CourseError(path, line: number, "\(what) has no example in its documentation"))
    }
  }

  /// Adds the cells of the documentation just read; whether there are any.
  private mutating func readExample() -> Bool {
    let before = cells.count
    /// The lines since the last value; nil outside fences.
    var lines: [(number: Int, text: String)]?
    var first = cells.count
    for line in documentation {
      guard let open = lines else {
        if line.text == "```swift" { (lines, first) = ([], cells.count) }
        continue
      }
      if line.text == "```" {
        if !open.isEmpty || first == cells.count {
          problems.append(
            CourseError(path, line: line.number, "this example does not end with a value, as in 'f(x)  // 1'")
          )
        } else {
          // Each example has names of its own.
          cells[first].code[0] = "do { " + cells[first].code[0]
          cells[cells.count - 1].code[cells[cells.count - 1].code.count - 1] += " }"
        }
        lines = nil
      } else if let comment = line.text.firstRange(of: "  // ") {
        let value = "example(\(line.text[..<comment.lowerBound]))"
        cells.append(
          Notebook.Cell(
            index: cells.count, kind: .runs, path: path, line: open.first?.number ?? line.number,
            code: open.map(\.text) + [value],
            output: Notebook.Output(
              rule: .rounded, text: [line.text[comment.upperBound...].trimmingWhitespace()], line: line.number
            )))
        lines = []
      } else {
        lines = open + [line]
      }
    }
    return cells.count > before
  }
}
