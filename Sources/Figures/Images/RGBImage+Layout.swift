import Environments

extension RGBImage {
  /// The picture at another size: each new pixel is the mean of the pixels it covers, or the nearest one
  /// where the picture grows.
  ///
  /// - Parameters:
  ///   - width: columns, at least 1.
  ///   - height: rows, at least 1.
  public func resized(width newWidth: Int, height newHeight: Int) -> RGBImage {
    guard newWidth != width || newHeight != height else { return self }
    var result = [UInt8](repeating: 0, count: 3 * newWidth * newHeight)
    for row in 0..<newHeight {
      let rows = Self.span(of: row, of: newHeight, in: height)
      for column in 0..<newWidth {
        let columns = Self.span(of: column, of: newWidth, in: width)
        for channel in 0..<3 {
          var sum = 0
          for y in rows { for x in columns { sum += Int(bytes[3 * (y * width + x) + channel]) } }
          let count = rows.count * columns.count
          result[3 * (row * newWidth + column) + channel] = UInt8((sum + count / 2) / count)
        }
      }
    }
    return RGBImage(width: newWidth, height: newHeight, bytes: result)
  }

  /// The picture with `other`, of the same height, on its right.
  public func beside(_ other: RGBImage) -> RGBImage {
    precondition(
      other.height == height, "pictures of one height expected: \(height) pixels, not \(other.height)")
    var joined: [UInt8] = []
    joined.reserveCapacity(bytes.count + other.bytes.count)
    for row in 0..<height {
      joined += bytes[3 * width * row..<3 * width * (row + 1)]
      joined += other.bytes[3 * other.width * row..<3 * other.width * (row + 1)]
    }
    return RGBImage(width: width + other.width, height: height, bytes: joined)
  }

  /// The source pixels that pixel `index` of `count` covers, never none.
  private static func span(of index: Int, of count: Int, in length: Int) -> Range<Int> {
    let start = index * length / count
    return start..<max(start + 1, (index + 1) * length / count)
  }
}
