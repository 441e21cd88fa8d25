import Testing

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
