/// A picture of 8-bit red, green and blue; stands in for the type of `Environments` until that is here.
public struct RGBImage: Sendable, Equatable {
  /// Columns.
  public let width: Int

  /// Rows.
  public let height: Int

  /// Rows from the top, columns from the left, then red, green, blue: `3 · width · height` bytes.
  public var bytes: [UInt8]

  /// A picture from its bytes.
  public init(width: Int, height: Int, bytes: [UInt8]) {
    precondition(
      width > 0 && height > 0 && bytes.count == 3 * width * height, "an image needs 3·width·height bytes")
    self.width = width
    self.height = height
    self.bytes = bytes
  }
}
