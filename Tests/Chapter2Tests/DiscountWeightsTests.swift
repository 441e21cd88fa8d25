import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// Weights of a batch of 3 dreams of 5 states.
@Suite(.exercise("2.9")) struct DiscountWeightsTests {
  let discounts = Tensor.sample([3, 5], seed: 91, low: 0.4, high: 0.95)

  @Test func oneWeightForEachReturn() {
    expectShape(
      discountWeights(discounts), [3, 4], "discountWeights of [3, 5] (batch, horizon)",
      mistakes: [
        ("a weight for the last state too: it has no λ-return", [3, 5]),
        ("a product over the batch: time is axis 1", [2, 5]),
        ("weights stacked along axis 0: time is axis 1", [4, 3]),
      ])
  }

  @Test func aConstantDiscount() {
    expectClose(
      discountWeights(Tensor(repeating: 0.5, shape: [2, 5])),
      [[1, 0.5, 0.25, 0.125], [1, 0.5, 0.25, 0.125]], "discountWeights of 0.5, 0.5, …: 1, γ, γ², γ³",
      mistakes: [
        Mistake(
          "a first state that is discounted already: it counts fully",
          gives: [[0.5, 0.25, 0.125, 0.0625], [0.5, 0.25, 0.125, 0.0625]])
      ])
  }

  @Test func productOfTheDiscountsBefore() {
    let rows = discounts.vectors
    let expected = Oracle.discountWeights(rows)
    func instead(_ weight: ([Double], Int) -> Double) -> [[Double]] {
      rows.map { row in (0..<4).map { weight(row, $0) } }
    }
    expectClose(
      discountWeights(discounts), expected, "discountWeights",
      mistakes: [
        Mistake(
          "a first state that is discounted already: it counts fully",
          gives: instead { row, t in row[...t].reduce(1, *) }),
        Mistake(
          "the discount of the state itself instead of the one before: weight_1 is γ_0",
          gives: instead { row, t in row[1..<(t + 1)].reduce(1, *) }),
        Mistake(
          "powers of γ_0: each step has its own discount",
          gives: instead { row, t in (0..<t).reduce(1) { weight, _ in weight * row[0] } }),
        Mistake(
          "the last discount alone: multiply all before", gives: instead { row, t in t == 0 ? 1 : row[t - 1] }
        ),
        Mistake("weights from the last to the first", gives: expected.map { Array($0.reversed()) }),
      ])
  }

  @Test func theShortestDream() {
    expectClose(
      discountWeights(Tensor([[0.5, 0.25], [0.125, 0.75], [0.5, 0.5]])), Tensor.ones([3, 1]),
      "discountWeights of two states")
  }

  @Test func weightsAreConstants() {
    let gradient = valueWithGradient(at: [discounts]) { discountWeights($0[0]).sum() }.gradients[0]
    expectClose(
      gradient, Tensor.zeros([3, 5]),
      "the gradient of the weights; looks like stopGradient is missing: "
        + "the actor could lower its loss by ending the dream")
  }
}
