import Curriculum
import Foundation
import Support
import Testing

@testable import course

/// Cells that are really compiled and run, without the package's modules.
struct NotebookRunnerTests {
  private func outputs(_ markdown: String, timeLimit: Int = 20) throws -> [Int: [String]] {
    try withRunner(timeLimit: timeLimit) { try $0.outputs(of: Notebook(markdown, path: "N.md"), in: $1) }
  }

  @Test func cellsShareOneProgram() throws {
    let markdown = """
      ```swift
      var total = 1
      func add() { total += 41 }
      ```
      ```swift
      add()
      print(total)
      ```
      ```swift fails
      let text: String = total
      ```
      """
    #expect(
      try outputs(markdown) == [
        0: [], 1: ["42"], 2: ["error: cannot convert value of type 'Int' to specified type 'String'"],
      ])
  }

  @Test func compilerErrorsPointIntoTheMarkdown() {
    let error = #expect(throws: CourseError.self) {
      try outputs("text\n```swift\nlet x = 1\nprint(y)\n```")
    }
    #expect(error?.description == "N.md:4:7: error: cannot find 'y' in scope")
  }

  @Test func trapsNameTheirCellAndSurviveAFails() throws {
    let markdown = "```swift\nlet x = [1]\n```\n```swift\nprint(x[x.count])\n```"
    let error = #expect(throws: CourseError.self) { try outputs(markdown) }
    #expect(error?.description == "N.md:5: Fatal error: Index out of range")
    #expect(
      try outputs("```swift fails\nprint(1)\nfatalError(\"no\")\n```") == [0: ["1", "Fatal error: no"]])
  }

  @Test func endlessCellsAreEnded() {
    let error = #expect(throws: CourseError.self) {
      try outputs("```swift\nwhile true {}\n```", timeLimit: 1)
    }
    #expect(error?.description == "N.md:2: still running after 1 seconds")
  }

  @Test func aCellThatShouldFailMustFail() {
    let error = #expect(throws: CourseError.self) { try outputs("```swift fails\nprint(1)\n```") }
    #expect(error?.description == "N.md:2: this cell is marked 'fails' but did not fail")
  }
}

/// Calls `body` with a runner whose build has no modules, and with its folder.
func withRunner<Result>(
  timeLimit: Int = 20, _ body: (NotebookRunner, URL) throws -> Result
) throws -> Result {
  let manager = FileManager.default
  let folder = manager.temporaryDirectory.appending(path: "notebook-\(UUID().uuidString)")
  defer { try? manager.removeItem(at: folder) }
  let list = folder.appending(path: "course.product/Objects.LinkFileList")
  try manager.createDirectory(at: list.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data().write(to: list)
  return try body(NotebookRunner(products: folder, scratch: folder, timeLimit: timeLimit), folder)
}
