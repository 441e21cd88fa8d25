import Foundation

/// Numbers as people read them: the same text on every machine, whatever its locale.
public enum NumberText {
  /// An integer with commas between thousands: `12,345`.
  public static func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var end = digits.count - 3
    while end > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: end))
      end -= 3
    }
    return number < 0 ? "-" + digits : digits
  }

  /// A speed or a size in at most five characters: `0.32`, `4.5`, `512`, `12k`, `3.4M`.
  public static func compact(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "-∞" : "∞" }
    // Each bound is where the next form begins once the digits are rounded: 999,600 is 1.0M, not 1000k.
    switch abs(value) {
    case 999.5e6...: return String(format: "%.1fG", value / 1e9)
    case 9.95e6...: return String(format: "%.0fM", value / 1e6)
    case 999.5e3...: return String(format: "%.1fM", value / 1e6)
    case 9_950...: return String(format: "%.0fk", value / 1e3)
    case 999.5...: return String(format: "%.1fk", value / 1e3)
    case 9.95...: return String(format: "%.0f", value)
    case 0.995...: return String(format: "%.1f", value)
    case 0: return "0"
    default: return String(format: "%.2g", value)
    }
  }

  /// A value to `digits` significant digits, without an exponent where that stays short: `-151.3`.
  public static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return compact(value) }
    if value == 0 { return "0" }
    let exponent = Int(floor(log10(abs(value))))
    if exponent < -4 || exponent > 6 { return String(format: "%.\(digits - 1)e", value) }
    return String(format: "%.\(max(0, digits - 1 - exponent))f", value)
  }

  /// A time in seconds as `0:07`, `12:34` or `1:02:03`; `–:––` where it is not known.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–:––" }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
  }
}
