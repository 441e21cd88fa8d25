import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// The loss of 2 sequences with 3 steps and 5 numbers of z, each with a mixture of 4 components.
@Suite(.exercise("1.4")) struct MixtureDensityTests {
  let density = MixtureDensity(
    logits: .sample([2, 3, 5, 4], seed: 41, low: -2, high: 2),
    means: .sample([2, 3, 5, 4], seed: 42, low: -2, high: 2),
    logDeviations: .sample([2, 3, 5, 4], seed: 43, low: -1.2, high: 0.8))
  let latents = Tensor.sample([2, 3, 5], seed: 44, low: -2.5, high: 2.5)

  private func toy(_ fault: ToyMixtureLoss.Fault? = nil, at latents: Tensor? = nil) -> Tensor {
    ToyMixtureLoss(fault: fault)(density, latents ?? self.latents)
  }

  private func mistakes(_ faults: [ToyMixtureLoss.Fault], at latents: Tensor? = nil) -> [Mistake] {
    faults.map { Mistake($0.rawValue, gives: toy($0, at: latents)) }
  }

  @Test func oneLossForEachNumber() {
    let found = density.negativeLogLikelihood(of: latents)
    let perStep = toy().sum(-1)
    expectClose(
      found, toy(), "−log p(z) of z [2, 3, 5]",
      mistakes: [
        Mistake("the sum over the numbers of z: one loss for each is wanted", gives: perStep),
        Mistake("the mean over the numbers of z: one loss for each is wanted", gives: perStep / 5),
        Mistake("the mean over everything: one loss for each number is wanted", gives: perStep.mean() / 5),
      ])
    func first(_ x: Tensor) -> Tensor { x.at(0, axis: 0).at(0, axis: 0) }
    let one = MixtureDensity(
      logits: first(density.logits), means: first(density.means), logDeviations: first(density.logDeviations))
    expectClose(one.negativeLogLikelihood(of: first(latents)), first(toy()), "−log p(z) of a single z [5]")
  }

  @Test func theComponents() {
    expectClose(
      density.negativeLogLikelihood(of: latents), toy(), "−log p(z)",
      mistakes: mistakes([
        .noNormaliser, .noDeviation, .deviationGrows, .variance, .notSquared, .noHalf, .mirrored,
      ]))
  }

  @Test func theirMixture() {
    let weighted = Mistake(
      "π where log π belongs: inside the exponential it is log π + log N", gives: probabilitiesAdded())
    expectClose(
      density.negativeLogLikelihood(of: latents), toy(), "−log p(z)",
      mistakes: mistakes([.rawLogits, .uniform, .sharedWeights, .sharedMeans, .likeliest, .averaged]) + [
        weighted
      ])
  }

  /// −log Σ exp(π + log N).
  private func probabilitiesAdded() -> Tensor {
    let parts = [density.logits, density.means, density.logDeviations].map(\.vectors)
    let losses = latents.scalars.enumerated().map { position, z in
      let sum = parts[0][position].reduce(0) { $0 + exp($1) }
      return -log(
        (0..<4).reduce(0.0) {
          let logNormal = Oracle.logNormal(
            Double(z), mean: parts[1][position][$1], deviation: exp(parts[2][position][$1]))
          return $0 + exp(exp(parts[0][position][$1]) / sum + logNormal)
        })
    }
    return Tensor([losses], shape: [2, 3, 5])
  }

  @Test func farAway() {
    let far = 40 * latents + 200
    expectClose(
      density.negativeLogLikelihood(of: far), toy(at: far), "−log p(z) for z from 100 to 300",
      mistakes: mistakes([.singlePrecision, .epsilon], at: far))
  }

  @Test func almostImpossible() {
    let far = 40 * latents + 200
    var (steep, narrow) = (density, density)
    steep.logits = Tensor([0, 200, 400, 600]) + density.logits
    narrow.logDeviations = density.logDeviations - 7
    expectClose(
      steep.negativeLogLikelihood(of: far), ToyMixtureLoss()(steep, far),
      "−log p(z) far away, with logits up to 600",
      mistakes: [
        Mistake(ToyMixtureLoss.Fault.underflow.rawValue, gives: ToyMixtureLoss(fault: .underflow)(steep, far))
      ])
    let gradient = valueWithGradient(at: [density.means]) { x in
      MixtureDensity(logits: density.logits, means: x[0], logDeviations: density.logDeviations)
        .negativeLogLikelihood(of: far).sum()
    }.gradients[0]
    let isFinite = gradient.scalars.allSatisfy(\.isFinite)
    #expect(
      isFinite,
      "the gradient for the means is no number far away: looks like the logarithm of a sum that is 0")
    var limited = narrow
    limited.logDeviations = maximum(narrow.logDeviations, Tensor(-5))
    expectClose(
      narrow.negativeLogLikelihood(of: latents), ToyMixtureLoss()(narrow, latents),
      "−log p(z) of components with σ from e⁻⁸ to e⁻⁶",
      mistakes: [
        Mistake(
          "σ kept above a limit: M may be as sure as it likes", gives: ToyMixtureLoss()(limited, latents))
      ])
  }

  @Test func gradients() {
    let weights = Tensor.sample([2, 3, 5], seed: 45, low: 0.5, high: 2)
    let parts = [density.logits, density.means, density.logDeviations]
    let found = valueWithGradient(at: parts) { x in
      let density = MixtureDensity(logits: x[0], means: x[1], logDeviations: x[2])
      return (weights * density.negativeLogLikelihood(of: latents)).sum() + 0
        * (x[0].sum() + x[1].sum() + x[2].sum())
    }.gradients
    let names = ["logits", "means", "logDeviations"]
    for (index, expected) in closedGradients(weights).enumerated() {
      expectClose(
        found[index], Tensor(expected, shape: [2, 3, 5, 4]),
        "the gradient of Σ w·loss for the \(names[index])",
        mistakes: [Mistake("a gradient that was stopped", gives: Tensor.zeros([2, 3, 5, 4]))])
    }
  }

  /// With responsibilities r = π·N / p and d = (z − μ) / σ: π − r, −r·d / σ and r·(1 − d²).
  private func closedGradients(_ weights: Tensor) -> [[[Double]]] {
    let parts = [density.logits, density.means, density.logDeviations].map(\.vectors)
    let losses = toy().scalars
    return (0..<3).map { part in
      latents.scalars.indices.map { position in
        let (logits, weight) = (parts[0][position], Double(weights.scalars[position]))
        let sum = logits.reduce(0) { $0 + exp($1) }
        return (0..<4).map { k in
          let (share, deviation) = (exp(logits[k]) / sum, exp(parts[2][position][k]))
          let (z, mean) = (Double(latents.scalars[position]), parts[1][position][k])
          let r =
            share * exp(Oracle.logNormal(z, mean: mean, deviation: deviation) + Double(losses[position]))
          let distance = (z - mean) / deviation
          return weight * [share - r, -r * distance / deviation, r * (1 - distance * distance)][part]
        }
      }
    }
  }

  @Test func officialValues() throws {
    let golden = try GoldenCase.named("mdn_nll", in: "worldmodels")
    let density = MixtureDensity(raw: try golden.input("raw").tensor, mixtures: 5)
    try golden.expect(density.negativeLogLikelihood(of: golden.input("target").tensor), is: "nll")
  }
}
