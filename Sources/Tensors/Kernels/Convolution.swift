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

  /// The same convolution of images that have the zeros around them in memory.
  fileprivate var withPaddedImages: ConvolutionSizes {
    var sizes = self
    sizes.height += 2 * padding
    sizes.width += 2 * padding
    sizes.padding = 0
    return sizes
  }
}

/// maps = the convolution of `image` with `weight`, plus `bias` (one value per feature, or nil).
package func convolve(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>, weight: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?, into maps: UnsafeMutablePointer<Float>
) {
  let (positions, patch, features) = (sizes.positions, sizes.patch, sizes.features)
  // A weight that many patches meet is rearranged once.
  let packed = positions > 256 ? packPanels(k: patch, n: features, weight, bRow: features, bColumn: 1) : nil
  defer { withExtendedLifetime(packed) {} }
  withPatches(sizes, image) { image, positionOffsets, patchOffsets in
    matrixProduct(
      m: positions, n: features, k: patch, image, aRow: 0, aColumn: 0,
      aOffsets: (positionOffsets, patchOffsets), packed.map { UnsafePointer($0.pointer) } ?? weight,
      bRow: features, bColumn: 1, bIsPacked: packed != nil, maps, cRow: features, accumulate: false,
      bias: bias)
  }
}

/// gradient = (or +=) that of ``convolve`` with respect to its weight, from the gradient of its maps.
package func convolutionWeightGradient(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>, mapsGradient: UnsafePointer<Float>,
  into gradient: UnsafeMutablePointer<Float>, accumulate: Bool
) {
  let (positions, patch, features) = (sizes.positions, sizes.patch, sizes.features)
  let packed = packPanels(k: positions, n: features, mapsGradient, bRow: features, bColumn: 1)
  defer { withExtendedLifetime(packed) {} }
  withPatches(sizes, image) { image, positionOffsets, patchOffsets in
    matrixProduct(
      m: patch, n: features, k: positions, image, aRow: 0, aColumn: 0,
      aOffsets: (patchOffsets, positionOffsets), packed.pointer, bRow: features, bColumn: 1, bIsPacked: true,
      gradient, cRow: features, accumulate: accumulate, bias: nil)
  }
}

/// image = the transposed convolution of `maps`, the gradient of ``convolve`` with respect to its image, plus
/// `bias` (one value per channel, or nil).
package func convolveTransposed(
  _ sizes: ConvolutionSizes, _ maps: UnsafePointer<Float>, weight: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?, into image: UnsafeMutablePointer<Float>
) {
  let (patch, features, channels) = (sizes.patch, sizes.features, sizes.channels)
  // Patches overlap, so one thread adds up all those of an image; small images go together.
  let groups = min(sizes.images, max(1, sizes.positions / 192))
  let packed = groups > 1 ? packPanels(k: features, n: patch, weight, bRow: 1, bColumn: features) : nil
  // Whole tiles of patches that stay in the second-level cache; a single group is one product.
  let blockSize = groups > 1 ? min(max(32_768 / patch & ~63, 64), 512) : max(sizes.positions, 1)
  parallelFor(groups, costPerItem: sizes.positions / max(groups, 1) * patch * features / 6) { range in
    let patches = Storage(count: blockSize * patch)
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
        if let packed {
          matrixProduct(
            m: positions.count, n: patch, k: features, maps + start * features, aRow: features, aColumn: 1,
            packed.pointer, bRow: 0, bColumn: 0, bIsPacked: true, patches.pointer, cRow: patch,
            accumulate: false, bias: nil)
        } else {
          // A weight that few positions meet is best read in its own order: patchesᵀ = weight · mapsᵀ.
          let columns = Storage(count: patch * positions.count)
          matrixProduct(
            m: patch, n: positions.count, k: features, weight, aRow: features, aColumn: 1,
            maps + start * features, bRow: 1, bColumn: features, columns.pointer, cRow: positions.count,
            accumulate: false, bias: nil)
          transpose(
            rows: patch, columns: positions.count, columns.pointer, stride: positions.count,
            to: patches.pointer, stride: patch)
          withExtendedLifetime(columns) {}
        }
        fold(sizes, patches.pointer, positions, into: image)
      }
    }
  }
}

// MARK: Patches

