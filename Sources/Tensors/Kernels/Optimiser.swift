/// One Adam step in place.
package func adamStep(
  _ parameter: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, gradientScale: Float,
  firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>, count: Int,
  rate: Float, beta1: Float, beta2: Float, epsilon: Float, firstCorrection: Float,
  secondCorrection: Float, decay: Float, epsilonBeforeCorrection: Bool
) {
  for i in 0..<count {
    let g = gradient[i] * gradientScale
    firstMoment[i] = beta1 * firstMoment[i] + (1 - beta1) * g
    secondMoment[i] = beta2 * secondMoment[i] + (1 - beta2) * g * g
    let root = secondMoment[i].squareRoot()
    let scale = secondCorrection.squareRoot()
    let step =
      epsilonBeforeCorrection
      ? rate * scale / firstCorrection * firstMoment[i] / (root + epsilon)
      : rate * (firstMoment[i] / firstCorrection) / (root / scale + epsilon)
    parameter[i] = parameter[i] * (1 - decay) - step
  }
}

package func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
  var sum = 0.0
  for i in 0..<count { sum += Double(x[i]) * Double(x[i]) }
  return sum
}
