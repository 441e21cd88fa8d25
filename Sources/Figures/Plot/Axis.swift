import Foundation

/// A range of values, where they lie along it, and the round values that are marked.
struct Axis {
  let lower: Double
  let upper: Double
  let isLogarithmic: Bool
  /// The marked values, rising.
  let ticks: [Double]
  /// The distance between marks of a linear axis, which tells how many decimals a label needs.
  private let step: Double

  /// An axis around `values`, which may be none.
  ///
  /// - Parameters:
  ///   - count: about how many marks are wanted.
  ///   - isRounded: whether the range grows to the next marks; otherwise it ends at the data.
  init(covering values: [Double], count: Int, isRounded: Bool) {
    var least = values.min() ?? 0
    var greatest = values.max() ?? 1
    let size = max(abs(least), abs(greatest))
    if greatest - least <= max(size * 1e-12, 1e-290) {
      let margin = size < 1e-280 ? 1 : size * 0.1
      (least, greatest) = (least - margin, greatest + margin)
    }
    let step = Self.niceStep((greatest - least) / Double(max(1, count)))
    if isRounded {
      least = (least / step + 1e-9).rounded(.down) * step
      greatest = (greatest / step - 1e-9).rounded(.up) * step
    }
    let first = (least / step - 1e-9).rounded(.up)
    let last = (greatest / step + 1e-9).rounded(.down)
    // Each mark from its own integer: sums of steps would drift.
    ticks = stride(from: first, through: last, by: 1).map { $0 * step + 0 }
    (lower, upper, isLogarithmic, self.step) = (least, greatest, false, step)
  }

  /// A logarithmic axis around positive `values`, which may be none.
  init(logarithmicCovering values: [Double], count: Int) {
    var least = values.min() ?? 1
    var greatest = values.max() ?? 10
    if greatest / least < 1.5 { (least, greatest) = (least / 1.5, greatest * 1.5) }
    let first = Int(floor(log10(least)))
    let last = Int(ceil(log10(greatest)))
    // Few powers of ten are divided at 1, 2, 5; many are thinned out.
    let digits: [Double] =
      last - first <= max(1, count / 3) ? [1, 2, 5] : last - first <= count / 2 ? [1, 3] : [1]
    let stride = max(1, (last - first + count - 1) / max(1, count))
    let powers = Swift.stride(from: first, through: last, by: stride).map { pow(10, Double($0)) }
    let marks = powers.flatMap { power in digits.map { $0 * power } }
    ticks = marks.filter { $0 >= least * 0.999 && $0 <= greatest * 1.001 }
    (lower, upper, isLogarithmic, step) = (least, greatest, true, 1)
  }

  /// Where `value` lies, 0 at the lower end and 1 at the upper.
  func position(_ value: Double) -> Double {
    isLogarithmic ? log(value / lower) / log(upper / lower) : (value - lower) / (upper - lower)
  }

  /// What is written at the mark `tick`.
  func label(_ tick: Double) -> String {
    let largest = max(abs(lower), abs(upper))
    if isLogarithmic {
      return tick >= 1e5 || tick < 1e-3
        ? Self.power(tick) : tick >= 1 ? NumberText.grouped(Int(tick.rounded())) : Self.trimmed(tick)
    }
    if tick == 0 { return "0" }
    // 2.5 and its powers need one more digit than their size tells.
    let power = (log10(step) + 1e-9).rounded(.down)
    let isQuarter = abs(step / pow(10, power) - 2.5) < 0.01
    let digits = max(4, Int((log10(largest) + 1e-9).rounded(.down) - power) + (isQuarter ? 2 : 1))
    if largest >= 1e15 || step < 1e-6 { return minus(Self.trimmed(tick, digits)) }
    for (least, unit, letter) in [(1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e5, 1e3, "k")] where largest >= least {
      return minus(Self.trimmed(tick / unit, digits) + letter)
    }
    let decimals = max(0, Int(-power) + (isQuarter ? 1 : 0))
    return minus(
      decimals == 0 ? NumberText.grouped(Int(tick.rounded())) : String(format: "%.\(decimals)f", tick))
  }

  /// A true minus sign is as wide as the digits.
  private func minus(_ text: String) -> String { text.replacing("-", with: "−") }

  private static func trimmed(_ value: Double, _ digits: Int = 4) -> String {
    String(format: "%.\(digits)g", value)
  }

  private static func power(_ value: Double) -> String {
    let exponent = Int(floor(log10(value) + 1e-9))
    let mantissa = Int((value / pow(10, Double(exponent))).rounded())
    let raised = String(exponent).map { "⁰¹²³⁴⁵⁶⁷⁸⁹"[$0] }.joined()
    return (mantissa == 1 ? "" : "\(mantissa)·") + "10" + raised
  }

  /// The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `rough`.
  private static func niceStep(_ rough: Double) -> Double {
    let power = pow(10, floor(log10(rough)))
    let mantissa = rough / power
    return power * ([1, 2, 2.5, 5].first { mantissa <= $0 * 1.0001 } ?? 10)
  }
}

extension String {
  /// The superscript of a digit or a minus, from the digits in order.
  fileprivate subscript(character: Character) -> String {
    guard let digit = character.wholeNumberValue else { return "⁻" }
    return String(self[index(startIndex, offsetBy: digit)])
  }
}
