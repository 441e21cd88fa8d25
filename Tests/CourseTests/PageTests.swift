import Curriculum
import Figures
import Foundation
import Testing

@testable import course

/// What the syllabus and the tables look like on terminals that nobody has in front of them.
@Suite struct PageTests {
  private final class Paper {
    var text = ""
    var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  }

  private func syllabus(on terminal: Terminal) throws -> [String] {
    let folder = try TemporaryFolder.sampleCourse()
    let course = try folder.course
    _ = try ExerciseGenerator(course: course).generate()
    let paper = Paper()
    try Syllabus.show(course, on: Page(terminal: terminal) { paper.text += $0 })
    return paper.lines
  }

  @Test func aWideTerminalShowsEverything() throws {
    let lines = try syllabus(on: Terminal(columns: 80))
    #expect(lines[0] == "Chapter 9 · Sample: 0 of 4 exercises")
    #expect(lines[1] == "  ·  9.1  Mean of squares                     ●○○○○  5 min   not started")
    #expect(lines[3] == "  ·  9.3  Weights of a return (find the bug)  ●○○○○  5 min   not started")
    #expect(
      lines.suffix(5) == [
        "next: 9.1 Mean of squares", "  Exercises/Chapter9-Sample/Returns.swift:8",
        "  swift run course test 9.1",
        "all commands: swift run course help", "",
      ])
  }

  @Test func aNarrowTerminalLosesTheLeastNeeded() throws {
    let middle = try syllabus(on: Terminal(columns: 60))
    #expect(middle[3] == "  ·  9.3  Weights of a return (find the bug)  ●○○○○  5 min")
    let narrow = try syllabus(on: Terminal(columns: 40))
    #expect(narrow[1] == "  ·  9.1  Mean of squares         5 min")
    #expect(narrow[3] == "  ·  9.3  Weights of a return (…  5 min")
    for width in [40, 60] {
      // Paths and commands are not cut, so that they can be copied.
      let lines = try syllabus(on: Terminal(columns: width)).filter { !$0.hasPrefix("  Exercises") }
      #expect(lines.allSatisfy { Terminal.width(of: $0) <= width })
    }
  }

  @Test func anASCIITerminalGetsNothingElse() throws {
    let lines = try syllabus(on: Terminal(columns: 40, usesUnicode: false))
    #expect(lines.joined().allSatisfy { $0.isASCII })
    #expect(lines[3] == "  .  9.3  Weights of a return...  5 min")
  }

  @Test func coloursAreLeftOutWhereThereAreNone() throws {
    #expect(try !syllabus(on: Terminal()).joined().contains("\u{1B}"))
    #expect(
      try syllabus(on: Terminal(colors: .indexed))[0]
        == "\u{1B}[1mChapter 9 · Sample: 0 of 4 exercises\u{1B}[0m")
    // A pipe has no width.
    let piped = try syllabus(on: Terminal(columns: 20, isInteractive: false))
    #expect(piped[1].hasSuffix("not started"))
  }

  @Test func tablesKeepTheirColumnsWithLettersThatAreReplaced() {
    let paper = Paper()
    let page = Page(terminal: Terminal(columns: 32, usesUnicode: false)) { paper.text += $0 }
    page.table([["2.8", "λ-returns", "passed"], ["2.9", "Discount weights", "wrong"]], flexible: 1)
    #expect(paper.lines == ["  2.8  lambda-returns    passed", "  2.9  Discount weights  wrong", ""])
  }
}

@Suite struct TextColumnsTests {
  let columns = TextColumns([["a", "one", "", "1"], ["bb", "three and more", "", "22"]])

  @Test func cellsStandBelowEachOther() {
    #expect(columns.width == 22)
    #expect(columns.lines(flexible: 1) == ["a   one             1", "bb  three and more  22"])
  }

  @Test func theFlexibleColumnGivesWay() {
    #expect(columns.lines(flexible: 1, limit: 19) == ["a   one          1", "bb  three and …  22"])
    // Eight characters of it stay in any case.
    #expect(columns.lines(flexible: 1, limit: 3) == ["a   one       1", "bb  three a…  22"])
  }

  @Test func nothingIsNothing() { #expect(TextColumns([]).lines(flexible: 0) == []) }
}
