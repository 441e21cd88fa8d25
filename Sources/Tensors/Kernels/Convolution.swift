/// The sizes of a convolution from images to feature maps.
///
/// Images are [images, height, width, channels], maps [images, outHeight, outWidth, features], and the weight is
/// [kernelHeight, kernelWidth, channels, features]. The patch of an output position is the part of the image
/// that its kernel sees. With the patches as rows, [positions, patch], and the weight as a matrix,
/// [patch, features], a convolution is a matrix product; its gradients, and the transposed convolution, are
/// products with one of the two transposed.
package struct ConvolutionSizes: Sendable {
  package var images: Int, height: Int, width: Int, channels: Int
  package var kernelHeight: Int, kernelWidth: Int, features: Int
  /// The distance between the patches of neighbouring positions.
  package var stride: Int
  /// The number of zeros around the image on each side.
  package var padding: Int

  package init(
    images: Int, height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int,
    features: Int, stride: Int, padding: Int
  ) {
    (self.images, self.height, self.width, self.channels) = (images, height, width, channels)
    (self.kernelHeight, self.kernelWidth, self.features) = (kernelHeight, kernelWidth, features)
    (self.stride, self.padding) = (stride, padding)
  }

  package var outHeight: Int { (height + 2 * padding - kernelHeight) / stride + 1 }
  package var outWidth: Int { (width + 2 * padding - kernelWidth) / stride + 1 }

  fileprivate var patch: Int { kernelHeight * kernelWidth * channels }
  /// The output positions of all images together.
  fileprivate var positions: Int { images * outHeight * outWidth }
}

/// Patches are unfolded to rows so far apart: with a power of two they would meet in one set of the cache.
private func rowStride(_ width: Int) -> Int { width + 16 }

/// maps = the convolution of `image` with `weight`, plus `bias` (one value per feature, or nil).
package func convolve(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>, weight: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?, into maps: UnsafeMutablePointer<Float>
) {
  let (patch, features) = (sizes.patch, sizes.features)
  let row = rowStride(patch)
  // Whole tiles of patches that stay in the second-level cache.
  let blockSize = min(max(32_768 / row & ~63, 64), 512)
  let blocks = (sizes.positions + blockSize - 1) / blockSize
  let packed = blocks > 1 ? packPanels(k: patch, n: features, weight, bRow: features, bColumn: 1) : nil
  parallelFor(blocks, costPerItem: blockSize * patch * features / 6) { range in
    let patches = Storage(count: blockSize * row)
    defer { withExtendedLifetime((patches, packed)) {} }
    for block in range {
      let positions = block * blockSize..<min((block + 1) * blockSize, sizes.positions)
      unfold(sizes, image, positions, kernelRows: 0..<sizes.kernelHeight, into: patches.pointer, row: row)
      matrixProduct(
        m: positions.count, n: features, k: patch, patches.pointer, aRow: row, aColumn: 1,
        packed.map { UnsafePointer($0.pointer) } ?? weight, bRow: features, bColumn: 1,
        bIsPacked: packed != nil,
        maps + positions.lowerBound * features, cRow: features, accumulate: false, bias: bias)
    }
  }
}

/// image = the transposed convolution of `maps`, the gradient of ``convolve`` with respect to its image, plus
/// `bias` (one value per channel, or nil).
package func convolveTransposed(
  _ sizes: ConvolutionSizes, _ maps: UnsafePointer<Float>, weight: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?, into image: UnsafeMutablePointer<Float>
) {
  let (patch, features, channels) = (sizes.patch, sizes.features, sizes.channels)
  let row = rowStride(patch)
  // Patches overlap, so one thread adds up all those of an image; small images go together.
  let groups = min(sizes.images, max(1, sizes.positions / 192))
  let packed = groups > 1 ? packPanels(k: features, n: patch, weight, bRow: 1, bColumn: features) : nil
  let blockSize = groups > 1 ? min(max(32_768 / row & ~63, 64), 512) : max(sizes.positions, 1)
  parallelFor(groups, costPerItem: sizes.positions / max(groups, 1) * patch * features / 6) { range in
    let patches = Storage(count: blockSize * row)
    defer { withExtendedLifetime((patches, packed)) {} }
    for group in range {
      let images = group * sizes.images / groups..<(group + 1) * sizes.images / groups
      let pixels = images.count * sizes.height * sizes.width
      let target = image + images.lowerBound * sizes.height * sizes.width * channels
      if let bias {
        for pixel in 0..<pixels { (target + pixel * channels).update(from: bias, count: channels) }
      } else {
        target.update(repeating: 0, count: pixels * channels)
      }
      let perImage = sizes.outHeight * sizes.outWidth
      let end = images.upperBound * perImage
      for start in stride(from: images.lowerBound * perImage, to: end, by: blockSize) {
        let positions = start..<min(start + blockSize, end)
        matrixProduct(
          m: positions.count, n: patch, k: features, maps + start * features, aRow: features, aColumn: 1,
          packed.map { UnsafePointer($0.pointer) } ?? weight, bRow: 1, bColumn: features,
          bIsPacked: packed != nil, patches.pointer,
          cRow: row, accumulate: false, bias: nil)
        fold(sizes, patches.pointer, row: row, positions, into: image)
      }
    }
  }
}

