import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// The divergence of beliefs about 2 sequences of 3 latents with 7 numbers.
@Suite(.exercise("0.5")) struct DivergenceTests {
  let belief = Belief(
    mean: .sample([2, 3, 7], seed: 18, low: -2, high: 2),
    logVariance: .sample([2, 3, 7], seed: 19, low: -1.5, high: 1))

  /// A term for each number, from μ and log σ², summed over the latent.
  private func summed(_ term: (_ mean: Double, _ logVariance: Double) -> Double) -> Tensor {
    let sums = zip(belief.mean.vectors, belief.logVariance.vectors).map { means, logVariances in
      zip(means, logVariances).reduce(0) { $0 + term($1.0, $1.1) }
    }
    return Tensor([sums], shape: [2, 3])
  }

  @Test func oneNumberForEachLatent() {
    expectClose(
      Tensor(belief.divergence().shape.map(Float.init)), Tensor([2, 3]),
      "the shape of a divergence over [2, 3, 7]",
      mistakes: [
        Mistake("a divergence for each number: add them up over the last axis", gives: Tensor([2, 3, 7])),
        Mistake(
          "one sum over everything: only the latent's own numbers belong together", gives: Tensor([Float]())),
      ])
  }

  @Test func standardNormalCostsNothing() {
    let standard = Belief(mean: .zeros([2, 3, 7]), logVariance: .zeros([2, 3, 7]))
    expectClose(
      standard.divergence(), Tensor.zeros([2, 3]), "the divergence of N(0, 1)",
      mistakes: [
        Mistake("a formula without its −1", gives: Tensor(repeating: 3.5, shape: [2, 3])),
        Mistake(
          "a formula with log σ where log σ² belongs and no −1", gives: Tensor(repeating: 7, shape: [2, 3])),
      ])
  }

  @Test func theIntegralOfItsDefinition() {
    // ∫ q(x)·(log q(x) − log p(x)) dx, by small steps.
    for (mean, deviation) in [(0.7, 0.5), (-1.5, 1.3)] {
      let step = 1e-3
      let integral = stride(from: -12.0, through: 12, by: step).reduce(0.0) { sum, x in
        let log = Oracle.logNormal(x, mean: mean, deviation: deviation)
        return sum + step * exp(log) * (log - Oracle.logNormal(x, mean: 0, deviation: 1))
      }
      let belief = Belief(
        mean: Tensor([[Float(mean)]]), logVariance: Tensor([[Float(2 * log(deviation))]]))
      expectClose(belief.divergence(), [integral], "KL(N(\(mean), \(deviation)²) ‖ N(0, 1)), as an integral")
    }
  }

  @Test func closedForm() {
    let expected = summed { 0.5 * ($0 * $0 + exp($1) - 1 - $1) }
    expectClose(
      belief.divergence(), expected, "the divergence",
      mistakes: [
        Mistake(
          "KL(N(0, 1) ‖ belief): the arguments are swapped",
          gives: summed { 0.5 * ($1 + (1 + $0 * $0) / exp($1) - 1) }),
        Mistake("a formula without its ½", gives: 2 * expected),
        Mistake("a formula without its −1", gives: expected + 3.5),
        Mistake("the mean over the numbers: independent divergences add up", gives: expected / 7),
        Mistake("+ log σ² where − log σ² belongs", gives: summed { 0.5 * ($0 * $0 + exp($1) - 1 + $1) }),
        Mistake("σ where σ² belongs", gives: summed { 0.5 * ($0 * $0 + exp(0.5 * $1) - 1 - $1) }),
        Mistake("log σ² taken for σ²", gives: summed { 0.5 * ($0 * $0 + $1 - 1 - log(abs($1))) }),
        Mistake("μ where μ² belongs", gives: summed { 0.5 * ($0 + exp($1) - 1 - $1) }),
      ])
  }

  @Test func gradientsReachMeanAndSpread() {
    let weights = Tensor.sample([2, 3], seed: 20)
    let found = valueWithGradient(at: [belief.mean, belief.logVariance]) { x in
      (weights * Belief(mean: x[0], logVariance: x[1]).divergence()).sum()
    }.gradients
    let stopped = Mistake(
      "a gradient that was stopped: the encoder learns from it", gives: Tensor.zeros([2, 3, 7]))
    let perNumber = weights.reshaped([2, 3, 1])
    expectClose(found[0], perNumber * belief.mean, "the gradient with respect to μ", mistakes: [stopped])
    expectClose(
      found[1], 0.5 * perNumber * (exp(belief.logVariance) - 1), "the gradient with respect to log σ²",
      mistakes: [stopped])
  }
}
