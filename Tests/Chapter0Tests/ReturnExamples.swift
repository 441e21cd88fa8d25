/// λ-returns in double precision: from the definition as a mixture of n-step returns, not by recursion.
///
/// An n-step return trusts n rewards and then the value; the mixture weighs it with (1 − λ)·λⁿ⁻¹, and the
/// longest one, which reaches the end of the imagination, with all that is left.
func mixedReturns(
  _ rewards: [Float], _ values: [Float], _ continues: [Float], _ discount: Float, _ lambda: Float
) -> [Double] {
  rewards.indices.map { start in
    let longest = rewards.count - start
    var (sum, alive, mixture, share) = (0.0, 1.0, 0.0, 1.0)
    for n in 1...longest {
      let t = start + n - 1
      sum += alive * Double(rewards[t])
      alive *= Double(discount) * Double(continues[t])
      let weight = n == longest ? share : share * (1 - Double(lambda))
      mixture += weight * (sum + alive * Double(values[t]))
      share *= Double(lambda)
    }
    return mixture
  }
}

/// A recursion over an imagined episode, with places where it can go wrong.
struct ToyReturns: Sendable {
  /// r, γ, c and what is known of the time after, for one step.
  typealias Step = @Sendable (_ reward: Float, _ discount: Float, _ goesOn: Float, _ after: Float) -> Float

  /// Mixes the value and the return after a step.
  var mix: @Sendable (_ value: Float, _ next: Float, _ lambda: Float) -> Float = { (1 - $2) * $0 + $2 * $1 }
  /// One step of the recursion.
  var step: Step = { $0 + $1 * $2 * $3 }
  /// Which step's value and flag count in step t of some.
  var value: @Sendable (_ t: Int, _ count: Int) -> Int = { t, _ in t }
  var goesOn: @Sendable (_ t: Int, _ count: Int) -> Int = { t, _ in t }
  /// What stands behind the last step, from its value.
  var last: @Sendable (Float) -> Float = { $0 }

  func callAsFunction(
    _ rewards: [Float], _ values: [Float], _ continues: [Float], _ discount: Float, _ lambda: Float
  ) -> [Float] {
    let count = rewards.count
    guard count > 0 else { return [] }
    var next = last(values[count - 1])
    var returns: [Float] = []
    for t in rewards.indices.reversed() {
      let after = t == count - 1 ? next : mix(values[value(t, count)], next, lambda)
      next = step(rewards[t], discount, continues[goesOn(t, count)], after)
      returns.append(next)
    }
    return returns.reversed()
  }

  /// Recursions that people write, by what is wrong with them.
  static let wrong: [(name: String, returns: ToyReturns)] = [
    ("λ and 1 − λ swapped", ToyReturns(mix: { $2 * $0 + (1 - $2) * $1 })),
    ("λ left out: rewards up to the end", ToyReturns(mix: { $1 + 0 * $0 * $2 })),
    ("λ left out: always the next value", ToyReturns(mix: { $0 + 0 * $1 * $2 })),
    ("no discount", ToyReturns(step: { $0 + 0 * $1 + $2 * $3 })),
    ("the reward discounted too", ToyReturns(step: { $1 * ($0 + $2 * $3) })),
    ("the discount squared", ToyReturns(step: { $0 + $1 * $1 * $2 * $3 })),
    ("the end of an episode ignored", ToyReturns(step: { $0 + $1 * ($3 + 0 * $2) })),
    ("a step whose own reward is lost when it ends the episode", ToyReturns(step: { $2 * ($0 + $1 * $3) })),
    ("the flag of the step after", ToyReturns(goesOn: { min($0 + 1, $1 - 1) })),
    ("the flag of the step before", ToyReturns(goesOn: { t, _ in max(t - 1, 0) })),
    ("the value of the step before", ToyReturns(value: { t, _ in max(t - 1, 0) })),
    ("the value of the step after", ToyReturns(value: { min($0 + 1, $1 - 1) })),
    ("nothing behind the last step, where its value belongs", ToyReturns(last: { 0 * $0 })),
  ]
}
