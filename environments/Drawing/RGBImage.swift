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
