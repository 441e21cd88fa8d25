/// A wrong answer that people really give, by the value that it leads to in a check.
public struct Mistake {
  /// Completes the sentence "looks like …".
  let name: String
  let shape: [Int]
  let scalars: [Float]

  /// A mistake and its value.
  ///
  /// - Parameters:
  ///   - name: completes the sentence "looks like …": "the plain sum: multiply by γ".
  ///   - value: what an answer with this mistake returns in this check.
  public init(_ name: String, gives value: some NumericArray) {
    self.name = name
    shape = value.shape
    scalars = value.scalars
  }
}

/// How far a number may be from the expected one: `absolute + relative · |expected|`.
public struct Tolerance: Sendable {
  /// Relative to the expected number.
  public var relative: Float
  /// For numbers near zero.
  public var absolute: Float

  /// A tolerance of these.
  public init(relative: Float, absolute: Float) {
    self.relative = relative
    self.absolute = absolute
  }

  /// For a short computation in single precision.
  public static let standard = Tolerance(relative: 1e-4, absolute: 1e-5)
  /// For gradients against finite differences.
  public static let finiteDifferences = Tolerance(relative: 1e-2, absolute: 1e-3)

  /// Whether `actual` is close to `expected`; two equal infinities are, a NaN never is.
  func accepts(_ actual: Float, _ expected: Float) -> Bool {
    actual == expected || expected.isFinite && abs(actual - expected) <= absolute + relative * abs(expected)
  }

  /// Whether all numbers are close.
  func accepts(_ actual: [Float], _ expected: [Float]) -> Bool {
    actual.count == expected.count && zip(actual, expected).allSatisfy { accepts($0, $1) }
  }
}
