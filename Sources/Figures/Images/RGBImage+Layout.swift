import Environments

extension RGBImage {
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
}
