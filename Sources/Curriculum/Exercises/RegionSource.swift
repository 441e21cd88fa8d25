import Support

/// A Swift file divided at the comments that mark exercises.
///
/// In a solution the marks are `// BEGIN SOLUTION 2.5` and `// END SOLUTION 2.5`, in an exercise file
/// `// BEGIN EXERCISE 2.5` (a hint may follow after a colon) and `// END EXERCISE 2.5`.
public struct RegionSource: Sendable {
  /// Whose marks divide the file.
  public enum Kind: String, Sendable {
    /// The reference solution.
    case solution = "SOLUTION"
    /// The learner's file.
    case exercise = "EXERCISE"
  }

  /// The lines between two marks.
  public struct Region: Sendable, Equatable {
    /// The exercise.
    public let id: ExerciseID
    /// The spaces before the opening mark.
    public let indentation: String
    /// The lines between the marks.
    public let body: [String]
    /// The number of the opening mark's line, from 1.
    public let beginLine: Int
    /// The number of the first line between the marks.
    public var firstLine: Int { beginLine + 1 }
    /// The number of the closing mark's line.
    public var endLine: Int { beginLine + body.count + 1 }
  }

  /// All lines, marks included.
  public let lines: [String]
  /// The regions in the order of the file.
  public let regions: [Region]

  /// Finds the regions of a file.
  ///
  /// - Parameters:
  ///   - text: the file.
  ///   - path: names the file in errors.
  ///   - kind: whose marks to look for.
  /// - Throws: `CourseError` for nested, unbalanced, repeated or malformed marks, and for an empty region.
  public init(_ text: String, path: String, kind: Kind) throws {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var regions: [Region] = []
    var open: (id: ExerciseID, line: Int)?
    for (index, line) in lines.enumerated() {
      let number = index + 1
      guard let mark = try Mark(line, path: path, number: number, kind: kind) else { continue }
      switch (mark.opens, open) {
      case (true, let open?):
        throw CourseError(path, line: number, "\(mark.id) begins inside \(open.id) of line \(open.line)")
      case (true, nil):
        if let earlier = regions.first(where: { $0.id == mark.id }) {
          throw CourseError(
            path, line: number, "\(mark.id) appears again, first in line \(earlier.beginLine)")
        }
        open = (mark.id, number)
      case (false, nil):
        throw CourseError(path, line: number, "\(mark.id) ends but does not begin")
      case (false, let (id, line)?):
        guard id == mark.id else {
          throw CourseError(path, line: number, "\(mark.id) ends where \(id) of line \(line) is open")
        }
        let body = Array(lines[line..<index])
        guard kind == .exercise || body.contains(where: { !$0.allSatisfy(\.isWhitespace) }) else {
          throw CourseError(path, line: line, "\(id) is empty")
        }
        let indentation = String(lines[line - 1].prefix(while: \.isWhitespace))
        regions.append(Region(id: id, indentation: indentation, body: body, beginLine: line))
        open = nil
      }
    }
    if let open { throw CourseError(path, line: open.line, "\(open.id) begins but does not end") }
    self.regions = regions
  }

  /// The file with other lines in place of each region and its marks.
  public func replacingRegions(with replacement: (Region) -> [String]) -> String {
    var result: [String] = []
    var next = 0
    for region in regions {
      result += lines[next..<region.beginLine - 1]
      result += replacement(region)
      next = region.endLine
    }
    return (result + lines[next...]).joined(separator: "\n")
  }
}

/// One mark, read strictly: a mark with a slip in it must not silently publish a solution.
private struct Mark {
  let opens: Bool
  let id: ExerciseID

  init?(_ line: String, path: String, number: Int, kind: RegionSource.Kind) throws {
    let text = line.drop(while: \.isWhitespace)
    guard text.hasPrefix("//"), let keyword = text.firstRange(of: " \(kind.rawValue)") else { return nil }
    let verb = text[..<keyword.lowerBound].drop { "/ ".contains($0) }
    guard ["BEGIN", "END"].contains(verb.uppercased()) else { return nil }
    let rest = text[keyword.upperBound...].prefix { $0 != ":" || kind == .solution }
    guard text.hasPrefix("// \(verb) "), verb == verb.uppercased(), rest.hasPrefix(" "),
      let id = ExerciseID(String(rest.dropFirst()))
    else {
      throw CourseError(path, line: number, "expected '// \(verb.uppercased()) \(kind.rawValue) 2.5'")
    }
    opens = verb == "BEGIN"
    self.id = id
  }
}
