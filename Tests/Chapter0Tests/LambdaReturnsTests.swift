import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// Returns of an imagined episode of 5 steps.
@Suite(.exercise("0.10")) struct LambdaReturnsTests {
  let rewards = Tensor.sample([5], seed: 42, low: -1, high: 2).scalars
  let values = Tensor.sample([5], seed: 43, low: 2, high: 6).scalars
  let probabilities = Tensor.sample([5], seed: 44, low: 0.5, high: 1).scalars

  /// Expects the mixture of n-step returns.
  private func expect(_ continues: [Float], lambda: Float, _ what: String) {
    let discount: Float = 0.9
    let found = lambdaReturns(
      rewards: rewards, values: values, continues: continues, discount: discount, lambda: lambda)
    let right = mixedReturns(rewards, values, continues, discount, lambda)
    let tolerance = Tolerance.standard
    let mistakes = ToyReturns.wrong.map {
      ($0.name, $0.returns(rewards, values, continues, discount, lambda))
    }
    .filter { _, wrong in
      // Where all goes on, say, what becomes of an end makes no difference.
      zip(wrong, right).contains { abs($0 - Float($1)) > 10 * tolerance.absolute + 1e-3 * abs($0) }
    }
    expectClose(
      found, right, what, within: tolerance,
      mistakes: mistakes.map { Mistake($0, gives: $1) } + [
        Mistake("returns from the last to the first", gives: Array(right.reversed()))
      ])
  }

  @Test func everythingGoesOn() {
    let always = [Float](repeating: 1, count: 5)
    expect(always, lambda: 0, "returns with λ = 0: r + γ·v")
    expect(always, lambda: 1, "returns with λ = 1: all rewards, then the last value")
    expect(always, lambda: 0.75, "returns with λ = 0.75")
  }

  @Test func theEpisodeEnds() {
    expect([1, 1, 0, 1, 1], lambda: 0.75, "returns when the third step ends the episode")
    expect([1, 1, 1, 1, 0], lambda: 0.75, "returns when the last step ends the episode")
    expect([0, 1, 1, 1, 1], lambda: 1, "returns when the first step ends the episode")
  }

  @Test func theEpisodeMayEnd() {
    expect(probabilities, lambda: 0.75, "returns with probabilities of going on")
  }

  @Test func theLastRewardIsFelt() {
    // Falling off costs 100, and that is all there is.
    let found = lambdaReturns(
      rewards: [0, 0, -100], values: [0, 0, 0], continues: [1, 1, 0], discount: 0.5, lambda: 1)
    expectClose(
      found, [-25, -50, -100] as [Float], "returns of an episode that ends with a reward of −100",
      mistakes: [
        Mistake("a step whose own reward is lost when it ends the episode", gives: [0, 0, 0] as [Float])
      ])
  }
}
