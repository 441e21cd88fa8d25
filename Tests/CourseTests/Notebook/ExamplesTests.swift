import Curriculum
import Foundation
import Support
import Testing

@testable import course

struct ExamplesTests {
  private let text = """
    /// Twice as much.
    ///
    /// ```swift
    /// doubled(1.25)  // 2.5
    /// let three = doubled(1.5)
    /// doubled(three)  // 6
    /// ```
    @inlinable
    public func doubled(_ x: Double) -> Double { 2 * x }

    /// A pair.
    ///
    /// ```swift
    /// let three = [Pair(first: 1)]
    /// three.count  // 1
    /// ```
    public struct Pair {
      /// A stored property needs no example.
      public var first: Int
      public init(first: Int) {}
      public var second: Int { first }
    }

    extension Pair {
      /// An extension does not know the example of the type.
      public init() {}
    }
    func notPublic() {}
    """

  @Test func everythingPublicNeedsAnExample() {
    let examples = Examples([("A.swift", text)])
    #expect(
      examples.problems.map(\.description) == [
        "A.swift:21: second has no example in its documentation",
        "A.swift:26: init has no example in its documentation",
      ])
    #expect(examples.declarations == 5)
    #expect(examples.notebook.cells.dropFirst().map(\.line) == [4, 5, 14])
  }

  @Test(arguments: ["// f(1)", "let x = 1", "f(1)  // 1\n/// let y = 2"])
  func anExampleEndsWithAValue(code: String) {
    let examples = Examples([("A.swift", "/// ```swift\n/// \(code)\n/// ```\npublic func f() {}")])
    #expect(
      examples.problems.first?.description.hasSuffix(
        "this example does not end with a value, as in 'f(x)  // 1'") == true)
  }

  /// What is printed is compared; a planted mistake is found at its own line.
  @Test(arguments: [
    ("2.5", nil), ("2.50", nil), ("2.4", "A.swift:4: expected '2.4', the cell prints '2.5'"),
    ("2", "A.swift:4: expected '2', the cell prints '2.5'"), ("2.501", "expected '2.501'"),
    ("[2.5]", "expected '[2.5]'"),
  ])
  func valuesAreCompared(expected: String, message: String?) throws {
    let planted = text.replacing("// 2.5", with: "// \(expected)")
    let notebook = Examples([("A.swift", planted)]).notebook
    let found = notebook.mismatches(with: [1: ["2.5"], 2: ["6.0"], 3: ["1"]])
    #expect(found.count == (message == nil ? 0 : 1))
    if let message { #expect(found[0].description.contains(message)) }
  }

  @Test(arguments: [
    ("0.333", "0.33333334", true), ("0.334", "0.33333334", false), ("0.33", "0.33333334", false),
    ("[1, -0.5]", "[1.0, -0.5]", true), ("[1, -0.5]", "[1.0, 0.5]", false), ("1.31e-7", "1.3123e-07", true),
    ("1000", "1000.001", true), ("1000", "1000.01", false), ("[2, 3]", "[2, 4]", false), ("inf", "inf", true),
    ("nan", "inf", false), ("0", "0.0001", false), ("true", "false", false),
  ])
  func digitsCount(expected: String, printed: String, isRight: Bool) {
    let text = "/// ```swift\n/// f()  // \(expected)\n/// ```\npublic func f() {}"
    #expect(Examples([("A.swift", text)]).notebook.mismatches(with: [1: [printed]]).isEmpty == isRight)
  }

  /// The program is compiled and run as one; errors carry the lines of the documentation.
  @Test func examplesAreRun() throws {
    func outputs(_ text: String) throws -> [Int: [String]] {
      let code = "/// ```swift\n/// func doubled(_ x: Double) -> Double { 2 * x }\n"
      let notebook = Examples([("A.swift", text.replacing("/// ```swift\n", with: code, maxReplacements: 1))])
        .notebook
      return try withRunner { try $0.outputs(of: notebook, in: $1) }
    }
    let first = String(text[..<text.firstRange(of: "@inlinable")!.lowerBound])
    #expect(try outputs(first) == [0: [], 1: ["2.5"], 2: ["6.0"]])
    let error = #expect(throws: CourseError.self) {
      try outputs(first.replacing("(three)", with: "(four)"))
    }
    #expect(error?.description.hasPrefix("A.swift:7:") == true)
    #expect(error?.description.contains("cannot find 'four' in scope") == true)
  }

  /// The library itself; `course notebook --check` runs these examples.
  @Test func theLibraryIsDocumented() throws {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
    for module in ["Tensors", "Networks"] {
      let folder = root.appending(path: "Sources/\(module)")
      let paths = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap {
        $0 as? String
      }
      let examples = try Examples(
        paths.filter { $0.hasSuffix(".swift") }.map {
          ("\(module)/\($0)", try TextFile.read(folder.appending(path: $0)))
        })
      #expect(examples.problems == [] && examples.declarations > 50)
    }
  }
}
