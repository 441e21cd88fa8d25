/// One step of Adam (Kingma and Ba 2015) in place.
///
/// - Parameters:
///   - gradientScale: multiplies the gradient first (clipping by norm).
///   - firstMoment: running mean m of the gradient, updated.
///   - secondMoment: running mean v of its square, updated.
///   - rate: the parameter moves by −rate·m / (√v + epsilon).
///   - decay: the parameter is first multiplied by 1 − decay.
package func adamStep(
  _ parameter: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, gradientScale: Float,
  firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>, count: Int,
  rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float
) {
  let keep = 1 - decay
  parallelFor(count, costPerItem: 3) { range in
    for i in range {
      let g = gradient[i] * gradientScale
      let m = beta1 * firstMoment[i] + (1 - beta1) * g
      let v = beta2 * secondMoment[i] + (1 - beta2) * (g * g)
      firstMoment[i] = m
      secondMoment[i] = v
      parameter[i] = parameter[i] * keep - rate * m / (v.squareRoot() + epsilon)
    }
  }
}

/// One step of LaProp (Ziyin, Wang and Ueda 2020) in place.
///
/// - Parameters:
///   - firstMoment: running mean m of gradient / (√(v / secondCorrection) + epsilon), updated.
///   - secondMoment: running mean v of the gradient's square, updated.
///   - rate: the parameter moves by −rate·m.
package func laPropStep(
  _ parameter: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
  firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>, count: Int,
  rate: Float, beta1: Float, beta2: Float, epsilon: Float, secondCorrection: Float
) {
  parallelFor(count, costPerItem: 3) { range in
    for i in range {
      let g = gradient[i]
      let v = beta2 * secondMoment[i] + (1 - beta2) * (g * g)
      let normalised = g / ((v / secondCorrection).squareRoot() + epsilon)
      let m = beta1 * firstMoment[i] + (1 - beta1) * normalised
      firstMoment[i] = m
      secondMoment[i] = v
      parameter[i] -= rate * m
    }
  }
}

/// The sum of the squares of `count` values, accurate to double precision.
package func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
  // Blocks whose sums do not depend on the number of threads.
  let block = 1 << 16
  let blocks = (count + block - 1) / block
  if blocks < 2 { return sumOfSquaresInOrder(x, count) }
  return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { sums in
    parallelFor(blocks, costPerItem: block) { range in
      for index in range {
        sums[index] = sumOfSquaresInOrder(x + index * block, min(block, count - index * block))
      }
    }
    return sums.reduce(0, +)
  }
}

private func sumOfSquaresInOrder(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
  typealias Vector = SIMD8<Double>
  var (left, right) = (Vector.zero, Vector.zero)
  var i = 0
  while i + 16 <= count {
    let values = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD16<Float>.self)
    let (a, b) = (Vector(values.lowHalf), Vector(values.highHalf))
    left += a * a
    right += b * b
    i += 16
  }
  var sum = (left + right).sum()
  while i < count {
    sum += Double(x[i]) * Double(x[i])
    i += 1
  }
  return sum
}
