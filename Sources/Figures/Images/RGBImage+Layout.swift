import Environments

extension RGBImage {
  /// The picture with `other`, of the same height, on its right.
  ///
  /// - Parameter bar: the colour of a bar between them: red, green and blue; nil for none.
  public func beside(_ other: RGBImage, bar: [UInt8]? = nil) -> RGBImage {
    precondition(
      other.height == height, "pictures of one height expected: \(height) pixels, not \(other.height)")
    var joined: [UInt8] = []
    let barWidth = bar == nil ? 0 : max(1, height / 50)
    let barRow = (0..<barWidth).flatMap { _ in bar ?? [] }
    joined.reserveCapacity(bytes.count + other.bytes.count + height * barRow.count)
    let (left, right) = (3 * width, 3 * other.width)
    for row in 0..<height {
      joined += bytes[left * row..<left * (row + 1)]
      joined += barRow
      joined += other.bytes[right * row..<right * (row + 1)]
    }
    return RGBImage(width: width + barWidth + other.width, height: height, bytes: joined)
  }
}
