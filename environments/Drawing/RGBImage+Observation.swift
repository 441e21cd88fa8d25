extension RGBImage {
  /// The picture that an image observation shows: numbers are clipped to [0, 1], NaN becomes 0.
  ///
  /// - Parameters:
  ///   - observation: at least `3 · width · height` numbers in the order row, column, channel.
  ///   - width: in pixels.
  ///   - height: in pixels.
  public init(observation: [Float], width: Int, height: Int) {
    let bytes = observation.map { UInt8((255 * min(max($0.isNaN ? 0 : $0, 0), 1)).rounded()) }
    self.init(width: width, height: height, bytes: bytes)
  }

  /// The picture as an image observation: each byte divided by 255.
  public var observation: [Float] {
    [Float](unsafeUninitializedCapacity: bytes.count) { numbers, count in
      for index in bytes.indices { numbers.initializeElement(at: index, to: Float(bytes[index]) / 255) }
      count = bytes.count
    }
  }

  /// The picture at another size, by taking the nearest pixel: enlarged pixels stay sharp squares.
  public func resized(width newWidth: Int, height newHeight: Int) -> RGBImage {
    if newWidth == width, newHeight == height { return self }
    var resized = [UInt8]()
    resized.reserveCapacity(max(3 * newWidth * newHeight, 0))
    for row in 0..<max(newHeight, 0) {
      for column in 0..<max(newWidth, 0) {
        let source =
          (2 * row + 1) * height / (2 * newHeight) * width + (2 * column + 1) * width / (2 * newWidth)
        resized.append(contentsOf: bytes[3 * source..<3 * source + 3])
      }
    }
    return RGBImage(width: newWidth, height: newHeight, bytes: resized)
  }
}
