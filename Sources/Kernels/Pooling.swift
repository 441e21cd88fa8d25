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

/// The gradient of ``maxPool``: all of it goes to the first of the largest numbers of a block, or, as in PyTorch,
/// to the last that is NaN.
package func maxPoolGradient(
  _ x: UnsafePointer<Float>, gradient: UnsafePointer<Float>, images: Int, height: Int, width: Int,
  channels: Int, into result: UnsafeMutablePointer<Float>
) {
  let line = width * channels
  parallelFor(images * height / 2, costPerItem: 4 * line + 50) { rows in
    for row in rows {
      for position in 0..<width / 2 {
        let start = (2 * row) * line + 2 * position * channels
        let source = (row * (width / 2) + position) * channels
        for c in 0..<channels {
          let (first, second) = (start + c, start + c + channels)
          let (third, fourth) = (first + line, second + line)
          let upper = largest(x[first], x[second])
          let isFourth = isLarger(x[fourth], largest(upper, x[third]))
          let isThird = !isFourth && isLarger(x[third], upper)
          let isSecond = !isFourth && !isThird && isLarger(x[second], x[first])
          let gradient = gradient[source + c]
          result[first] = isFourth || isThird || isSecond ? 0 : gradient
          result[second] = isSecond ? gradient : 0
          result[third] = isThird ? gradient : 0
          result[fourth] = isFourth ? gradient : 0
        }
      }
    }
  }
}

/// The larger of two; NaN if one is.
@inline(__always)
private func largest(_ a: Float, _ b: Float) -> Float { a > b || a.isNaN ? a : b }

/// Whether a number takes the place of the largest before it.
@inline(__always)
private func isLarger(_ number: Float, _ largest: Float) -> Bool { number > largest || number.isNaN }