/// gradient = (or +=) that of ``convolve`` with respect to its weight, from the gradient of its maps.
package func convolutionWeightGradient(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>, mapsGradient: UnsafePointer<Float>,
  into gradient: UnsafeMutablePointer<Float>, accumulate: Bool
) {
  let features = sizes.features
  let blockSize = 256
  // Some rows of the kernel at a time, enough to fill the tiles of the product.
  let pieceWidth = sizes.kernelWidth * sizes.channels
  let rowsAtOnce = pieceWidth < 32 ? (sizes.kernelHeight + 1) / 2 : 1
  let row = rowStride(rowsAtOnce * pieceWidth)
  let parts = (sizes.kernelHeight + rowsAtOnce - 1) / rowsAtOnce
  if sizes.positions == 0 && !accumulate { gradient.update(repeating: 0, count: sizes.patch * features) }
  // Each part of the weight is summed over all positions by one thread, in their order.
  parallelFor(parts, costPerItem: sizes.positions * rowsAtOnce * pieceWidth * features / 6) { range in
    let patches = Storage(count: blockSize * row)
    defer { withExtendedLifetime(patches) {} }
    for part in range {
      let kernelRows = part * rowsAtOnce..<min((part + 1) * rowsAtOnce, sizes.kernelHeight)
      for start in stride(from: 0, to: sizes.positions, by: blockSize) {
        let positions = start..<min(start + blockSize, sizes.positions)
        unfold(sizes, image, positions, kernelRows: kernelRows, into: patches.pointer, row: row)
        matrixProduct(
          m: kernelRows.count * pieceWidth, n: features, k: positions.count, patches.pointer, aRow: 1,
          aColumn: row, mapsGradient + start * features, bRow: features, bColumn: 1,
          gradient + kernelRows.lowerBound * pieceWidth * features, cRow: features,
          accumulate: accumulate || start > 0, bias: nil)
      }
    }
  }
}

// MARK: Patches

/// Copies the patches at some positions (of those, the given kernel rows) to rows that are `row` apart.
private func unfold(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>, _ positions: Range<Int>, kernelRows: Range<Int>,
  into patches: UnsafeMutablePointer<Float>, row: Int
) {
  if sizes.padding > 0 { patches.update(repeating: 0, count: positions.count * row) }
  forEachPiece(sizes, positions, kernelRows: kernelRows, row: row) { patchOffset, imageOffset, count in
    transfer(count, from: image + imageOffset, to: patches + patchOffset, adding: false)
  }
}

/// Adds the patches at some positions to the image.
private func fold(
  _ sizes: ConvolutionSizes, _ patches: UnsafePointer<Float>, row: Int, _ positions: Range<Int>,
  into image: UnsafeMutablePointer<Float>
) {
  forEachPiece(sizes, positions, kernelRows: 0..<sizes.kernelHeight, row: row) {
    patchOffset, imageOffset, count in
    transfer(count, from: patches + patchOffset, to: image + imageOffset, adding: true)
  }
}

/// Calls `body` for each row of each patch with the part of it that lies inside the image: its offset in the
/// patches, its offset in the image, and its length.
@inline(__always)
private func forEachPiece(
  _ sizes: ConvolutionSizes, _ positions: Range<Int>, kernelRows: Range<Int>, row: Int,
  _ body: (_ patchOffset: Int, _ imageOffset: Int, _ count: Int) -> Void
) {
  let (channels, outWidth, step) = (sizes.channels, sizes.outWidth, sizes.stride)
  let (width, kernelWidth, padding) = (sizes.width, sizes.kernelWidth, sizes.padding)
  var next = positions.lowerBound
  while next < positions.upperBound {
    // The positions that are left of one line of the maps.
    let (line, firstColumn) = next.quotientAndRemainder(dividingBy: outWidth)
    let (image, outRow) = line.quotientAndRemainder(dividingBy: sizes.outHeight)
    let count = min(outWidth - firstColumn, positions.upperBound - next)
    for kernelRow in kernelRows {
      let imageRow = outRow * step + kernelRow - padding
      guard imageRow >= 0 && imageRow < sizes.height else { continue }
      let start = (image * sizes.height + imageRow) * width
      var patch = (next - positions.lowerBound) * row
      patch += (kernelRow - kernelRows.lowerBound) * kernelWidth * channels
      var left = firstColumn * step - padding
      for _ in 0..<count {
        let (first, end) = (max(0, 0 &- left), min(kernelWidth, width &- left))
        if first < end {
          body(patch &+ first &* channels, (start &+ left &+ first) &* channels, (end &- first) &* channels)
        }
        patch &+= row
        left &+= step
      }
    }
    next += count
  }
}

/// Copies or adds some numbers: often so few that the call of a library function would take longer.
@inline(__always)
private func transfer(
  _ count: Int, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, adding: Bool
) {
  if !adding && count >= 64 {
    target.update(from: source, count: count)
    return
  }
  var done = 0
  while done &+ 16 <= count {
    transferVector(SIMD16<Float>.self, from: source + done, to: target + done, adding: adding)
    done &+= 16
  }
  while done &+ 4 <= count {
    transferVector(SIMD4<Float>.self, from: source + done, to: target + done, adding: adding)
    done &+= 4
  }
  while done < count {
    target[done] = adding ? target[done] + source[done] : source[done]
    done &+= 1
  }
}

@inline(__always)
private func transferVector<Vector: SIMD>(
  _: Vector.Type, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, adding: Bool
) where Vector.Scalar == Float {
  let target = UnsafeMutableRawPointer(target)
  var vector = UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  if adding { vector = target.loadUnaligned(as: Vector.self) + vector }
  target.storeBytes(of: vector, as: Vector.self)
}
