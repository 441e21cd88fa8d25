/// out = the largest of each 2×2 block of [images, height, width, channels]; height and width are even.
package func maxPool(
  _ x: UnsafePointer<Float>, images: Int, height: Int, width: Int, channels: Int,
  into out: UnsafeMutablePointer<Float>
) {
  let line = width * channels
  parallelFor(images * height / 2, costPerItem: 2 * line + 50) { rows in
    for row in rows {
      for position in 0..<width / 2 {
        let upper = x + (2 * row) * line + 2 * position * channels
        let lower = upper + line
        let target = out + (row * (width / 2) + position) * channels
        for c in 0..<channels {
          let (a, b) = (largest(upper[c], upper[c + channels]), largest(lower[c], lower[c + channels]))
          target[c] = largest(a, b)
        }
      }
    }
  }
}

/// The gradient of ``maxPool``: all of it goes to the first number of a block that equals the largest.
package func maxPoolGradient(
  _ x: UnsafePointer<Float>, largest out: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
  images: Int, height: Int, width: Int, channels: Int, into result: UnsafeMutablePointer<Float>
) {
  let line = width * channels
  parallelFor(images * height / 2, costPerItem: 4 * line + 50) { rows in
    for row in rows {
      for position in 0..<width / 2 {
        let start = (2 * row) * line + 2 * position * channels
        let source = (row * (width / 2) + position) * channels
        for c in 0..<channels {
          let top = out[source + c]
          var rest = gradient[source + c]
          for offset in [start + c, start + c + channels, start + c + line, start + c + channels + line] {
            let isFirst = x[offset] == top
            result[offset] = isFirst ? rest : 0
            rest = isFirst ? 0 : rest
          }
        }
      }
    }
  }
}

/// The larger of two; NaN if one is.
@inline(__always)
private func largest(_ a: Float, _ b: Float) -> Float { a > b || a.isNaN ? a : b }
