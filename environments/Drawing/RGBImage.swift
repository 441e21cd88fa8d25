/// A picture of 8-bit red, green and blue.
public struct RGBImage: Sendable, Equatable {
  /// Columns.
  public let width: Int

  /// Rows.
  public let height: Int

  /// Rows from the top, columns from the left, then red, green, blue: `3 · width · height` bytes.
  public var bytes: [UInt8]

  /// A picture from its bytes.
  ///
  /// - Precondition: the sides are at least 1 and `bytes.count` is `3 · width · height`.
  public init(width: Int, height: Int, bytes: [UInt8]) {
    guard width > 0, height > 0, bytes.count == 3 * width * height else {
      fatalError("an image of \(width)×\(height) needs 3·width·height bytes, got \(bytes.count)")
    }
    self.width = width
    self.height = height
    self.bytes = bytes
  }
}

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
