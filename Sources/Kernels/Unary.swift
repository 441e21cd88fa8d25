/// The functions of one value that tensors offer.
package enum UnaryOperation: Sendable {
  case exp, log, squareRoot, square, absolute
  case tanh, sigmoid, softplus, elu, relu, silu, gelu, logSigmoid
  case normalCumulative, symlog, symexp
}

/// y = f(x); y may be x.
package func apply(
  _ operation: UnaryOperation, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
) {
  switch operation {
  case .exp: map(Exponential.self, x, y, count)
  case .log: map(Logarithm.self, x, y, count)
  case .squareRoot: map(SquareRoot.self, x, y, count)
  case .square: map(Square.self, x, y, count)
  case .absolute: map(Absolute.self, x, y, count)
  case .tanh: map(HyperbolicTangent.self, x, y, count)
  case .sigmoid: map(Sigmoid.self, x, y, count)
  case .softplus: map(Softplus.self, x, y, count)
  case .elu: map(ELU.self, x, y, count)
  case .relu: map(ReLU.self, x, y, count)
  case .silu: map(SiLU.self, x, y, count)
  case .gelu: map(GELU.self, x, y, count)
  case .logSigmoid: map(LogSigmoid.self, x, y, count)
  case .normalCumulative: map(NormalCumulative.self, x, y, count)
  case .symlog: map(Symlog.self, x, y, count)
  case .symexp: map(Symexp.self, x, y, count)
  }
}

/// out = gradient · f′(x), given x and y = f(x); out may be one of them.
package func applyDerivative(
  _ operation: UnaryOperation, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
  gradient: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
) {
  switch operation {
  case .exp: mapDerivative(Exponential.self, x, y, gradient, out, count)
  case .log: mapDerivative(Logarithm.self, x, y, gradient, out, count)
  case .squareRoot: mapDerivative(SquareRoot.self, x, y, gradient, out, count)
  case .square: mapDerivative(Square.self, x, y, gradient, out, count)
  case .absolute: mapDerivative(Absolute.self, x, y, gradient, out, count)
  case .tanh: mapDerivative(HyperbolicTangent.self, x, y, gradient, out, count)
  case .sigmoid: mapDerivative(Sigmoid.self, x, y, gradient, out, count)
  case .softplus: mapDerivative(Softplus.self, x, y, gradient, out, count)
  case .elu: mapDerivative(ELU.self, x, y, gradient, out, count)
  case .relu: mapDerivative(ReLU.self, x, y, gradient, out, count)
  case .silu: mapDerivative(SiLU.self, x, y, gradient, out, count)
  case .gelu: mapDerivative(GELU.self, x, y, gradient, out, count)
  case .logSigmoid: mapDerivative(LogSigmoid.self, x, y, gradient, out, count)
  case .normalCumulative: mapDerivative(NormalCumulative.self, x, y, gradient, out, count)
  case .symlog: mapDerivative(Symlog.self, x, y, gradient, out, count)
  case .symexp: mapDerivative(Symexp.self, x, y, gradient, out, count)
  }
}

// MARK: Loops
// They are plain scalar loops, which the compiler turns into vectors because the functions below have no
// branches and no calls. Generic types rather than closures make sure that the functions are inlined.

private protocol UnaryFunction {
  /// The cost of a value for ``parallelFor(_:costPerItem:_:)``.
  static var cost: Int { get }
  static func value(_ x: Float) -> Float
  /// f′(x), given y = f(x).
  static func derivative(_ x: Float, _ y: Float) -> Float
  /// gradient · f′(x).
  static func pullback(_ gradient: Float, _ x: Float, _ y: Float) -> Float
}

extension UnaryFunction {
  @inline(__always)
  static func pullback(_ gradient: Float, _ x: Float, _ y: Float) -> Float { gradient * derivative(x, y) }
}

@inline(__always)
private func map<Function: UnaryFunction>(
  _: Function.Type, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int
) {
  parallelFor(count, costPerItem: Function.cost) { range in
    if x == y {  // With one pointer the compiler need not fear that they overlap.
      for i in range { y[i] = Function.value(y[i]) }
    } else {
      for i in range { y[i] = Function.value(x[i]) }
    }
  }
}

@inline(__always)
private func mapDerivative<Function: UnaryFunction>(
  _: Function.Type, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
  _ gradient: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int
) {
  parallelFor(count, costPerItem: 2) { range in
    if gradient == out {
      for i in range { out[i] = Function.pullback(out[i], x[i], y[i]) }
    } else {
      for i in range { out[i] = Function.pullback(gradient[i], x[i], y[i]) }
    }
  }
}

// MARK: Functions and their derivatives

private enum Exponential: UnaryFunction {
  static let cost = 2
  static func value(_ x: Float) -> Float { exponential(x) }
  static func derivative(_ x: Float, _ y: Float) -> Float { y }
}

