import CourseTesting
import Testing

#if SOLUTIONS
  import Sample
#else
  import Chapter9
#endif

@Suite(.exercise("9.1")) struct MeanOfSquares {
  @Test func threeValues() {
    expectClose(
      meanOfSquares([1, -2, 4]), 7, "meanOfSquares([1, −2, 4])",
      mistakes: [
        Mistake("the sum: divide by the number of values", gives: 21),
        Mistake("the square of the mean: square first", gives: 1),
        Mistake("the mean of the absolute values", gives: 7.0 / 3),
      ])
  }

  @Test func oneValue() {
    expectClose(meanOfSquares([-3]), 9, "meanOfSquares([−3])")
  }
}

@Suite(.exercise("9.2")) struct DiscountedReturn {
  @Test func threeRewards() {
    expectClose(
      discountedReturn([1, 2, 4], discount: 0.5), 3, "discountedReturn([1, 2, 4], discount: 0.5)",
      mistakes: [
        Mistake("the plain sum: multiply by γ", gives: 7),
        Mistake("γ·G: the first reward is not discounted", gives: 1.5),
      ])
  }

  @Test func noRewards() {
    expectClose(discountedReturn([], discount: 0.5), 0, "discountedReturn([], discount: 0.5)")
  }

  @Test func noFuture() {
    expectClose(discountedReturn([5, 1], discount: 0), 5, "discountedReturn([5, 1], discount: 0)")
  }
}

@Suite(.exercise("9.3")) struct DiscountWeights {
  @Test func threeSteps() {
    expectClose(
      discountWeights(count: 3, discount: 0.25), [1, 0.25, 0.0625],
      "discountWeights(count: 3, discount: 0.25)",
      mistakes: [
        Mistake("a first step that is discounted: it counts fully", gives: [0.25, 0.0625, 0.015625]),
        Mistake("weights without γ", gives: [1, 1, 1]),
        Mistake("γ/t: take γ to the power of t", gives: [1, 0.25, 0.125]),
      ])
  }
}

@Suite(.exercise("9.4")) struct MeanOfSquaresCheck {
  @Test func acceptsWhatIsRight() {
    expectAccepts("squares, summed up and divided") {
      acceptsMeanOfSquares { $0.reduce(0) { $0 + $1 * $1 } / Float($0.count) }
    }
  }

  @Test func rejectsWhatIsWrong() {
    expectRejects("the sum instead of the mean") {
      acceptsMeanOfSquares { $0.reduce(0) { $0 + $1 * $1 } }
    }
    expectRejects("the mean of the absolute values") {
      acceptsMeanOfSquares { $0.reduce(0) { $0 + abs($1) } / Float($0.count) }
    }
  }
}
