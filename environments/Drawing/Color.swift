/// An opaque colour.
public struct Color: Sendable, Equatable {
  /// Red, from 0 to 255.
  public let red: UInt8

  /// Green, from 0 to 255.
  public let green: UInt8

  /// Blue, from 0 to 255.
  public let blue: UInt8

  /// A colour as it is written on the web, such as `0xFF8800`.
  public init(_ hexadecimal: UInt32) {
    red = UInt8(hexadecimal >> 16 & 0xFF)
    green = UInt8(hexadecimal >> 8 & 0xFF)
    blue = UInt8(hexadecimal & 0xFF)
  }

  /// A colour on the way from this one (`amount` 0 or less) to `other` (1 or more).
  public func mixed(with other: Color, by amount: Double) -> Color {
    let share = amount.isNaN ? 0 : min(max(amount, 0), 1)
    func mix(_ from: UInt8, _ to: UInt8) -> UInt32 {
      UInt32((Double(from) + share * (Double(to) - Double(from))).rounded())
    }
    return Color(mix(red, other.red) << 16 | mix(green, other.green) << 8 | mix(blue, other.blue))
  }
}

/// The one palette of all pictures of environments.
extension Color {
  /// The background.
  public static let paper = Color(0xFAF8F4)
  /// Large quiet areas.
  public static let shade = Color(0xECE8E0)
  /// Thin quiet lines.
  public static let line = Color(0xB9B3A7)
  /// The main body of what is drawn.
  public static let ink = Color(0x2B3A4A)
  /// What the eye should follow.
  public static let accent = Color(0xE4572E)
}
