import Foundation
import Kernels
import Testing

@Suite struct KernelUnaryTests {
  /// Each function in double precision, its derivative, and the range in which it is sampled.
  struct Reference: Sendable, CustomTestStringConvertible {
    let operation: UnaryOperation
    let range: ClosedRange<Double>
    let value: @Sendable (Double) -> Double
    let derivative: @Sendable (Double) -> Double
    var testDescription: String { "\(operation)" }
  }

  static let references: [Reference] = [
    Reference(operation: .exp, range: -87.3...88.7) {
      exp($0)
    } derivative: {
      exp($0)
    },
    Reference(operation: .log, range: 1e-40...1e5) {
      log($0)
    } derivative: {
      1 / $0
    },
    Reference(operation: .squareRoot, range: 0...1e30) {
      $0.squareRoot()
    } derivative: {
      0.5 / $0.squareRoot()
    },
    Reference(operation: .square, range: -1e15...1e15) {
      $0 * $0
    } derivative: {
      2 * $0
    },
    Reference(operation: .absolute, range: -1e30...1e30) {
      abs($0)
    } derivative: {
      $0 > 0 ? 1 : ($0 < 0 ? -1 : 0)
    },
    Reference(operation: .tanh, range: -50...50) {
      tanh($0)
    } derivative: {
      1 / (cosh($0) * cosh($0))
    },
    Reference(operation: .sigmoid, range: -80...100) {
      1 / (1 + exp(-$0))
    } derivative: {
      logistic($0) * logistic(-$0)
    },
    Reference(operation: .softplus, range: -80...100) {
      softplus($0)
    } derivative: {
      logistic($0)
    },
    Reference(operation: .elu, range: -100...100) {
      $0 > 0 ? $0 : expm1($0)
    } derivative: {
      $0 > 0 ? 1 : exp($0)
    },
    Reference(operation: .relu, range: -100...100) {
      max($0, 0)
    } derivative: {
      $0 > 0 ? 1 : 0
    },
    Reference(operation: .silu, range: -80...100) {
      $0 * logistic($0)
    } derivative: {
      logistic($0) * (1 + $0 * logistic(-$0))
    },
    Reference(operation: .logSigmoid, range: -100...80) {
      -softplus(-$0)
    } derivative: {
      logistic(-$0)
    },
    Reference(operation: .symlog, range: -1e30...1e30) {
      $0 < 0 ? -log1p(-$0) : log1p($0)
    } derivative: {
      1 / (1 + abs($0))
    },
    Reference(operation: .symexp, range: -88...88) {
      $0 < 0 ? -expm1(-$0) : expm1($0)
    } derivative: {
      exp(abs($0))
    },
  ]

  /// Values spread evenly over the range, values near 0 of every magnitude, and 1.
  static func samples(_ range: ClosedRange<Double>) -> [Float] {
    var values: [Float] = (0...1000).map {
      Float(range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / 1000)
    }
    for exponent in -36...4 {
      for mantissa in [1.0, 1.37, 2.9, 7.1] {
        values.append(Float(mantissa * pow(10, Double(exponent))))
        values.append(Float(-mantissa * pow(10, Double(exponent))))
      }
    }
    values.append(1)
    return values.filter { range.contains(Double($0)) }
  }

  @Test(arguments: references)
  func valuesAreAccurate(_ reference: Reference) {
    let x = KernelBuffer(Self.samples(reference.range))
    let y = KernelBuffer(empty: x.count)
    apply(reference.operation, x.pointer, into: y.start, count: x.count)
    for i in 0..<x.count where !isClose(y[i], reference.value(Double(x[i]))) {
      Issue.record("\(reference.operation)(\(x[i])) = \(y[i]), not \(reference.value(Double(x[i])))")
    }
  }

  @Test(arguments: references)
  func derivativesAreAccurate(_ reference: Reference) {
    let x = KernelBuffer(Self.samples(reference.range))
    let y = KernelBuffer(empty: x.count)
    let gradient = KernelBuffer(random: x.count, seed: 3)
    let out = KernelBuffer(empty: x.count)
    apply(reference.operation, x.pointer, into: y.start, count: x.count)
    applyDerivative(
      reference.operation, x: x.pointer, y: y.pointer, gradient: gradient.pointer, into: out.start,
      count: x.count)
    for i in 0..<x.count where abs(reference.derivative(Double(x[i]))) < 1e38 {
      let expected = Double(gradient[i]) * reference.derivative(Double(x[i]))
      // 1 − y² and y + 1 lose digits where the derivative vanishes.
      let absolute = 3e-7 * abs(Double(gradient[i]))
      #expect(isClose(out[i], expected, absolute: absolute), "\(reference.operation)′(\(x[i]))")
    }
  }

  @Test(arguments: references, [1, 15, 16, 17, 100])
  func everyCountAndInPlace(_ reference: Reference, count: Int) {
    let x = KernelBuffer((0..<count).map { Float($0) / 9 + 0.1 })
    let y = KernelBuffer(empty: count)
    apply(reference.operation, x.pointer, into: y.start, count: count)
    let slope = KernelBuffer(empty: count)
    let ones = KernelBuffer([Float](repeating: 1, count: count))
    applyDerivative(
      reference.operation, x: x.pointer, y: y.pointer, gradient: ones.pointer, into: slope.start, count: count
    )
    #expect(!y.values.contains(-12345) && !slope.values.contains(-12345))
    applyDerivative(
      reference.operation, x: x.pointer, y: y.pointer, gradient: ones.pointer, into: ones.start, count: count)
    apply(reference.operation, x.pointer, into: x.start, count: count)
    for i in 0..<count {
      #expect(isClose(x[i], Double(y[i])))
      #expect(isClose(ones[i], Double(slope[i])))
    }
  }

