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
  /// The lines of output positions of all images together.
  fileprivate var lines: Int { images * outHeight }

  /// How many lines of patches are unfolded at a time, at most: they should stay in a cache of the core, but
  /// products of fewer than some hundred rows would read the weight too often.
  fileprivate func linesAtOnce(patch: Int) -> Int {
    let positions = min(max(65_536 / max(patch, 1), 128), 1024)
    return max(1, positions / outWidth)
  }
}

/// maps = the convolution of `image` with `weight`, plus `bias` (one value per feature, or nil).
package func convolve(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>, weight: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?, into maps: UnsafeMutablePointer<Float>
) {
  let (patch, features, outWidth) = (sizes.patch, sizes.features, sizes.outWidth)
  let linesAtOnce = sizes.linesAtOnce(patch: patch)
  let blocks = (sizes.lines + linesAtOnce - 1) / linesAtOnce
  parallelFor(blocks, costPerItem: linesAtOnce * outWidth * patch * features / 6) { range in
    let patches = Storage(count: linesAtOnce * outWidth * patch)
    for block in range {
      let lines = block * linesAtOnce..<min((block + 1) * linesAtOnce, sizes.lines)
      unfold(sizes, image, lines, kernelRows: 0..<sizes.kernelHeight, into: patches.pointer, row: patch)
      matrixProduct(
        m: lines.count * outWidth, n: features, k: patch, patches.pointer, aRow: patch, aColumn: 1,
        weight, bRow: features, bColumn: 1, maps + lines.lowerBound * outWidth * features, cRow: features,
        accumulate: false, bias: bias)
    }
  }
}

/// image = the transposed convolution of `maps`, the gradient of ``convolve`` with respect to its image, plus
/// `bias` (one value per channel, or nil).
package func convolveTransposed(
  _ sizes: ConvolutionSizes, _ maps: UnsafePointer<Float>, weight: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?, into image: UnsafeMutablePointer<Float>
) {
  let (patch, features, outWidth) = (sizes.patch, sizes.features, sizes.outWidth)
  // Patches overlap, so one thread adds up all those of an image; small images go together.
  let imagesAtOnce = max(1, sizes.linesAtOnce(patch: patch) / sizes.outHeight)
  let linesAtOnce = min(sizes.linesAtOnce(patch: patch), imagesAtOnce * sizes.outHeight)
  let pixels = sizes.height * sizes.width
  let groups = (sizes.images + imagesAtOnce - 1) / imagesAtOnce
  parallelFor(groups, costPerItem: imagesAtOnce * sizes.outHeight * outWidth * patch * features / 6) {
    range in
    let patches = Storage(count: linesAtOnce * outWidth * patch)
    for group in range {
      let images = group * imagesAtOnce..<min((group + 1) * imagesAtOnce, sizes.images)
      let target = image + images.lowerBound * pixels * sizes.channels
      if let bias {
        for pixel in 0..<images.count * pixels {
          (target + pixel * sizes.channels).update(from: bias, count: sizes.channels)
        }
      } else {
        target.update(repeating: 0, count: images.count * pixels * sizes.channels)
      }
      let end = images.upperBound * sizes.outHeight
      for line in stride(from: images.lowerBound * sizes.outHeight, to: end, by: linesAtOnce) {
        let lines = line..<min(line + linesAtOnce, end)
        matrixProduct(
          m: lines.count * outWidth, n: patch, k: features, maps + line * outWidth * features,
          aRow: features, aColumn: 1, weight, bRow: 1, bColumn: features, patches.pointer, cRow: patch,
          accumulate: false, bias: nil)
        fold(sizes, patches.pointer, lines, into: image)
      }
    }
  }
}

