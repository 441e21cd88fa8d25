import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// Draws from beliefs about 3000 latents of 2 numbers, N(1, 0.5²) and N(−2, 3²).
@Suite(.exercise("0.4")) struct SampleTests {
  private static let rows = 3000
  private static let deviations: [Double] = [0.5, 3]
  private let belief = Belief(
    mean: Tensor([1, -2]).broadcast(to: [rows, 2]),
    logVariance: Tensor(deviations.map { Float(2 * log($0)) }).broadcast(to: [rows, 2]))

  private func draws(seed: UInt64) -> Tensor {
    var random = SplitMix64(seed: seed)
    return belief.sample(using: &random)
  }

  private func standardised(_ draws: Tensor) -> [[Double]] {
    draws.vectors.map { [($0[0] - 1) / Self.deviations[0], ($0[1] + 2) / Self.deviations[1]] }
  }

  private func moments(_ numbers: [Double]) -> (mean: Double, deviation: Double) {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
    return (mean, variance.squareRoot())
  }

  @Test func meanAndDeviation() {
    let z = draws(seed: 10)
    guard expectShape(z, [Self.rows, 2], "sample of a belief over [3000, 2]") else { return }
    for (column, mean) in [1.0, -2].enumerated() {
      let deviation = Self.deviations[column]
      let found = moments(z.vectors.map { $0[column] })
      // Five standard errors of 3000 draws.
      expectClose(
        found.mean, mean, "the mean of 3000 draws from N(\(mean), \(deviation)²)",
        within: Tolerance(relative: 0, absolute: 0.1 * Float(deviation)))
      expectClose(
        found.deviation, deviation, "the standard deviation of 3000 draws from N(\(mean), \(deviation)²)",
        within: Tolerance(relative: 0.07, absolute: 0),
        mistakes: [
          Mistake("the mean without noise", gives: 0),
          Mistake(
            "the variance where σ belongs: σ = exp(½·log σ²)",
            gives: near(found.deviation, deviation * deviation)),
          Mistake("log σ² where σ belongs", gives: near(found.deviation, abs(2 * log(deviation)))),
          Mistake("uniform noise from 0 to 1", gives: near(found.deviation, deviation / 12.0.squareRoot())),
        ])
    }
  }

  /// What was found, if chance can have made it from `value`: a mistake's value is compared strictly.
  private func near(_ found: Double, _ value: Double) -> Double {
    abs(found - value) < 0.07 * value ? found : value
  }

  @Test func noiseIsNormal() {
    let noise = standardised(draws(seed: 11)).flatMap { $0 }
    let beyond = Double(noise.count { abs($0) > 2 }) / Double(noise.count)
    expectClose(
      beyond, 0.0455, "the share of draws beyond 2σ", within: Tolerance(relative: 0, absolute: 0.012),
      mistakes: [Mistake("uniform noise: ε ~ N(0, 1)", gives: 0)])
  }

  @Test func everyNumberHasNoiseOfItsOwn() {
    let noise = standardised(draws(seed: 12))
    for (first, second, what) in [
      (noise.map { $0[0] }, noise.map { $0[1] }, "the two numbers of a latent"),
      (noise.dropLast().map { $0[0] }, noise.dropFirst().map { $0[0] }, "one latent and the next"),
    ] {
      let (a, b) = (moments(first), moments(second))
      let products = zip(first, second).reduce(0) { $0 + ($1.0 - a.mean) * ($1.1 - b.mean) }
      let spread = max(a.deviation * b.deviation, 1e-12)
      expectClose(
        products / Double(first.count) / spread, 0, "the correlation between \(what)",
        within: Tolerance(relative: 0, absolute: 0.1),
        mistakes: [Mistake("the same noise for several numbers: draw one for each", gives: 1)])
      #expect(a.deviation > 0.5, "the first \(what): all draws have the same noise")
    }
  }

  @Test func everyCallDrawsAnew() {
    var random = SplitMix64(seed: 13)
    let (first, second) = (belief.sample(using: &random), belief.sample(using: &random))
    #expect(
      first != second,
      "two calls with one generator gave the same draw: looks like a copy of the generator, or a seed of your own"
    )
  }

  @Test func gradientsReachMeanAndSpread() {
    let small = [Tensor.sample([4, 3], seed: 14), Tensor.sample([4, 3], seed: 15)]
    let weights = Tensor.sample([4, 3], seed: 16, low: 0.5, high: 2)
    var draw = Tensor(0)
    let found = valueWithGradient(at: small) { x in
      var random = SplitMix64(seed: 17)
      draw = Belief(mean: x[0], logVariance: x[1]).sample(using: &random)
      return (weights * draw).sum()
    }.gradients
    let stopped = Mistake(
      "a draw that stops the gradient: z is a function of μ and σ", gives: Tensor.zeros([4, 3]))
    expectClose(found[0], weights, "the gradient of Σ w·z with respect to μ: w", mistakes: [stopped])
    // dz/d(log σ²) = ½·σ·ε, and σ·ε is what was added to the mean.
    let noise = stopGradient(draw) - small[0]
    expectClose(
      found[1], 0.5 * weights * noise, "the gradient of Σ w·z with respect to log σ²",
      mistakes: [stopped, Mistake("σ as the parameter: it is log σ²", gives: weights * noise)])
  }
}
