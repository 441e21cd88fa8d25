import Curriculum
import Support
import Testing

@Suite struct RegionSourceTests {
  let text = """
    func a() {
      // BEGIN SOLUTION 2.1
      one()
        two()
      // END SOLUTION 2.1
    }
    // BEGIN SOLUTION 2.10
    three()
    // END SOLUTION 2.10

    """

  @Test func findsEveryRegion() throws {
    let source = try RegionSource(text, path: "A.swift", kind: .solution)
    #expect(source.regions.map(\.id.description) == ["2.1", "2.10"])
    #expect(source.regions[0].body == ["  one()", "    two()"])
    #expect(source.regions.map(\.indentation) == ["  ", ""])
    #expect(source.regions.map(\.beginLine) == [2, 7])
    #expect(source.regions.map(\.firstLine) == [3, 8])
    #expect(source.regions.map(\.endLine) == [5, 9])
  }

  @Test func replacesRegionsAndNothingElse() throws {
    let source = try RegionSource(text, path: "A.swift", kind: .solution)
    #expect(
      source.replacingRegions { ["\($0.indentation)todo(\"\($0.id)\")"] }
        == "func a() {\n  todo(\"2.1\")\n}\ntodo(\"2.10\")\n")
    let same = source.replacingRegions { Array(source.lines[$0.beginLine - 1..<$0.endLine]) }
    #expect(same == text)
  }

  @Test func exerciseMarksMayCarryAHint() throws {
    let text = "// BEGIN EXERCISE 2.1: your turn\n// END EXERCISE 2.1"
    let source = try RegionSource(text, path: "A.swift", kind: .exercise)
    #expect(source.regions.map(\.body) == [[]])
  }

  @Test(arguments: [
    ("// BEGIN SOLUTION 2.1\nx\n// BEGIN SOLUTION 2.2", "A.swift:3: 2.2 begins inside 2.1 of line 1"),
    ("\n// END SOLUTION 2.1", "A.swift:2: 2.1 ends but does not begin"),
    ("// BEGIN SOLUTION 2.1\nx", "A.swift:1: 2.1 begins but does not end"),
    ("// BEGIN SOLUTION 2.1\nx\n// END SOLUTION 2.2", "A.swift:3: 2.2 ends where 2.1 of line 1 is open"),
    ("// BEGIN SOLUTION 2.1\n \n// END SOLUTION 2.1", "A.swift:1: 2.1 is empty"),
    ("// BEGIN SOLUTION 2.1 \nx", "A.swift:1: expected '// BEGIN SOLUTION 2.5'"),
    ("//BEGIN SOLUTION 2.1\nx", "A.swift:1: expected '// BEGIN SOLUTION 2.5'"),
    ("  // begin SOLUTION 2.1\nx", "A.swift:1: expected '// BEGIN SOLUTION 2.5'"),
    ("// END SOLUTION\nx", "A.swift:1: expected '// END SOLUTION 2.5'"),
    (
      "// BEGIN SOLUTION 2.1\nx\n// END SOLUTION 2.1\n// BEGIN SOLUTION 2.1\nx\n// END SOLUTION 2.1",
      "A.swift:4: 2.1 appears again, first in line 1"
    ),
  ])
  func refusesBadMarks(text: String, message: String) {
    #expect(throws: CourseError(message)) {
      try RegionSource(text, path: "A.swift", kind: .solution)
    }
  }

  @Test(arguments: ["2", "2.", ".5", "2.05", "2.0", "-1.2", "2.5.1", "2.5 ", ""])
  func refusesBadIds(text: String) {
    #expect(ExerciseID(text) == nil)
  }

  @Test func idsSortByNumber() {
    let ids = ["2.10", "3.1", "2.9"].compactMap { ExerciseID($0) }
    #expect(ids.sorted().map(\.description) == ["2.9", "2.10", "3.1"])
  }
}
