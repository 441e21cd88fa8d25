import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// The divergence for a batch of 2, with 3 steps and 7 latents.
@Suite(.exercise("2.1")) struct GaussianKLTests {
  /// What the model believes before and after looking.
  let posterior = Normal(
    mean: .sample([2, 3, 7], seed: 11, low: -2, high: 2),
    standardDeviation: .sample([2, 3, 7], seed: 12, low: 0.3, high: 1.5))
  let prior = Normal(
    mean: .sample([2, 3, 7], seed: 13, low: -2, high: 2),
    standardDeviation: .sample([2, 3, 7], seed: 14, low: 0.4, high: 2))

  private typealias Belief = (mean: Double, deviation: Double)

  private func divergence(_ q: Belief, _ p: Belief) -> Double {
    let shift = (q.mean - p.mean) / p.deviation
    let ratio = q.deviation / p.deviation
    return -log(ratio) + 0.5 * (ratio * ratio + shift * shift) - 0.5
  }

  private func deviationsForVariances(_ q: Belief, _ p: Belief) -> Double {
    let ratio = q.deviation / p.deviation
    return 0.5 * (ratio + (q.mean - p.mean) * (q.mean - p.mean) / p.deviation - 1 - log(ratio))
  }

  /// A term for each latent.
  private func terms(_ term: (_ posterior: Belief, _ prior: Belief) -> Double) -> [Double] {
    let numbers = [posterior.mean, posterior.standardDeviation, prior.mean, prior.standardDeviation]
      .map { $0.scalars.map(Double.init) }
    return numbers[0].indices.map { i in
      term((numbers[0][i], numbers[1][i]), (numbers[2][i], numbers[3][i]))
    }
  }

  /// A term for each latent, summed over the latents.
  private func summed(_ term: (_ posterior: Belief, _ prior: Belief) -> Double) -> Tensor {
    let terms = terms(term)
    let sums = stride(from: 0, to: terms.count, by: 7).map { terms[$0..<$0 + 7].reduce(0, +) }
    return Tensor([sums], shape: [2, 3])
  }

  /// With respect to the posterior's mean and σ, and the prior's.
  private var derivatives: [Tensor] {
    let (q, p) = (posterior.standardDeviation, prior.standardDeviation)
    let shift = posterior.mean - prior.mean
    let variance = p * p
    return [
      shift / variance, q / variance - 1 / q, -shift / variance,
      1 / p - (q * q + shift * shift) / (variance * p),
    ]
  }

  @Test func oneNumberForEachStep() {
    let kl = gaussianKL(posterior, prior)
    expectShape(kl, [2, 3], "gaussianKL of distributions over [2, 3, 7]: the sum over the last axis")
  }

  @Test func equalBeliefsCostNothing() {
    expectClose(
      gaussianKL(posterior, posterior), Tensor.zeros([2, 3]), "gaussianKL(q, q)",
      mistakes: [Mistake("a formula without its −½", gives: Tensor(repeating: 3.5, shape: [2, 3]))])
  }

  @Test func closedForm() {
    let expected = summed(divergence)
    expectClose(
      gaussianKL(posterior, prior), expected, "gaussianKL(posterior, prior)",
      mistakes: [
        Mistake("KL(prior ‖ posterior): the arguments are swapped", gives: summed { divergence($1, $0) }),
        Mistake(
          "a divergence for each latent: add them up over the last axis",
          gives: Tensor([terms(divergence)], shape: [2, 3, 7])),
        Mistake("the mean over the latents: independent divergences add up", gives: expected / 7),
        Mistake(
          "KL(posterior ‖ N(0, 1)), as in a VAE: here the prior is learned",
          gives: summed { q, _ in divergence(q, (0, 1)) }),
        Mistake("σ where σ² belongs", gives: summed { deviationsForVariances($0, $1) }),
        Mistake(
          "a wrong sign of the logarithm: it is log(σ_prior / σ_post) that is added",
          gives: summed { q, p in divergence(q, p) + 2 * log(q.deviation / p.deviation) }),
        Mistake("a formula without its −½", gives: expected + 3.5),
      ])
  }

  @Test func officialValues() throws {
    let golden = try GoldenCase.named("gaussian_kl_free3", in: "dreamerv1")
    let posterior = Normal(
      mean: try golden.input("post_mean").tensor, standardDeviation: try golden.input("post_std").tensor)
    let prior = Normal(
      mean: try golden.input("prior_mean").tensor, standardDeviation: try golden.input("prior_std").tensor)
    try golden.expect(gaussianKL(posterior, prior), is: "kl")
  }

  @Test func gradientsReachBothDistributions() {
    let weights = Tensor.sample([2, 3], seed: 15)
    let inputs = [posterior.mean, posterior.standardDeviation, prior.mean, prior.standardDeviation]
    let found = valueWithGradient(at: inputs) { x in
      let kl = gaussianKL(
        Normal(mean: x[0], standardDeviation: x[1]), Normal(mean: x[2], standardDeviation: x[3]))
      return (weights * kl).sum()
    }.gradients
    let expected = derivatives.map { $0 * weights.reshaped([2, 3, 1]) }
    for (index, name) in ["posterior's mean", "posterior's σ", "prior's mean", "prior's σ"].enumerated() {
      let balance: Float = index < 2 ? 0.2 : 0.8
      expectClose(
        found[index], expected[index], "the gradient with respect to the \(name)",
        mistakes: [
          Mistake(
            "a stopped gradient: in DreamerV1 posterior and prior both learn from the KL",
            gives: Tensor.zeros([2, 3, 7])),
          Mistake("KL balancing, which is DreamerV2's", gives: balance * expected[index]),
        ])
    }
  }
}
