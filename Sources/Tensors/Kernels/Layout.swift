/// Copies (or adds) `rows` runs of `width` floats between buffers whose rows are `stride` apart.
package func copyRows(
  _ rows: Int, width: Int, from source: UnsafePointer<Float>, stride sourceStride: Int,
  to target: UnsafeMutablePointer<Float>, stride targetStride: Int, adding: Bool
) {
  for row in 0..<rows {
    for i in 0..<width {
      let value = source[row * sourceStride + i]
      target[row * targetStride + i] = adding ? target[row * targetStride + i] + value : value
    }
  }
}

/// target (contiguous, `shape`) = source read with strides: transposes and broadcasts to a shape.
package func copyStrided(
  shape: [Int], _ source: UnsafePointer<Float>, strides: [Int], to target: UnsafeMutablePointer<Float>
) {
  let count = shape.reduce(1, *)
  for i in 0..<count {
    var (rest, offset) = (i, 0)
    for axis in shape.indices.reversed() {
      offset += rest % shape[axis] * strides[axis]
      rest /= shape[axis]
    }
    target[i] = source[offset]
  }
}
