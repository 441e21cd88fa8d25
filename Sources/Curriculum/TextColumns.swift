/// Lines of a table without rules: cells filled up to the width of their column, two spaces between.
public struct TextColumns {
  private let rows: [[String]]
  private let widths: [Int]

  /// A table of these rows; a column without any text takes no room.
  public init(_ rows: [[String]]) {
    self.rows = rows
    let count = rows.map(\.count).max() ?? 0
    widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
  }

  /// The characters that a full line takes.
  public var width: Int { widths.reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } - 2 }

  /// The lines.
  ///
  /// - Parameters:
  ///   - flexible: the column whose cells are cut where a line would not fit.
  ///   - limit: the characters that fit on a line; the flexible column keeps some of its own in any case.
  ///   - ellipsis: marks what was cut.
  public func lines(flexible: Int, limit: Int = .max, ellipsis: String = "…") -> [String] {
    var widths = widths
    if width > limit, widths.indices.contains(flexible) {
      widths[flexible] = max(min(8, widths[flexible]), widths[flexible] - (width - limit))
    }
    return rows.map { cells in
      let line = zip(cells, widths).filter { $1 > 0 }.map { cell, width in
        (cell.count > width ? cell.prefix(max(0, width - ellipsis.count)) + ellipsis : cell)
          .padded(to: width)
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension String {
  /// The text with spaces added up to a width in characters.
  public func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
