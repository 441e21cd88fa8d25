import Foundation

/// The functions of one value that tensors offer.
package enum UnaryOperation: Sendable {
  case negate, exp, log, squareRoot, square, reciprocal, absolute
  case tanh, sigmoid, softplus, elu, relu, silu, logSigmoid
}

private func value(_ operation: UnaryOperation, _ x: Float) -> Float {
  switch operation {
  case .negate: -x
  case .exp: Foundation.exp(x)
  case .log: Foundation.log(x)
  case .squareRoot: x.squareRoot()
  case .square: x * x
  case .reciprocal: 1 / x
  case .absolute: abs(x)
  case .tanh: Foundation.tanh(x)
  case .sigmoid: 1 / (1 + Foundation.exp(-x))
  case .softplus: max(x, 0) + log1p(Foundation.exp(-abs(x)))
  case .elu: x > 0 ? x : expm1(x)
  case .relu: max(x, 0)
  case .silu: x / (1 + Foundation.exp(-x))
  case .logSigmoid: min(x, 0) - log1p(Foundation.exp(-abs(x)))
  }
}

private func derivative(_ operation: UnaryOperation, _ x: Float, _ y: Float) -> Float {
  switch operation {
  case .negate: -1
  case .exp: y
  case .log: 1 / x
  case .squareRoot: 0.5 / y
  case .square: 2 * x
  case .reciprocal: -y * y
  case .absolute: x > 0 ? 1 : x < 0 ? -1 : 0
  case .tanh: 1 - y * y
  case .sigmoid: y * (1 - y)
  case .softplus: value(.sigmoid, x)
  case .elu: x > 0 ? 1 : y + 1
  case .relu: x > 0 ? 1 : 0
  case .silu: value(.sigmoid, x) * (1 + x - y)
  case .logSigmoid: value(.sigmoid, -x)
  }
}

package func apply(
  _ operation: UnaryOperation, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] = value(operation, x[i]) }
}

/// out = gradient · f′(x), given x and y = f(x).
package func applyDerivative(
  _ operation: UnaryOperation, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
  gradient: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { out[i] = gradient[i] * derivative(operation, x[i], y[i]) }
}

/// y = x·scale + shift
package func scaleAndShift(
  _ x: UnsafePointer<Float>, scale: Float, shift: Float, into y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] = x[i] * scale + shift }
}

/// y += x·scale
package func addScaled(
  _ x: UnsafePointer<Float>, scale: Float, to y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] += x[i] * scale }
}

/// y = min(max(x, low), high)
package func clamp(
  _ x: UnsafePointer<Float>, low: Float, high: Float, into y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] = min(max(x[i], low), high) }
}

/// out = gradient where low ≤ x ≤ high, else 0
package func clampDerivative(
  _ x: UnsafePointer<Float>, gradient: UnsafePointer<Float>, low: Float, high: Float,
  into out: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { out[i] = x[i] >= low && x[i] <= high ? gradient[i] : 0 }
}
