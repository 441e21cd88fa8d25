import Testing

/// Expects numbers to have a shape and values; says what is wrong in the order shape, finiteness, values,
/// and names the likely mistake.
///
/// - Parameters:
///   - actual: what the answer returned.
///   - expected: what an independent oracle says.
///   - what: what was checked and with which input, such as `"meanOfSquares([1, −2, 4])"`.
///   - tolerance: how far a number may be off.
///   - mistakes: values that known mistakes lead to. One that is within the tolerance of the expected value
///     is itself an issue: the check could not tell them apart.
/// - Returns: whether all was as expected.
@discardableResult
public func expectClose(
  _ actual: some NumericArray, _ expected: some NumericArray, _ what: String,
  within tolerance: Tolerance = .standard, mistakes: [Mistake] = [],
  sourceLocation: SourceLocation = #_sourceLocation
) -> Bool {
  report(closenessProblem(actual, expected, tolerance, mistakes), what, sourceLocation)
}

/// Expects numbers to have a shape, all of them finite.
///
/// - Returns: whether they have.
@discardableResult
public func expectShape(
  _ actual: some NumericArray, _ expected: [Int], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Bool {
  report(shapeProblem(actual, expected), what, sourceLocation)
}

/// Expects at least one number to differ from zero: a gradient that must arrive.
///
/// - Parameters:
///   - what: what the numbers are.
///   - reason: completes "likely …" if all are zero, such as `"stopGradient around the dynamics"`.
/// - Returns: whether one does.
@discardableResult
public func expectNonzero(
  _ actual: some NumericArray, _ what: String, likely reason: String,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Bool {
  report(zeroProblem(actual, reason), what, sourceLocation)
}

/// Records a problem, if there is one.
private func report(_ problem: [String]?, _ what: String, _ sourceLocation: SourceLocation) -> Bool {
  guard let problem else { return true }
  let text = (["checked   \(what)"] + problem).joined(separator: "\n")
  Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
  return false
}

// MARK: What there is to say

/// Lines that tell how the numbers differ and why; nil if they do not.
func closenessProblem(
  _ actual: some NumericArray, _ expected: some NumericArray, _ tolerance: Tolerance = .standard,
  _ mistakes: [Mistake] = []
) -> [String]? {
  let comparison = Comparison(
    shape: actual.shape, actual: actual.scalars, expectedShape: expected.shape, expected: expected.scalars,
    tolerance: tolerance)
  for mistake in mistakes
  where mistake.shape == expected.shape && tolerance.accepts(mistake.scalars, comparison.expected) {
    return ["the check cannot tell '\(mistake.name)' from a right answer"]
  }
  guard let difference = comparison.difference else { return nil }
  return difference + (comparison.likelyMistake(mistakes).map { ["likely    looks like \($0)"] } ?? [])
}

/// Lines that tell why the shape is wrong, or which number is not finite.
func shapeProblem(_ actual: some NumericArray, _ expected: [Int]) -> [String]? {
  let scalars = actual.scalars
  if actual.shape != expected { return Comparison.shapes(actual.shape, expected) }
  return scalars.firstIndex { !$0.isFinite }.map { index in
    ["expected  finite numbers", "got       \(scalars[index]) at \(indices(of: index, in: expected))"]
  }
}

/// Lines that tell why these numbers are no gradient that arrived.
func zeroProblem(_ actual: some NumericArray, _ reason: String) -> [String]? {
  let isFinite = actual.scalars.allSatisfy(\.isFinite)
  if isFinite, actual.scalars.contains(where: { abs($0) > 1e-9 }) { return nil }
  return ["expected  something other than zero"]
    + (isFinite
      ? ["got       zeros only", "likely    looks like \(reason)"]
      : ["got       numbers that are not finite"])
}

/// Two arrays side by side.
private struct Comparison {
  let shape: [Int]
  let actual: [Float]
  let expectedShape: [Int]
  let expected: [Float]
  let tolerance: Tolerance

  static func shapes(_ actual: [Int], _ expected: [Int]) -> [String] {
    ["expected  shape \(expected)", "got       shape \(actual)"]
  }

  /// Lines that tell the first kind of difference; nil if there is none.
  var difference: [String]? {
    guard shape == expectedShape else { return Self.shapes(shape, expectedShape) }
    let wrong = actual.indices.filter { !tolerance.accepts(actual[$0], expected[$0]) }
    let infinite = wrong.first { !actual[$0].isFinite }
    guard let first = infinite ?? wrong.first else { return nil }
    guard actual.count > 1 else { return ["expected  \(expected[0])", "got       \(actual[0])"] }
    var lines = [
      "expected  \(expected[first]) at \(indices(of: first, in: shape))",
      "got       \(actual[first]), one of \(wrong.count) wrong numbers of \(actual.count)",
    ]
    if infinite == nil, let worst = wrong.max(by: { error($0) < error($1) }), worst != first {
      lines.append("worst     \(actual[worst]), not \(expected[worst]), at \(indices(of: worst, in: shape))")
    }
    return lines
  }

  /// A mistake whose value was found, or one that shows in the numbers alone.
  func likelyMistake(_ mistakes: [Mistake]) -> String? {
    let loose = Tolerance(relative: max(tolerance.relative, 1e-3), absolute: max(tolerance.absolute, 1e-5))
    if let found = mistakes.first(where: { $0.shape == shape && loose.accepts(actual, $0.scalars) }) {
      return found.name
    }
    guard shape == expectedShape, expected.contains(where: { abs($0) > tolerance.absolute }) else {
      return nil
    }
    if loose.accepts(actual, expected.map { -$0 }) { return "the right numbers with the opposite sign" }
    guard actual.count > 2, let largest = expected.indices.max(by: { abs(expected[$0]) < abs(expected[$1]) })
    else { return nil }
    let factor = actual[largest] / expected[largest]
    // Numbers that are right but for a last digit have no factor worth naming.
    guard factor.isFinite, abs(factor) > 1e-6, abs(factor - 1) > 0.01,
      loose.accepts(actual, expected.map { $0 * factor })
    else { return nil }
    return "the right numbers times \(factor)"
  }

  private func error(_ index: Int) -> Float { abs(actual[index] - expected[index]) }
}

/// Records an issue at the first number that is off by more than `atol + rtol·|expected|`; infinities and NaN must be
/// the same.
public func expectClose(
  _ actual: [Double], _ expected: [Double], rtol: Double, atol: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record("\(what): \(actual.count) numbers, not \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  for (index, (value, wanted)) in zip(actual, expected).enumerated()
  where value != wanted && !(value.isNaN && wanted.isNaN)
    && !(wanted.isFinite && abs(value - wanted) <= atol + rtol * abs(wanted))
  {
    Issue.record("\(what)[\(index)]: expected \(wanted), got \(value)", sourceLocation: sourceLocation)
    return
  }
}
