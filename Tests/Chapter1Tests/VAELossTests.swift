import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// V's loss of 3 observations of 7 numbers and latents of 5, with weight 4 and a floor of 2.25 nats.
@Suite(.exercise("1.2")) struct VAELossTests {
  let observations = Tensor.sample([3, 7], seed: 21)
  let reconstructions = Tensor.sample([3, 7], seed: 22)
  /// The first is above the floor; the others, and the mean of all three, are below.
  let latent = LatentNormal(
    mean: Tensor([[1.2, -1.5, 0.4, 0.9, -1.1], [0.1, -0.2, 0.15, -0.05, 0.3], [0.5, -0.7, 0.2, 0.6, -0.3]]),
    logVariance: Tensor([
      [-0.8, 0.5, -1.2, 0.3, -0.4], [0.1, -0.1, 0, -0.2, 0.15], [-0.3, 0.2, 0.4, -0.6, 0.1],
    ]))
  let weight = 4.0
  let floor = 2.25

  private func loss() -> (error: Tensor, divergence: Tensor, total: Tensor) {
    vaeLoss(
      observations: observations, reconstructions: reconstructions, latent: latent, weight: Float(weight),
      floor: Float(floor))
  }

  // MARK: Oracles

  /// The squared error of each observation.
  private var errors: [Double] {
    zip(observations.vectors, reconstructions.vectors).map { x, y in
      zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
  }

  /// A term for each number of z, from μ and log σ².
  private func terms(_ term: (_ mean: Double, _ logVariance: Double) -> Double) -> [[Double]] {
    zip(latent.mean.vectors, latent.logVariance.vectors).map { zip($0, $1).map(term) }
  }

  private func summed(_ term: (_ mean: Double, _ logVariance: Double) -> Double) -> [Double] {
    terms(term).map { $0.reduce(0, +) }
  }

  private func divergence(_ mean: Double, _ logVariance: Double) -> Double {
    0.5 * (mean * mean + exp(logVariance) - 1 - logVariance)
  }

  private func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }

  // MARK: Checks

  @Test func errorOfEachObservation() {
    let sum = errors.reduce(0, +)
    expectClose(
      loss().error, errors, "the error of each observation",
      mistakes: [
        Mistake("the mean over the observation: its numbers are summed", gives: errors.map { $0 / 7 }),
        Mistake(
          "an error that is weighted already: the weight belongs to the loss", gives: errors.map { 4 * $0 }),
        Mistake("half the squared error", gives: errors.map { $0 / 2 }),
        Mistake("one sum over the batch: each observation has its own error", gives: sum),
        Mistake("one mean over the batch: each observation has its own error", gives: sum / 3),
        Mistake("one mean over all numbers: each observation has its own error", gives: sum / 21),
      ])
  }

  @Test func divergenceOfEachLatent() {
    let expected = summed(divergence)
    expectClose(
      loss().divergence, expected, "the divergence of each latent, before the floor",
      mistakes: [
        Mistake(
          "log σ where log σ² is: the head's numbers are log-variances, σ² = exp(logVariance)",
          gives: summed { 0.5 * ($0 * $0 + exp(2 * $1) - 1 - 2 * $1) }),
        Mistake("σ where σ² belongs", gives: summed { 0.5 * ($0 * $0 + exp($1 / 2) - 1 - $1) }),
        Mistake("a formula without its ½", gives: expected.map { 2 * $0 }),
        Mistake("a formula without its 1", gives: expected.map { $0 + 2.5 }),
        Mistake("the mean over the numbers of z: divergences add up", gives: expected.map { $0 / 5 }),
        Mistake("a divergence with the floor in it", gives: expected.map { max($0, floor) }),
        Mistake(
          "the divergence of N(0, 1) from q: it is that of q from N(0, 1)",
          gives: summed { 0.5 * ((1 + $0 * $0) * exp(-$1) - 1 + $1) }),
        Mistake("one mean over the batch: each latent has its own divergence", gives: mean(expected)),
      ])
    let numbers = Tensor([[0.5]])
    let extreme = LatentNormal(mean: Tensor([[0.3, -20]]), logVariance: Tensor([[-14, 6]]))
    let right = divergence(0.3, -14) + divergence(-20, 6)
    let found = vaeLoss(observations: numbers, reconstructions: numbers, latent: extreme, weight: 1, floor: 0)
    expectClose(found.total, right, "the loss of a single observation")
    expectClose(
      found.divergence, [right], "the divergence where σ² is e⁻¹⁴ and e⁶",
      mistakes: [
        Mistake(
          "σ² kept between limits: a latent may be as sure as it likes",
          gives: [divergence(0.3, -4) + divergence(-20, 4)])
      ])
  }

  @Test func total() {
    let divergences = summed(divergence)
    func total(error: [Double]? = nil, _ divergences: [Double]) -> Double {
      mean((error ?? errors).map { weight * $0 }) + mean(divergences)
    }
    expectClose(
      loss().total, total(divergences.map { max($0, floor) }),
      "the loss, a divergence above and two below 2.25",
      mistakes: [
        Mistake(
          "a floor under the mean: the maximum is taken sample by sample, before the mean",
          gives: total([max(mean(divergences), floor)])),
        Mistake(
          "a floor under every number of z: it is for the sum over z",
          gives: total(terms(divergence).map { $0.reduce(0) { $0 + max($1, floor / 5) } })),
        Mistake("no floor at all", gives: total(divergences)),
        Mistake("a minimum: the floor bounds from below", gives: total(divergences.map { min($0, floor) })),
        Mistake(
          "the floor subtracted: it is max(KL, floor), not max(KL − floor, 0)",
          gives: total(divergences.map { max($0 - floor, 0) })),
        Mistake(
          "an error without its weight",
          gives: total(error: errors.map { $0 / weight }, divergences.map { max($0, floor) })),
        Mistake(
          "the weight on the divergence: it is the error's",
          gives: mean(errors) + weight * mean(divergences.map { max($0, floor) })),
        Mistake(
          "the weight on everything: it is the error's",
          gives: weight * (mean(errors) + mean(divergences.map { max($0, floor) }))),
        Mistake(
          "a floor for each number of z: it is for all of them together",
          gives: total(divergences.map { max($0, 5 * floor) })),
        Mistake(
          "the mean over the observation: V would forget the picture to save nats",
          gives: total(error: errors.map { $0 / 7 }, divergences.map { max($0, floor) })),
        Mistake(
          "the sum over the batch: take the mean", gives: 3 * total(divergences.map { max($0, floor) })),
      ])
  }

  @Test func gradients() {
    let found = valueWithGradient(at: [reconstructions, latent.mean, latent.logVariance]) { x in
      vaeLoss(
        observations: observations, reconstructions: x[0],
        latent: LatentNormal(mean: x[1], logVariance: x[2]), weight: 4, floor: 2.25
      ).total + 0 * (x[0].sum() + x[1].sum() + x[2].sum())
    }.gradients
    expectClose(
      found[0], 8 / 3 * (reconstructions - observations), "the gradient for the reconstructions",
      mistakes: [Mistake("a gradient that was stopped", gives: Tensor.zeros([3, 7]))])
    let above = Tensor([summed(divergence).map { $0 > floor ? 1 : 0 }], shape: [3, 1])
    let gradients = [(latent.mean, "μ"), (0.5 * (exp(latent.logVariance) - 1), "log σ²")]
    for (index, (gradient, name)) in gradients.enumerated() {
      expectClose(
        found[index + 1], above * gradient / 3, "the gradient for \(name): below the floor none",
        mistakes: [
          Mistake("a gradient that was stopped, or a floor under the mean", gives: Tensor.zeros([3, 5])),
          Mistake("no floor: a latent below it is not pushed", gives: gradient / 3),
        ])
    }
  }

  @Test func officialValues() throws {
    let golden = try GoldenCase.named("vae_loss", in: "worldmodels")
    let latent = LatentNormal(
      mean: try golden.input("mu").tensor, logVariance: try golden.input("logvar").tensor)
    let floor = Float(try golden.input("kl_tolerance").number) * Float(latent.mean.shape[1])
    let found = vaeLoss(
      observations: try golden.input("x").tensor, reconstructions: try golden.input("y").tensor,
      latent: latent,
      weight: 1, floor: floor)
    try golden.expect(found.error, is: "recon_per_image")
    try golden.expect(found.divergence, is: "kl_per_image")
    try golden.expect(found.total, is: "loss")
  }
}
