import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// Returns of a batch of 3 dreams of 5 states.
@Suite(.exercise("2.8")) struct LambdaReturnsTests {
  let rewards = Tensor.sample([3, 5], seed: 81, low: -1, high: 2)
  let values = Tensor.sample([3, 5], seed: 82, low: 2, high: 6)
  let discounts = Tensor.sample([3, 5], seed: 83, low: 0.5, high: 0.99)

  /// What a recursion from the end gives that starts with `last` and takes a step with `step`; the
  /// arguments of `step` are r, v and γ of one dream, t, and the result of t + 1.
  private func recursion(
    last: ([Double]) -> Double = { $0[4] },
    _ step: (_ r: [Double], _ v: [Double], _ g: [Double], _ t: Int, _ next: Double) -> Double
  ) -> [[Double]] {
    let (r, v, g) = (rewards.vectors, values.vectors, discounts.vectors)
    return (0..<3).map { row in
      var results = [last(v[row])]
      for t in (0..<4).reversed() { results.append(step(r[row], v[row], g[row], t, results[4 - t - 1])) }
      return results.dropFirst().reversed()
    }
  }

  @Test func oneReturnForEachStateButTheLast() {
    let returns = lambdaReturns(rewards: rewards, values: values, discounts: discounts, lambda: 0.95)
    expectShape(
      returns, [3, 4], "lambdaReturns of [3, 5] (batch, horizon)",
      mistakes: [
        ("a recursion over the batch: time is axis 1", [2, 5]),
        ("a return for the last state too: it has only its value", [3, 5]),
        ("returns stacked along axis 0: time is axis 1", [4, 3]),
      ])
  }

  @Test func zeroTrustsTheNextValue() {
    let expected = recursion { r, v, g, t, _ in r[t] + g[t] * v[t + 1] }
    expectClose(
      lambdaReturns(rewards: rewards, values: values, discounts: discounts, lambda: 0), expected,
      "lambdaReturns with λ = 0: r_t + γ_t·v_{t+1}",
      mistakes: [
        Mistake("λ and 1 − λ swapped", gives: recursion { r, _, g, t, next in r[t] + g[t] * next }),
        Mistake("the state's own value alone", gives: recursion { _, v, _, t, _ in v[t] }),
      ])
  }

  @Test func oneTrustsTheRewardsUpToTheLastValue() {
    let expected = recursion { r, _, g, t, next in r[t] + g[t] * next }
    expectClose(
      lambdaReturns(rewards: rewards, values: values, discounts: discounts, lambda: 1), expected,
      "lambdaReturns with λ = 1: all rewards, then the last value",
      mistakes: [
        Mistake(
          "zero after the last reward: start the recursion from the last value",
          gives: recursion(last: { _ in 0 }) { r, _, g, t, next in r[t] + g[t] * next }),
        Mistake("λ and 1 − λ swapped", gives: recursion { r, v, g, t, _ in r[t] + g[t] * v[t + 1] }),
      ])
  }

  @Test func mixtureOfAllReturns() {
    let l = 0.75
    let expected = Oracle.lambdaReturns(
      rewards: rewards.vectors, values: values.vectors, discounts: discounts.vectors, lambda: l)
    let recursions = Self.mistakes.map { mistake in
      Mistake(mistake.name, gives: recursion { mistake.step($0, $1, $2, $3, $4, l) })
    }
    expectClose(
      lambdaReturns(rewards: rewards, values: values, discounts: discounts, lambda: 0.75), expected,
      "lambdaReturns with λ = 0.75",
      mistakes: recursions + [
        Mistake(
          "returns from the last to the first: reverse them", gives: expected.map { Array($0.reversed()) }),
        Mistake(
          "zero after the last reward: start the recursion from the last value",
          gives: recursion(last: { _ in 0 }) { r, v, g, t, n in r[t] + g[t] * ((1 - l) * v[t + 1] + l * n) }),
      ])
  }

  private typealias Step = @Sendable ([Double], [Double], [Double], Int, Double, Double) -> Double

  /// Steps that people take, from r, v and γ of one dream, t, the result of t + 1, and λ.
  private static let mistakes: [(name: String, step: Step)] = [
    ("λ and 1 − λ swapped", { r, v, g, t, n, l in r[t] + g[t] * (l * v[t + 1] + (1 - l) * n) }),
    (
      "v_t inside the bracket: it is the next state's value, v_{t+1}",
      { r, v, g, t, n, l in r[t] + g[t] * ((1 - l) * v[t] + l * n) }
    ),
    (
      "(1 − λ)·v_t + λ·(r_t + γ_t·R_{t+1}), a popular guide's: v_t is mixed into its own target",
      { r, v, g, t, n, l in (1 - l) * v[t] + l * (r[t] + g[t] * n) }
    ),
    (
      "DreamerV3's alignment r_{t+1}, γ_{t+1}: here r_t is the reward at state t",
      { r, v, g, t, n, l in r[t + 1] + g[t + 1] * ((1 - l) * v[t + 1] + l * n) }
    ),
    (
      "γ_{t+1} where γ_t belongs",
      { r, v, g, t, n, l in r[t] + g[t + 1] * ((1 - l) * v[t + 1] + l * n) }
    ),
    (
      "a discounted reward: γ_t multiplies only what comes after",
      { r, v, g, t, n, l in g[t] * (r[t] + (1 - l) * v[t + 1] + l * n) }
    ),
  ]

  @Test(arguments: ["lambda_return_constant_discount", "lambda_return_pcont"])
  func officialValuesAndGradients(name: String) throws {
    // The official code has time first.
    let golden = try GoldenCase.named(name, in: "dreamerv1")
    let inputs = try ["rew", "val", "pcont"].map { try golden.input($0).tensor.transposed() }
    let weights = try golden.output("discount").tensor.transposed()
    let returns = lambdaReturns(rewards: inputs[0], values: inputs[1], discounts: inputs[2], lambda: 0.95)
    let right = try golden.output("returns").tensor.transposed()
    guard expectClose(returns, right, "lambdaReturns on the official code's numbers") else { return }
    let found = valueWithGradient(at: inputs) { x in
      -(weights * lambdaReturns(rewards: x[0], values: x[1], discounts: x[2], lambda: 0.95)).mean()
    }.gradients
    for (index, (key, what)) in [("rew", "rewards"), ("val", "values"), ("pcont", "discounts")].enumerated() {
      let expected = try #require(golden.gradients[key]).tensor.transposed()
      expectClose(
        found[index], expected, "the actor's gradient with respect to the \(what)",
        mistakes: [
          Mistake(
            "\(what) without a gradient: the actor learns through all three",
            gives: Tensor.zeros(expected.shape))
        ])
    }
  }
}
