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

  /// The source pixels that pixel `index` of `count` covers, never none.
  private static func span(of index: Int, of count: Int, in length: Int) -> Range<Int> {
    let start = index * length / count
    return start..<max(start + 1, (index + 1) * length / count)
  }
}