  /// Small results come from a difference that is only good to the digits of 1.
  @Test func geluIsAccurate() {
    let x = KernelBuffer(Self.samples(-100...100))
    let (y, slope) = (KernelBuffer(empty: x.count), KernelBuffer(empty: x.count))
    let ones = KernelBuffer([Float](repeating: 1, count: x.count))
    apply(.gelu, x.pointer, into: y.start, count: x.count)
    applyDerivative(
      .gelu, x: x.pointer, y: y.pointer, gradient: ones.pointer, into: slope.start, count: x.count)
    for i in 0..<x.count {
      let value = Double(x[i])
      let cumulative = 0.5 * erfc(-value / 2.0.squareRoot())
      let density = exp(-value * value / 2) / (2 * Double.pi).squareRoot()
      #expect(isClose(y[i], value * cumulative, relative: 4e-7, absolute: 3e-7), "gelu(\(value))")
      #expect(
        isClose(slope[i], cumulative + value * density, relative: 4e-7, absolute: 4e-7), "gelu′(\(value))")
    }
  }

  @Test func extremes() {
    func value(_ operation: UnaryOperation, _ x: Float) -> Float {
      let buffer = KernelBuffer([x])
      apply(operation, buffer.pointer, into: buffer.start, count: 1)
      return buffer[0]
    }
    let infinity = Float.infinity
    #expect(value(.exp, infinity) == infinity && value(.exp, -infinity) == 0 && value(.exp, 0) == 1)
    #expect(value(.exp, 89) == infinity && value(.exp, -200) == 0 && value(.exp, -3e38) == 0)
    #expect(value(.log, 0) == -infinity && value(.log, infinity) == infinity && value(.log, 1) == 0)
    #expect(value(.log, -1).isNaN && value(.log, -infinity).isNaN && value(.squareRoot, -1).isNaN)
    #expect(value(.tanh, infinity) == 1 && value(.tanh, -infinity) == -1 && value(.tanh, 3e38) == 1)
    #expect(value(.tanh, 50) == 1 && value(.tanh, -50) == -1 && value(.tanh, 0) == 0)
    #expect(value(.sigmoid, infinity) == 1 && value(.sigmoid, -infinity) == 0 && value(.sigmoid, 0) == 0.5)
    #expect(value(.softplus, 100) == 100 && value(.softplus, 3e38) == 3e38 && value(.softplus, -200) == 0)
    #expect(value(.softplus, infinity) == infinity && value(.softplus, -infinity) == 0)
    #expect(value(.logSigmoid, -100) == -100 && value(.logSigmoid, 200) == 0)
    #expect(value(.elu, -infinity) == -1 && value(.elu, infinity) == infinity && value(.silu, -200) == 0)
    for reference in Self.references {
      #expect(value(reference.operation, .nan).isNaN, "\(reference.operation)(NaN)")
    }
  }

  @Test(arguments: [1, 16, 33, 1000])
  func linearFunctions(count: Int) {
    let x = KernelBuffer(random: count, seed: 1)
    let y = KernelBuffer(random: count, seed: 2)
    let before = y.values
    let out = KernelBuffer(empty: count)
    scaleAndShift(x.pointer, scale: 2, shift: -1, into: out.start, count: count)
    #expect(out.values == x.values.map { $0 * 2 - 1 })
    addScaled(x.pointer, scale: 0.5, to: y.start, count: count)
    #expect(y.values == zip(before, x.values).map { $0 + 0.5 * $1 })
    clamp(x.pointer, low: -0.5, high: 0.25, into: out.start, count: count)
    #expect(out.values == x.values.map { min(max($0, -0.5), 0.25) })
    clampDerivative(x.pointer, gradient: y.pointer, low: -0.5, high: 0.25, into: out.start, count: count)
    let unclamped: ClosedRange<Float> = -0.5...0.25
    #expect(out.values == zip(x.values, y.values).map { unclamped.contains($0) ? $1 : 0 })
    let doubled = x.values.map { $0 * 2 + 1 }
    scaleAndShift(x.pointer, scale: 2, shift: 1, into: x.start, count: count)
    #expect(x.values == doubled)
    clamp(x.pointer, low: 0, high: 1, into: x.start, count: count)
    #expect(x.values == doubled.map { min(max($0, 0), 1) })
  }

  @Test func clampKeepsItsBoundsAndNaN() {
    let x = KernelBuffer([-1, 1, .nan, -.infinity, .infinity])
    let out = KernelBuffer(empty: 5)
    let gradient = KernelBuffer([1, 2, 3, 4, 5])
    clampDerivative(x.pointer, gradient: gradient.pointer, low: -1, high: 1, into: out.start, count: 5)
    #expect(out.values == [1, 2, 0, 0, 0])
    clamp(x.pointer, low: -1, high: 1, into: out.start, count: 5)
    #expect(out[2].isNaN && out[3] == -1 && out[4] == 1)
  }
}

private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