private enum Logarithm: UnaryFunction {
  static let cost = 3
  static func value(_ x: Float) -> Float { logarithm(x) }
  static func derivative(_ x: Float, _ y: Float) -> Float { 1 / x }
  /// In one division, because 1 / x is infinite for the smallest numbers.
  static func pullback(_ gradient: Float, _ x: Float, _ y: Float) -> Float { gradient / x }
}

private enum SquareRoot: UnaryFunction {
  static let cost = 1
  static func value(_ x: Float) -> Float { x.squareRoot() }
  static func derivative(_ x: Float, _ y: Float) -> Float { 0.5 / y }
}

private enum Square: UnaryFunction {
  static let cost = 1
  static func value(_ x: Float) -> Float { x * x }
  static func derivative(_ x: Float, _ y: Float) -> Float { x + x }
}

private enum Absolute: UnaryFunction {
  static let cost = 1
  static func value(_ x: Float) -> Float { x.magnitude }
  static func derivative(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : (x < 0 ? -1 : 0) }
}

private enum HyperbolicTangent: UnaryFunction {
  static let cost = 3
  /// sign(x)·e / (e + 2) with e = exp(2·|x|) − 1, which rounds to ±1 long before |x| = 20.
  static func value(_ x: Float) -> Float {
    let magnitude = x.magnitude
    let e = exponentialMinus1(2 * (magnitude > 20 ? 20 : magnitude))
    let y = e / (e + 2)
    return x < 0 ? -y : y
  }
  static func derivative(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}

private enum Sigmoid: UnaryFunction {
  static let cost = 3
  static func value(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }
  static func derivative(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}

private enum Softplus: UnaryFunction {
  static let cost = 6
  /// log(1 + exp(x)) = max(x, 0) + log(1 + z) with z = exp(−|x|), at most 1.
  static func value(_ x: Float) -> Float {
    let z = exponential(-x.magnitude)
    let sum = 1 + z
    // z − (sum − 1) is what rounding took from the sum, and to first order from its logarithm.
    return (x < 0 ? 0 : x) + (normalLogarithm(sum) + (z - (sum - 1)))
  }
  static func derivative(_ x: Float, _ y: Float) -> Float { Sigmoid.value(x) }
}

private enum ELU: UnaryFunction {
  static let cost = 2
  static func value(_ x: Float) -> Float {
    let negative = exponentialMinus1(x < -20 ? -20 : x)
    return x > 0 ? x : negative
  }
  /// eˣ itself: y + 1 would have lost its digits where y is close to −1.
  static func derivative(_ x: Float, _ y: Float) -> Float {
    let negative = exponential(x)
    return x > 0 ? 1 : negative
  }
}

private enum ReLU: UnaryFunction {
  static let cost = 1
  static func value(_ x: Float) -> Float { x < 0 ? 0 : x }
  static func derivative(_ x: Float, _ y: Float) -> Float { x <= 0 ? 0 : 1 }
}

private enum SiLU: UnaryFunction {
  static let cost = 3
  static func value(_ x: Float) -> Float { x * Sigmoid.value(x) }
  static func derivative(_ x: Float, _ y: Float) -> Float {
    let sigmoid = Sigmoid.value(x)
    return sigmoid + y * (1 - sigmoid)
  }
}

private enum GELU: UnaryFunction {
  static let cost = 4
  static func value(_ x: Float) -> Float { x * normalDistribution(x).cumulative }
  static func derivative(_ x: Float, _ y: Float) -> Float {
    let (cumulative, density) = normalDistribution(x)
    return cumulative + x * density
  }
}

private enum LogSigmoid: UnaryFunction {
  static let cost = 6
  static func value(_ x: Float) -> Float { -Softplus.value(-x) }
  static func derivative(_ x: Float, _ y: Float) -> Float { Sigmoid.value(-x) }
}

private enum NormalCumulative: UnaryFunction {
  static let cost = 4
  static func value(_ x: Float) -> Float { normalDistribution(x).cumulative }
  static func derivative(_ x: Float, _ y: Float) -> Float { normalDistribution(x).density }
}

private enum Symlog: UnaryFunction {
  static let cost = 6
  static func value(_ x: Float) -> Float {
    let magnitude = x.magnitude
    let sum = 1 + magnitude
    // As in `Softplus`; the sum may be large here, so that the rest counts as a part of it.
    let finite = normalLogarithm(sum) + (magnitude - (sum - 1)) / sum
    let y = magnitude == .infinity ? magnitude : finite
    return x < 0 ? -y : y
  }
  static func derivative(_ x: Float, _ y: Float) -> Float { 1 / (1 + x.magnitude) }
}

private enum Symexp: UnaryFunction {
  static let cost = 5
  static func value(_ x: Float) -> Float {
    let magnitude = x.magnitude
    let small = exponentialMinus1(magnitude > 40 ? 40 : magnitude)
    let y = magnitude > 40 ? exponential(magnitude) : small
    return x < 0 ? -y : y
  }
  static func derivative(_ x: Float, _ y: Float) -> Float { 1 + y.magnitude }
}

// MARK: Exponential and logarithm
// The polynomials are those of S. Moshier's Cephes library; errors are within two units in the last place.

/// a·b + c, fused where the processor can.
@inline(__always)
private func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float {
  #if NO_FMA
    a * b + c
  #else
    c.addingProduct(a, b)
  #endif
}

/// exp(x) = (1 + fraction)·2ⁿ; n is returned in the place of a float's exponent bits.
@inline(__always)
private func splitExponential(_ x: Float) -> (fraction: Float, exponentBits: UInt32) {
  // Adding 1.5·2²³ rounds x / ln 2 to the integer n and leaves n in the lowest bits.
  let magic: Float = 12_582_912
  let shifted = multiplyAdd(x, 1.442_695_04, magic)
  let n = shifted - magic
  // r = x − n·ln 2, within ± ln 2 / 2; ln 2 is the sum of a short number and a small one.
  let r = multiplyAdd(n, 2.121_944_40e-4, multiplyAdd(n, -0.693_359_375, x))
  var p: Float = 1.987_569_15e-4
  p = multiplyAdd(p, r, 1.398_199_95e-3)
  p = multiplyAdd(p, r, 8.333_451_91e-3)
  p = multiplyAdd(p, r, 4.166_579_59e-2)
  p = multiplyAdd(p, r, 1.666_666_55e-1)
  p = multiplyAdd(p, r, 0.5)
  return (multiplyAdd(p, r * r, r), shifted.bitPattern &<< 23)
}

/// exp(x); 0 where the result would be below the smallest normal number.
@inline(__always)
private func exponential(_ x: Float) -> Float {
  let (fraction, exponentBits) = splitExponential(x)
  let y = Float(bitPattern: (1 + fraction).bitPattern &+ exponentBits)
  let orZero = x < -87.336_54 ? 0 : y
  let orInfinity = x > 88.722_83 ? Float.infinity : orZero
  return x.isNaN ? x : orInfinity
}

/// exp(x) − 1 for |x| ≤ 40, without cancellation near 0.
@inline(__always)
private func exponentialMinus1(_ x: Float) -> Float {
  let (fraction, exponentBits) = splitExponential(x)
  let scale = Float(bitPattern: Float(1).bitPattern &+ exponentBits)
  return multiplyAdd(scale, fraction, scale - 1)
}

/// Φ(x) and φ(x) of the standard normal distribution, good to 10⁻⁷.
///
/// Source: Abramowitz and Stegun 7.1.26 for erfc(|x| / √2).
@inline(__always)
private func normalDistribution(_ x: Float) -> (cumulative: Float, density: Float) {
  let bell = exponential(-0.5 * x * x)
  let t = 1 / multiplyAdd(x.magnitude, 0.231_641_89, 1)
  var p: Float = 0.530_702_715
  p = multiplyAdd(p, t, -0.726_576_014)
  p = multiplyAdd(p, t, 0.710_706_871)
  p = multiplyAdd(p, t, -0.142_248_368)
  p = multiplyAdd(p, t, 0.127_414_796)
  let tail = p * t * bell
  return (x < 0 ? tail : 1 - tail, 0.398_942_28 * bell)
}

/// log(x); −∞ for 0, not a number below.
@inline(__always)
private func logarithm(_ x: Float) -> Float {
  let isSubnormal = x < Float.leastNormalMagnitude
  let y = normalLogarithm(isSubnormal ? x * 0x1p23 : x) - (isSubnormal ? 15.942_385 : 0)
  let orInfinity = x == .infinity ? x : (x == 0 ? -Float.infinity : y)
  return x < 0 ? .nan : (x.isNaN ? x : orInfinity)
}

/// log(x) for a normal, positive, finite x (of others, some number).
@inline(__always)
private func normalLogarithm(_ x: Float) -> Float {
  // x = (1 + f)·2ᵉ with 1 + f in [√½, √2).
  let halfRoot: UInt32 = 0x3F35_04F3
  let bits = x.bitPattern &- halfRoot
  let exponent = Float(Int32(bitPattern: bits) &>> 23)
  let f = Float(bitPattern: (bits & 0x007F_FFFF) &+ halfRoot) - 1
  var p: Float = 7.037_683_63e-2
  p = multiplyAdd(p, f, -1.151_461_03e-1)
  p = multiplyAdd(p, f, 1.167_699_87e-1)
  p = multiplyAdd(p, f, -1.242_014_08e-1)
  p = multiplyAdd(p, f, 1.424_932_28e-1)
  p = multiplyAdd(p, f, -1.666_805_77e-1)
  p = multiplyAdd(p, f, 2.000_071_48e-1)
  p = multiplyAdd(p, f, -2.499_999_40e-1)
  p = multiplyAdd(p, f, 3.333_333_12e-1)
  let square = f * f
  let tail = multiplyAdd(square, -0.5, multiplyAdd(exponent, -2.121_944_40e-4, p * f * square))
  return multiplyAdd(exponent, 0.693_359_375, f + tail)
}