/// gradient = (or +=) that of ``convolve`` with respect to its weight, from the gradient of its maps.
package func convolutionWeightGradient(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>, mapsGradient: UnsafePointer<Float>,
  into gradient: UnsafeMutablePointer<Float>, accumulate: Bool
) {
  let (features, outWidth) = (sizes.features, sizes.outWidth)
  let width = sizes.kernelWidth * sizes.channels
  let linesAtOnce = sizes.linesAtOnce(patch: width)
  // Rows a power of two apart would fall on top of each other in the cache.
  let row = width + 16
  // Each part of the weight is summed over all positions by one thread, in their order.
  parallelFor(sizes.kernelHeight, costPerItem: sizes.lines * outWidth * width * features / 6) { range in
    let patches = Storage(count: linesAtOnce * outWidth * row)
    for kernelRow in range {
      let target = gradient + kernelRow * width * features
      if sizes.lines == 0 && !accumulate { target.update(repeating: 0, count: width * features) }
      for line in stride(from: 0, to: sizes.lines, by: linesAtOnce) {
        let lines = line..<min(line + linesAtOnce, sizes.lines)
        unfold(
          sizes, image, lines, kernelRows: kernelRow..<kernelRow + 1, into: patches.pointer, row: row)
        matrixProduct(
          m: width, n: features, k: lines.count * outWidth, patches.pointer, aRow: 1, aColumn: row,
          mapsGradient + line * outWidth * features, bRow: features, bColumn: 1, target, cRow: features,
          accumulate: accumulate || line > 0, bias: nil)
      }
    }
  }
}

// MARK: Patches

/// Where the patches of a line meet the image: calls `body` for each kernel row and position with the offset of
/// that piece in the patch and in the image, and its length; zeros outside the image have no offset.
@inline(__always)
private func forEachPiece(
  _ sizes: ConvolutionSizes, line: Int, kernelRows: Range<Int>,
  _ body: (_ position: Int, _ patchOffset: Int, _ imageOffset: Int, _ count: Int) -> Void
) {
  let (image, outRow) = line.quotientAndRemainder(dividingBy: sizes.outHeight)
  let pieceWidth = sizes.kernelWidth * sizes.channels
  for kernelRow in kernelRows {
    let row = outRow * sizes.stride + kernelRow - sizes.padding
    guard row >= 0 && row < sizes.height else { continue }
    let start = (image * sizes.height + row) * sizes.width
    for position in 0..<sizes.outWidth {
      let left = position * sizes.stride - sizes.padding
      let first = max(0, -left)
      let last = min(sizes.kernelWidth, sizes.width - left)
      if first < last {
        body(
          position, (kernelRow - kernelRows.lowerBound) * pieceWidth + first * sizes.channels,
          (start + left + first) * sizes.channels, (last - first) * sizes.channels)
      }
    }
  }
}

/// Copies the patches of some lines (of those, the given kernel rows) to rows that are `row` apart.
private func unfold(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>, _ lines: Range<Int>, kernelRows: Range<Int>,
  into patches: UnsafeMutablePointer<Float>, row: Int
) {
  if sizes.padding > 0 { patches.update(repeating: 0, count: lines.count * sizes.outWidth * row) }
  for line in lines {
    let target = patches + (line - lines.lowerBound) * sizes.outWidth * row
    forEachPiece(sizes, line: line, kernelRows: kernelRows) { position, patchOffset, imageOffset, count in
      (target + position * row + patchOffset).update(from: image + imageOffset, count: count)
    }
  }
}

/// Adds the patches of some lines to the image.
private func fold(
  _ sizes: ConvolutionSizes, _ patches: UnsafePointer<Float>, _ lines: Range<Int>,
  into image: UnsafeMutablePointer<Float>
) {
  for line in lines {
    let source = patches + (line - lines.lowerBound) * sizes.outWidth * sizes.patch
    forEachPiece(sizes, line: line, kernelRows: 0..<sizes.kernelHeight) {
      position, offset, imageOffset, count in
      let (from, to) = (source + position * sizes.patch + offset, image + imageOffset)
      for i in 0..<count { to[i] += from[i] }
    }
  }
}
