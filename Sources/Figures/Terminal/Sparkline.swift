/// A curve in one line of text: `▁▂▂▃▅▆▇█`.
public enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")
  private static let letters = Array("_.,-=+*#")

  /// The shape of `values` in at most `width` columns, scaled between their least and greatest.
  ///
  /// More values than columns are averaged in groups. A group without a finite value leaves a blank;
  /// equal values are drawn in the middle.
  ///
  /// - Parameters:
  ///   - values: any number of values, the oldest first.
  ///   - usesUnicode: false draws with `_.,-=+*#`.
  public static func text(_ values: [Double], width: Int, usesUnicode: Bool = true) -> String {
    guard width > 0, !values.isEmpty else { return "" }
    let columns = min(width, values.count)
    let heights = (0..<columns).map { column -> Double? in
      let group = values[column * values.count / columns..<(column + 1) * values.count / columns]
        .filter(\.isFinite)
      return group.isEmpty ? nil : group.reduce(0) { $0 + $1 / Double(group.count) }
    }
    let known = heights.compactMap { $0 }
    guard let least = known.min(), let greatest = known.max() else {
      return String(repeating: " ", count: columns)
    }
    let levels = usesUnicode ? blocks : letters
    return String(
      heights.map { height -> Character in
        guard let height else { return " " }
        // Halves, so that the span between the greatest magnitudes does not overflow.
        let span = greatest / 2 - least / 2
        let share = span > 0 ? (height / 2 - least / 2) / span : 0.5
        return levels[min(levels.count - 1, Int(share * Double(levels.count)))]
      })
  }
}
