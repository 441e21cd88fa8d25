/// One step of Adam (Kingma and Ba 2015) in place.
///
/// - Parameters:
///   - gradientScale: multiplies the gradient first (clipping by norm).
///   - firstMoment: running mean of the gradient, updated.
///   - secondMoment: running mean of its square, updated.
///   - firstCorrection: 1 − β₁ᵗ at step t, counted from 1.
///   - secondCorrection: 1 − β₂ᵗ.
///   - decay: the parameter is first multiplied by 1 − decay.
///   - epsilonBeforeCorrection: true adds ε to √v as Keras does, false to √(v / correction) as PyTorch.
package func adamStep(
  _ parameter: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, gradientScale: Float,
  firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>, count: Int,
  rate: Float, beta1: Float, beta2: Float, epsilon: Float, firstCorrection: Float,
  secondCorrection: Float, decay: Float, epsilonBeforeCorrection: Bool
) {
  // Both kinds are  step · m / (√v + ε′): √(v / c) + ε = (√v + ε·√c) / √c.
  let root = secondCorrection.squareRoot()
  let step = rate * root / firstCorrection
  let addend = epsilonBeforeCorrection ? epsilon : epsilon * root
  let keep = 1 - decay
  parallelFor(count, costPerItem: 3) { range in
    for i in range {
      let g = gradient[i] * gradientScale
      let m = beta1 * firstMoment[i] + (1 - beta1) * g
      let v = beta2 * secondMoment[i] + (1 - beta2) * (g * g)
      firstMoment[i] = m
      secondMoment[i] = v
      parameter[i] = parameter[i] * keep - step * m / (v.squareRoot() + addend)
    }
  }
}

/// The sum of the squares of `count` values, accurate to double precision.
package func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
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
