/// Functions of the rows of a matrix, all of them finite for any finite row: the largest number is
/// taken off before the exponential.
///
/// As in PyTorch, +∞ makes NaN of a whole softmax, and so does a row of nothing but −∞.
package enum SoftmaxOperation: Sendable { case softmax, logSoftmax, logSumExp }

/// y = softmax(scale·x) or logSoftmax(x), [rows, width], or logSumExp(x), [rows]; a softmax may be in place.
package func softmaxRows(
  _ operation: SoftmaxOperation, _ x: UnsafePointer<Float>, scale: Float = 1, rows: Int, width: Int,
  into y: UnsafeMutablePointer<Float>
) {
  forEachBlock(rows, width) { first, count, scratch, maxima, sums in
    let x = x + first * width
    let y = operation == .logSumExp ? y + first : y + first * width
    let shifted = operation == .softmax ? y : scratch
    reduce(.maximum, x, outer: count, reduced: width, inner: 1, into: maxima)
    // The logarithm of an infinite sum is infinite, but the difference from an infinite maximum is NaN.
    if operation == .logSumExp {
      for row in 0..<count where maxima[row].isInfinite { maxima[row] = 0 }
    }
    for row in 0..<count {
      scaleAndShift(
        x + row * width, scale: scale, shift: -scale * maxima[row], into: shifted + row * width, count: width)
    }
    apply(.exp, shifted, into: shifted, count: count * width)
    reduce(.sum, shifted, outer: count, reduced: width, inner: 1, into: sums)
    if operation == .softmax {
      for row in 0..<count {
        let (to, scale) = (y + row * width, 1 / sums[row])
        for i in 0..<width { to[i] *= scale }
      }
      return
    }
    apply(.log, sums, into: sums, count: count)
    if operation == .logSumExp {
      for row in 0..<count { y[row] = maxima[row] + sums[row] }
      return
    }
    for row in 0..<count {
      let (from, to, maximum, sum) = (x + row * width, y + row * width, maxima[row], sums[row])
      for i in 0..<width { to[i] = from[i] - maximum - sum }
    }
  }
}

/// The gradient of ``softmaxRows`` from y and the gradient of y; `x` is needed for `logSumExp` only.
package func softmaxRowsGradient(
  _ operation: SoftmaxOperation, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
  gradient: UnsafePointer<Float>, rows: Int, width: Int, into out: UnsafeMutablePointer<Float>
) {
  forEachBlock(rows, width) { first, count, _, _, sums in
    let (start, out) = (first * width, out + first * width)
    switch operation {
    case .softmax:  // y·(g − Σ g·y)
      let (y, gradient) = (y + start, gradient + start)
      for i in 0..<count * width { out[i] = gradient[i] * y[i] }
      reduce(.sum, out, outer: count, reduced: width, inner: 1, into: sums)
      for row in 0..<count {
        let (y, out, sum) = (y + row * width, out + row * width, sums[row])
        for i in 0..<width { out[i] -= y[i] * sum }
      }
    case .logSoftmax:  // g − eʸ·Σ g
      let gradient = gradient + start
      apply(.exp, y + start, into: out, count: count * width)
      reduce(.sum, gradient, outer: count, reduced: width, inner: 1, into: sums)
      for row in 0..<count {
        let (gradient, out, sum) = (gradient + row * width, out + row * width, sums[row])
        for i in 0..<width { out[i] = gradient[i] - out[i] * sum }
      }
    case .logSumExp:  // g·exp(x − y)
      for row in 0..<count {
        let (x, out, y) = (x + start + row * width, out + row * width, y[first + row])
        for i in 0..<width { out[i] = x[i] - y }
      }
      apply(.exp, out, into: out, count: count * width)
      for row in 0..<count {
        let (out, gradient) = (out + row * width, gradient[first + row])
        for i in 0..<width { out[i] *= gradient }
      }
    }
  }
}

/// Calls `body` with blocks of rows that stay in the first-level cache: the first row, how many, memory
/// for their numbers, and two numbers for each row.
private func forEachBlock(
  _ rows: Int, _ width: Int,
  _ body: (
    Int, Int, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
  ) -> Void
) {
  let blockRows = max(1, 2048 / max(width, 1))
  parallelFor(rows, costPerItem: 6 * width + 30) { range in
    let scratch = Storage(count: blockRows * (width + 2))
    let maxima = scratch.pointer + blockRows * width
    for first in stride(from: range.lowerBound, to: range.upperBound, by: blockRows) {
      let count = min(blockRows, range.upperBound - first)
      body(first, count, scratch.pointer, maxima, maxima + blockRows)
    }
    withExtendedLifetime(scratch) {}
  }
}
