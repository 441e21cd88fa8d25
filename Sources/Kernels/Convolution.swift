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
  /// The numbers of one line of an image, and of a whole image.
  fileprivate var line: Int { width * channels }
  fileprivate var imageCount: Int { height * line }
  /// The output positions of one image, and of all images together.
  fileprivate var imagePositions: Int { outHeight * outWidth }
  fileprivate var positions: Int { images * imagePositions }

  /// The same convolution of images that have the zeros around them in memory.
  fileprivate var withPaddedImages: ConvolutionSizes {
    var sizes = self
    sizes.height += 2 * padding
    sizes.width += 2 * padding
    sizes.padding = 0
    return sizes
  }

  /// Where the image begins inside its padded copy.
  fileprivate var inside: Int { padding * (withPaddedImages.line + channels) }
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
  let padded = sizes.withPaddedImages
  let margins = sizes.padding > 0 ? Storage(count: sizes.images * padded.imageCount) : nil
  let target = margins?.pointer ?? image
  let offsets = padded.positionOffsets
  // Patches overlap, so one thread adds up all those of an image; small images go together.
  let groups = min(sizes.images, max(1, sizes.positions / 192))
  let packed = groups > 1 ? packPanels(k: features, n: patch, weight, bRow: 1, bColumn: features) : nil
  // Whole tiles of patches that stay in the second-level cache; a single group is one product.
  let blockSize = groups > 1 ? min(max(32_768 / patch & ~63, 64), 512) : max(sizes.positions, 1)
  parallelFor(groups, costPerItem: sizes.positions / max(groups, 1) * patch * features / 6) { range in
    let patches = Storage(count: blockSize * patch)
    defer { withExtendedLifetime((patches, packed, margins)) {} }
    for group in range {
      let images = group * sizes.images / groups..<(group + 1) * sizes.images / groups
      let numbers = images.lowerBound * padded.imageCount..<images.upperBound * padded.imageCount
      if let bias {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: channels) {
          (target + start).update(from: bias, count: channels)
        }
      } else {
        (target + numbers.lowerBound).update(repeating: 0, count: numbers.count)
      }
      let end = images.upperBound * sizes.imagePositions
      for start in stride(from: images.lowerBound * sizes.imagePositions, to: end, by: blockSize) {
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
        fold(padded, patches.pointer, offsets[positions], into: target)
      }
      for index in images where sizes.padding > 0 {
        copyRows(
          sizes.height, width: sizes.line, from: target + index * padded.imageCount + sizes.inside,
          stride: padded.line, to: image + index * sizes.imageCount, stride: sizes.line, adding: false)
      }
    }
  }
}

// MARK: Patches

extension ConvolutionSizes {
  /// How far behind the start of the images each patch begins; there is no padding.
  fileprivate var positionOffsets: [Int] {
    var offsets: [Int] = []
    offsets.reserveCapacity(positions)
    for image in 0..<images {
      for row in 0..<outHeight {
        let start = (image * height + row * stride) * width
        for column in 0..<outWidth { offsets.append((start + column * stride) * channels) }
      }
    }
    return offsets
  }

  /// How far behind the beginning of a patch each of its numbers is.
  fileprivate var patchOffsets: [Int] {
    (0..<kernelHeight).flatMap { row in
      (0..<kernelWidth * channels).map { row * width * channels + $0 }
    }
  }
}

/// Calls `body` with the images, with zeros around them if there is padding, and the places of their patches:
/// number p of the patch at position i is `positions[i] + patch[p]` behind the start of the images.
private func withPatches(
  _ sizes: ConvolutionSizes, _ image: UnsafePointer<Float>,
  _ body: (_ image: UnsafePointer<Float>, _ positions: UnsafePointer<Int>, _ patch: UnsafePointer<Int>) ->
    Void
) {
  let padded = sizes.withPaddedImages
  let margins = sizes.padding > 0 ? Storage(count: sizes.images * padded.imageCount) : nil
  defer { withExtendedLifetime(margins) {} }
  if let margins {
    parallelFor(sizes.images, costPerItem: padded.imageCount) { images in
      for index in images {
        let target = margins.pointer + index * padded.imageCount
        target.update(repeating: 0, count: padded.imageCount)
        copyRows(
          sizes.height, width: sizes.line, from: image + index * sizes.imageCount, stride: sizes.line,
          to: target + sizes.inside, stride: padded.line, adding: false)
      }
    }
  }
  padded.positionOffsets.withUnsafeBufferPointer { positions in
    padded.patchOffsets.withUnsafeBufferPointer { patch in
      guard let positions = positions.baseAddress, let patch = patch.baseAddress else { return }
      body(margins.map { UnsafePointer($0.pointer) } ?? image, positions, patch)
    }
  }
}

/// Adds patches to the images at places that are `offsets` behind the start.
private func fold(
  _ sizes: ConvolutionSizes, _ patches: UnsafePointer<Float>, _ offsets: ArraySlice<Int>,
  into image: UnsafeMutablePointer<Float>
) {
  let (width, line) = (sizes.kernelWidth * sizes.channels, sizes.line)
  var patch = patches
  for offset in offsets {
    // The rows are independent, so the processor need not wait for one sum before it begins the next.
    for row in 0..<sizes.kernelHeight { add(width, patch + row * width, to: image + offset + row * line) }
    patch += sizes.patch
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
