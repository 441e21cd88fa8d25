import Support
import Testing

@testable import Curriculum

private let path = "Notebooks-md/2-Example.md"

private func notebook(_ markdown: String) throws -> Notebook { try Notebook(markdown, path: path) }

struct NotebookTests {
  private let markdown = """
    # Title
    ```swift
    let x = 1
    print(x)
    ```

    ```output
    1
    ```
    ```swift skip takes hours
    train()
    ```
    ````text
    ```swift
    not a cell
    ```
    ````
    ```swift fails
    x = 2
    ```
    ```swift
    print("end")
    ```
    last
    """

  @Test func findsCellsWithTheirLines() throws {
    let cells = try notebook(markdown).cells
    #expect(cells.map(\.kind) == [.runs, .skipped, .fails, .runs])
    #expect(cells.map(\.line) == [3, 11, 19, 22])
    #expect(cells[0].code == ["let x = 1", "print(x)"])
    #expect(cells[0].output?.text == ["1"])
    #expect(cells[3].output == nil)
  }

  @Test(arguments: [
    ("text\n```swift\nlet x = 1", ":2: this fence is not closed"),
    ("```swift skip\n```", ":1: 'swift skip' needs a reason behind it"),
    (
      "```swift ignore\n```",
      ":1: a cell is 'swift', 'swift skip REASON' or 'swift fails', not 'swift ignore'"
    ),
    ("```swift fails soon\n```", ":1: a cell is 'swift'"),
    ("```output\n```", ":1: this output does not follow a Swift cell"),
    ("```swift\n```\ntext\n```output\n```", ":4: this output does not follow a Swift cell"),
    ("```swift\n```\n```output tolerance=x\n```", ":3: an output is 'output'"),
    ("```swift\n```\n```output tolerance=-1\n```", ":3: an output is 'output'"),
  ])
  func mistakesAreOneLine(markdown: String, message: String) {
    let error = #expect(throws: CourseError.self) { try notebook(markdown) }
    #expect(error?.description.hasPrefix(path + message) == true)
  }

  @Test func programHoldsTheCellsThatRun() throws {
    let notebook = try notebook(markdown)
    let program = notebook.program(timeLimit: 60)
    #expect(
      program.contains("#sourceLocation(file: \"\(path)\", line: 3)\nlet x = 1\nprint(x)\n#sourceLocation()"))
    #expect(program.contains("line: 22)\nprint(\"end\")"))
    #expect(program.contains("alarm(60)"))
    #expect(!program.contains("train()") && !program.contains("x = 2") && !program.contains("not a cell"))
    let failing = notebook.program(failing: notebook.cells[2], timeLimit: 60)
    #expect(failing.contains("let x = 1") && failing.contains("x = 2") && !failing.contains("print(\"end\")"))
  }

  @Test func outputsAreSplitAtTheMarks() {
    let printed = "\u{1E}0\none \ntwo\n\n\u{1E}1\n\u{1E}4\nno line end\u{1E}5\nlast\n"
    #expect(Notebook.outputs(of: printed) == [0: ["one", "two"], 1: [], 4: ["no line end"], 5: ["last"]])
    #expect(Notebook.outputs(of: "") == [:])
  }

  @Test func outputsAreWrittenBelowTheirCells() throws {
    let notebook = try notebook(markdown)
    let written = notebook.replacingOutputs([0: ["7", "8"], 2: ["error: x"], 3: ["```"]])
    let expected =
      markdown.replacing("```output\n1\n```", with: "```output\n7\n8\n```")
      .replacing("x = 2\n```", with: "x = 2\n```\n\n```output\nerror: x\n```")
      .replacing("print(\"end\")\n```", with: "print(\"end\")\n```\n\n````output\n```\n````")
    #expect(written == expected)
    // Writing the same again changes nothing.
    let again = try Notebook(written, path: path)
    #expect(again.replacingOutputs([0: ["7", "8"], 2: ["error: x"], 3: ["```"]]) == expected)
    #expect(again.mismatches(with: [0: ["7", "8"], 2: ["error: x"], 3: ["```"]]).isEmpty)
  }

  @Test func aSilentCellLosesItsOutput() throws {
    let written = try notebook("```swift\na\n```\n\n```output any\n1\n```\n\ntext\n").replacingOutputs([:])
    #expect(written == "```swift\na\n```\n\ntext\n")
  }

  @Test func theWordsOfAnOutputStay() throws {
    let markdown = "```swift\na\n```\n\n```output tolerance=0.5\n1\n```"
    #expect(try notebook(markdown).replacingOutputs([0: ["2"]]).contains("```output tolerance=0.5\n2\n```"))
  }

  @Test func figuresWithTheirLines() throws {
    let figures = try notebook("![a](figures/a.svg)\n![b](http://b) ![c](figures/c.gif)").figures
    #expect(figures.map(\.path) == ["figures/a.svg", "figures/c.gif"])
    #expect(figures.map(\.line) == [1, 2])
  }
}

struct NotebookComparisonTests {
  private func mismatches(_ output: String, _ printed: [String], words: String = "output") throws -> [String]
  {
    try notebook("```swift\na\n```\n\n```\(words)\n\(output)\n```").mismatches(with: [0: printed]).map(
      \.description)
  }

  @Test(arguments: [
    ("loss 0.5012", "loss 0.5049"), ("loss −151.2", "loss -150.4"), ("a   b", "a b"), ("1e-8", "2e-8"),
    ("0.01", "0.02"), ("0.000", "-0.000"), ("[1.00, 2]", "[1.0, 2]"), ("12,345.6", "12,346.9"), ("0", "0"),
    ("range 10-20", "range 10-20"), ("(-1.5,2.5)", "(-1.51,2.49)"), ("1.0e+09", "1.001e+09"),
  ])
  func acceptsRounding(old: String, new: String) throws {
    #expect(try mismatches(old, [new]) == [])
  }

  @Test(arguments: [
    ("loss 0.5012", "loss 0.5112"), ("1.0", "-1.0"), ("steps 3,000", "steps 3,001"),
    ("shape [2, 3]", "shape [3, 2]"),
    ("nan", "0.0"), ("1 2", "1, 2"), ("loss 0.5", "cost 0.5"), ("1.0", "1.0 x"),
    ("range 10-20", "range 10 -20"),
    ("100", "101.5"),
  ])
  func rejectsDifferences(old: String, new: String) throws {
    #expect(try mismatches(old, [new]) == ["\(path):6: expected '\(old)', the cell prints '\(new)'"])
  }

  @Test func linesAreCounted() throws {
    #expect(try mismatches("1\n2", ["1"]) == ["\(path):7: expected 2 lines, the cell prints 1"])
    #expect(try mismatches("1", ["1", "2"]) == ["\(path):7: expected 1 lines, the cell prints 2"])
    #expect(try mismatches("1", []) == ["\(path):6: the cell prints nothing, but an output is shown"])
    let silent = try notebook("```swift\na\n```")
    #expect(
      silent.mismatches(with: [0: ["x"]]).map(\.description)
        == ["\(path):2: the cell prints 'x' but has no output fence"])
    #expect(silent.mismatches(with: [:]).isEmpty)
  }

  @Test func rules() throws {
    #expect(try mismatches("1.0", ["1.4"], words: "output tolerance=0.5") == [])
    #expect(try mismatches("1.0", ["3.0"], words: "output tolerance=0.5").count == 1)
    #expect(try mismatches("512 steps/s", ["3", "4"], words: "output any") == [])
    #expect(try mismatches("512 steps/s", [], words: "output any").count == 1)
  }
}
