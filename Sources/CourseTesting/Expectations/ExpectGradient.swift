import Testing

/// The gradient of a function by finite differences.
///
/// Four points a number, (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h)) / 12h: the error falls with h⁴, so that a
/// step is large enough for single precision.
///
/// - Parameters:
///   - point: where; no kink of the function may be within two steps.
///   - step: h.
///   - function: the same number for the same input: it draws its random numbers from a seed of its own.
public func finiteDifferenceGradient(
  at point: [Float], step: Float = 1 / 32, of function: ([Float]) throws -> Float
) rethrows -> [Float] {
  try point.indices.map { index in
    let terms: [(offset: Float, weight: Double)] = [(-2, 1), (-1, -8), (1, 8), (2, -1)]
    return Float(
      try terms.reduce(0.0) { sum, term in
        var moved = point
        moved[index] += term.offset * step
        return sum + term.weight * Double(try function(moved))
      } / Double(12 * step))
  }
}

/// Expects a gradient to agree with finite differences that the grader takes itself.
///
/// - Parameters:
///   - gradient: what the answer returned, or what came out of `valueWithGradient` around it.
///   - point: where the gradient was taken; its shape is that of the gradient.
///   - what: what was checked.
///   - tolerance: how far a number may be off.
///   - mistakes: gradients that known mistakes lead to.
///   - function: what the gradient is of, from the numbers of `point`.
/// - Returns: whether it does.
@discardableResult
public func expectGradient(
  _ gradient: some NumericArray, at point: some NumericArray, _ what: String,
  within tolerance: Tolerance = .finiteDifferences, mistakes: [Mistake] = [],
  sourceLocation: SourceLocation = #_sourceLocation, of function: ([Float]) throws -> Float
) rethrows -> Bool {
  let expected = ShapedNumbers(
    shape: point.shape, scalars: try finiteDifferenceGradient(at: point.scalars, of: function))
  return expectClose(
    gradient, expected, what, within: tolerance, mistakes: mistakes, sourceLocation: sourceLocation)
}

private struct ShapedNumbers: NumericArray {
  let shape: [Int]
  let scalars: [Float]
}
