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