/// Calls `body` with the images, with zeros around them if there is padding, and the places of their patches:
/// number p of the patch at position i is `positions[i] + patch[p]` behind the start of the images.
private func withPatches(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>,
  _ body: (_ image: UnsafePointer<Float>, _ positions: UnsafePointer<Int>, _ patch: UnsafePointer<Int>) ->
    Void
) {
  let padded = sizes.withPaddedImages
  let line = padded.width * sizes.channels
  var positions: [Int] = []
  positions.reserveCapacity(sizes.positions)
  for image in 0..<sizes.images {
    for row in 0..<sizes.outHeight {
      let start = (image * padded.height + row * sizes.stride) * line
      for column in 0..<sizes.outWidth { positions.append(start + column * sizes.stride * sizes.channels) }
    }
  }
  var patch: [Int] = []
  patch.reserveCapacity(sizes.patch)
  for row in 0..<sizes.kernelHeight {
    for index in 0..<sizes.kernelWidth * sizes.channels { patch.append(row * line + index) }
  }
  positions.withUnsafeBufferPointer { positions in
    patch.withUnsafeBufferPointer { patch in
      guard let positions = positions.baseAddress, let patch = patch.baseAddress else { return }
      if sizes.padding == 0 {
        body(image, positions, patch)
      } else {
        let copy = paddedImages(sizes, image)
        body(copy.pointer, positions, patch)
        withExtendedLifetime(copy) {}
      }
    }
  }
}

/// A copy of the images with zeros around each.
private func paddedImages(_ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>) -> Storage {
  let padded = sizes.withPaddedImages
  let (line, paddedLine) = (sizes.width * sizes.channels, padded.width * sizes.channels)
  let copy = Storage(count: sizes.images * padded.height * paddedLine)
  parallelFor(sizes.images, costPerItem: padded.height * paddedLine) { range in
    for index in range {
      let target = copy.pointer + index * padded.height * paddedLine
      target.update(repeating: 0, count: padded.height * paddedLine)
      for row in 0..<sizes.height {
        (target + (row + sizes.padding) * paddedLine + sizes.padding * sizes.channels)
          .update(from: image + (index * sizes.height + row) * line, count: line)
      }
    }
  }
  return copy
}

/// Adds the patches at some positions to the images.
private func fold(
  _ sizes: ConvolutionSizes, _ patches: UnsafePointer<Float>, _ positions: Range<Int>,
  into image: UnsafeMutablePointer<Float>
) {
  let (channels, outWidth, step) = (sizes.channels, sizes.outWidth, sizes.stride)
  let (width, kernelWidth, padding) = (sizes.width, sizes.kernelWidth, sizes.padding)
  var next = positions.lowerBound
  while next < positions.upperBound {
    // The positions that are left of one line of the maps.
    let (line, firstColumn) = next.quotientAndRemainder(dividingBy: outWidth)
    let (index, outRow) = line.quotientAndRemainder(dividingBy: sizes.outHeight)
    let count = min(outWidth - firstColumn, positions.upperBound - next)
    let (top, firstLeft) = (outRow * step - padding, firstColumn * step - padding)
    let kernelRows = max(0, -top)..<min(sizes.kernelHeight, sizes.height - top)
    let target = image + ((index * sizes.height + top) * width) * channels
    for position in 0..<count {
      let source = patches + (next - positions.lowerBound + position) * sizes.patch
      let left = firstLeft + position * step
      let columns = (first: max(0, -left), end: min(kernelWidth, width - left))
      guard columns.first < columns.end else { continue }
      // The rows are independent, so the processor need not wait for one sum before it begins the next.
      for row in kernelRows {
        add(
          (columns.end &- columns.first) &* channels,
          source + (row &* kernelWidth &+ columns.first) &* channels,
          to: target + (row &* width &+ left &+ columns.first) &* channels)
      }
    }
    next += count
  }
}

/// target += source, for a few numbers.
@inline(__always)
private func add(_ count: Int, _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
  var done = 0
  while done &+ 16 <= count {
    addVector(SIMD16<Float>.self, source + done, to: target + done)
    done &+= 16
  }
  while done &+ 4 <= count {
    addVector(SIMD4<Float>.self, source + done, to: target + done)
    done &+= 4
  }
  while done < count {
    target[done] += source[done]
    done &+= 1
  }
}

@inline(__always)
private func addVector<Vector: SIMD>(
  _: Vector.Type, _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
) where Vector.Scalar == Float {
  let target = UnsafeMutableRawPointer(target)
  let sum = target.loadUnaligned(as: Vector.self) + UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  target.storeBytes(of: sum, as: Vector.self)
}
