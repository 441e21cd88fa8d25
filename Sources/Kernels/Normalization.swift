/// y = (x − mean) / √(variance + epsilon)·scale + offset, row by row, with the variance around the mean; or
/// without taking the mean off (`centers` false) by the root of the mean square.
///
/// `scale` and `offset` (`width` numbers each) may be nil. `means` and `inverses` receive each row's mean and
/// 1 / √(variance + epsilon) for the gradients.
package func normalizeRows(
  _ x: UnsafePointer<Float>, rows: Int, width: Int, centers: Bool, epsilon: Float,
  scale: UnsafePointer<Float>?, offset: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>,
  means: UnsafeMutablePointer<Float>, inverses: UnsafeMutablePointer<Float>
) {
  parallelFor(rows, costPerItem: 6 * width + 50) { range in
    for row in range {
      let (x, y) = (x + row * width, y + row * width)
      let mean = centers ? sum(x, width) / Float(width) : 0
      for i in 0..<width { y[i] = x[i] - mean }
      let inverse = 1 / (innerProduct(y, y, width) / Float(width) + epsilon).squareRoot()
      (means[row], inverses[row]) = (mean, inverse)
      for i in 0..<width { y[i] *= inverse }
      if let scale { for i in 0..<width { y[i] *= scale[i] } }
      if let offset { for i in 0..<width { y[i] += offset[i] } }
    }
  }
}

/// The gradients of ``normalizeRows`` with respect to x, [rows, width], and to scale and offset, [width].
package func normalizeRowsGradient(
  _ gradient: UnsafePointer<Float>, x: UnsafePointer<Float>, rows: Int, width: Int, centers: Bool,
  means: UnsafePointer<Float>, inverses: UnsafePointer<Float>, scale: UnsafePointer<Float>?,
  into out: UnsafeMutablePointer<Float>, scaleGradient: UnsafeMutablePointer<Float>,
  offsetGradient: UnsafeMutablePointer<Float>
) {
  // The sums over rows are made of those of fixed blocks, whatever the number of threads.
  let blockRows = 32
  let blocks = (rows + blockRows - 1) / blockRows
  let partial = Storage(count: 2 * blocks * width)
  let (scaleSums, offsetSums) = (partial.pointer, partial.pointer + blocks * width)
  parallelFor(blocks, costPerItem: blockRows * (10 * width + 50)) { range in
    let scratch = Storage(count: 2 * width)
    let (normal, weighted) = (scratch.pointer, scratch.pointer + width)
    for block in range {
      let (scaleSum, offsetSum) = (scaleSums + block * width, offsetSums + block * width)
      scaleSum.update(repeating: 0, count: width)
      offsetSum.update(repeating: 0, count: width)
      for row in block * blockRows..<min(block * blockRows + blockRows, rows) {
        let (gradient, x, out) = (gradient + row * width, x + row * width, out + row * width)
        let (mean, inverse) = (means[row], inverses[row])
        for i in 0..<width { normal[i] = (x[i] - mean) * inverse }
        for i in 0..<width { scaleSum[i] += gradient[i] * normal[i] }
        for i in 0..<width { offsetSum[i] += gradient[i] }
        if let scale {
          for i in 0..<width { weighted[i] = gradient[i] * scale[i] }
        } else {
          weighted.update(from: gradient, count: width)
        }
        // What changes mean and variance has no effect on the result.
        let along = innerProduct(weighted, normal, width) / Float(width)
        let average = centers ? sum(weighted, width) / Float(width) : 0
        for i in 0..<width { out[i] = (weighted[i] - average - normal[i] * along) * inverse }
      }
    }
    withExtendedLifetime(scratch) {}
  }
  reduce(.sum, scaleSums, outer: 1, reduced: blocks, inner: width, into: scaleGradient)
  reduce(.sum, offsetSums, outer: 1, reduced: blocks, inner: width, into: offsetGradient)
  withExtendedLifetime(partial) {}
}

private func sum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
  var result: Float = 0
  reduce(.sum, x, outer: 1, reduced: count, inner: 1, into: &result)
  return result
}

private func innerProduct(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
  typealias Vector = SIMD16<Float>
  var (even, odd) = (Vector.zero, Vector.zero)
  @inline(__always) func product(_ i: Int) -> Vector {
    UnsafeRawPointer(a + i).loadUnaligned(as: Vector.self)
      * UnsafeRawPointer(b + i).loadUnaligned(as: Vector.self)
  }
  var i = 0
  while i + 32 <= count {
    even += product(i)
    odd += product(i + 16)
    i += 32
  }
  var rest: Float = 0
  for i in i..<count { rest += a[i] * b[i] }
  return (even + odd).sum() + rest
}
