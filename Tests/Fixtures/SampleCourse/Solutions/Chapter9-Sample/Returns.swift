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

/// How much each step of a return counts: 1, γ, γ², ….
///
/// - Parameters:
///   - count: how many steps.
///   - discount: γ, from 0 to 1.
public func discountWeights(count: Int, discount: Float) -> [Float] {
  // BEGIN SOLUTION 9.3
  var weights: [Float] = []
  var weight: Float = 1
  for _ in 0..<count {
    weights.append(weight)
    weight *= discount
  }
  return weights
  // END SOLUTION 9.3
}

/// Whether a mean of squares is one: a check of other people's code.
///
/// - Parameter mean: what is to be checked.
/// - Returns: true if it is right.
public func acceptsMeanOfSquares(_ mean: ([Float]) -> Float) -> Bool {
  // BEGIN SOLUTION 9.4
  return mean([3]) == 9 && mean([1, -2, 4]) == 7
  // END SOLUTION 9.4
}
