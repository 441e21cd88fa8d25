import Curriculum

/// The mean of the squares: (1/n) Σ xᵢ².
///
/// - Parameter values: `[n]`, at least one.
public func meanOfSquares(_ values: [Float]) -> Float {
  // BEGIN SOLUTION 9.1
  let squares = values.map { $0 * $0 }
  return squares.reduce(0, +) / Float(values.count)
  // END SOLUTION 9.1
}

/// The discounted return of a sequence of rewards: r₀ + γ·r₁ + γ²·r₂ + ….
///
/// - Parameters:
///   - rewards: `[time]`.
///   - discount: γ, from 0 to 1.
public func discountedReturn(_ rewards: [Float], discount: Float) -> Float {
  // BEGIN SOLUTION 9.2
  var result: Float = 0
  for reward in rewards.reversed() {
    result = reward + discount * result
  }
  return result
  // END SOLUTION 9.2
}
