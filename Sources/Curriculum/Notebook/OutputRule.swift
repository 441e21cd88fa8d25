import Support

/// How the printed output of a cell is compared with the one in the notebook.
///
/// Another processor rounds differently, so numbers with a decimal point or an exponent may differ by a
/// share of their size, or by one unit of the last digit that is printed. Integers and all other text must
/// be the same, but for the number of blanks between words.
public enum OutputRule: Sendable, Equatable {
  /// The share by which numbers may differ.
  case tolerance(Double)
  /// Numbers are the written ones rounded, if these have a decimal point and three digits, and else the same.
  case rounded
  /// Anything that is printed will do.
  case any

  static let standard = OutputRule.tolerance(0.01)
  static let expectation = "an output is 'output', 'output tolerance=0.1' or 'output any'"

  /// The rule in the words of a fence; nil if they are not understood.
  init?(_ words: [String]) {
    switch words.count {
    case 1: self = .standard
    case 2 where words[1] == "any": self = .any
    case 2 where words[1].hasPrefix("tolerance="):
      guard let share = Double(words[1].dropFirst("tolerance=".count)), share >= 0, share.isFinite else {
        return nil
      }
      self = .tolerance(share)
    default: return nil
    }
  }

  /// Whether `line` may stand where `expected` stood.
  func accepts(_ line: String, for expected: String) -> Bool {
    if self == .any { return true }
    let (old, new) = (Self.parts(of: expected), Self.parts(of: line))
    return old.count == new.count
      && zip(old, new).allSatisfy { old, new in
        guard let first = old.number, let second = new.number else { return old.text == new.text }
        if old.unit == nil && new.unit == nil { return first == second }
        return abs(first - second) <= allowance(old, new, max(abs(first), abs(second)))
      }
  }

  /// How far two numbers up to `size` may lie apart, one of which at least has a decimal point or an exponent.
  private func allowance(_ old: Part, _ new: Part, _ size: Double) -> Double {
    guard case .tolerance(let share) = self else {
      let digits = old.text.drop { "0.".contains($0) }.prefix { $0 != "e" && $0 != "E" }.filter(\.isNumber)
      // Float32 has some seven digits.
      return max(digits.count < 3 ? 0 : 0.5 * (old.unit ?? 0), 2e-6 * max(size, 1))
    }
    return max(share * size, 1.01 * max(old.unit ?? 0, new.unit ?? 0))
  }

  // MARK: Parts

  /// A number or what stands between two numbers.
  private struct Part {
    let text: String
    var number: Double?
    /// The value of one unit of the last digit; nil for integers.
    var unit: Double?
  }

  private static func parts(of line: String) -> [Part] {
    // Whatever the columns are padded with, only the words count.
    let line = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    var result: [Part] = []
    var place = line.startIndex
    for match in line.matches(of: /(\d+(?:,\d{3})*)(\.\d+)?([eE][-+]?\d+)?/) {
      let (text, digits, fraction, power) = match.output
      var start = match.range.lowerBound
      let sign = signBefore(start, in: line, from: place)
      if sign != nil { start = line.index(before: start) }
      let size = Double(digits.filter { $0 != "," } + (fraction ?? "") + (power ?? ""))
      let lastDigit = (power.flatMap { Int($0.dropFirst()) } ?? 0) - (fraction.map { $0.count - 1 } ?? 0)
      result.append(Part(text: String(line[place..<start])))
      result.append(
        Part(
          text: String(text), number: size.map { sign == "-" || sign == "−" ? -$0 : $0 },
          unit: fraction == nil && power == nil ? nil : Double("1e\(lastDigit)")))
      place = match.range.upperBound
    }
    return result + [Part(text: String(line[place...]))]
  }

  /// The sign of the number at `start`.
  ///
  /// A minus behind a letter or a digit, as in `10-20`, is none.
  private static func signBefore(
    _ start: String.Index, in line: String, from place: String.Index
  ) -> Character? {
    guard start > place else { return nil }
    let sign = line.index(before: start)
    guard "-−+".contains(line[sign]) else { return nil }
    if sign == line.startIndex { return line[sign] }
    let before = line[line.index(before: sign)]
    return before.isLetter || before.isNumber ? nil : line[sign]
  }
}

extension Notebook {
  /// The first difference of each cell between what it prints now and what the notebook shows, a line each.
  public func mismatches(with outputs: [Int: [String]]) -> [CourseError] {
    cells.filter { $0.kind != .skipped }.compactMap { cell in
      let printed = outputs[cell.index] ?? []
      guard let output = cell.output else {
        return printed.isEmpty
          ? nil : cell.error(cell.line, "the cell prints '\(printed[0])' but has no output fence")
      }
      let first = output.line
      if printed.isEmpty { return cell.error(first, "the cell prints nothing, but an output is shown") }
      for (offset, (old, new)) in zip(output.text, printed).enumerated()
      where !output.rule.accepts(new, for: old) {
        return cell.error(first + offset, "expected '\(old)', the cell prints '\(new)'")
      }
      if output.text.count != printed.count, output.rule != .any {
        let counts = "expected \(output.text.count) lines, the cell prints \(printed.count)"
        return cell.error(first + min(output.text.count, printed.count), counts)
      }
      return nil
    }
  }
}

extension Notebook.Cell {
  fileprivate func error(_ line: Int, _ message: String) -> CourseError {
    CourseError(path, line: line, message)
  }
}
