import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// Mixtures of 4 components for 2 latents with 3 numbers, hotter and colder.
@Suite(.exercise("1.5")) struct TemperatureTests {
  let density = MixtureDensity(
    logits: .sample([2, 3, 4], seed: 51, low: -2, high: 2),
    means: .sample([2, 3, 4], seed: 52, low: -2, high: 2),
    logDeviations: .sample([2, 3, 4], seed: 53, low: -1.2, high: 0.8))

  /// Probabilities from logits, in double precision.
  private func probabilities(_ logits: Tensor, _ change: (Double) -> Double = { $0 }) -> [[Double]] {
    logits.vectors.map { row in
      let weights = row.map { exp(change($0) - change(row.max()!)) }
      return weights.map { $0 / weights.reduce(0, +) }
    }
  }

  @Test(arguments: [1.3, 0.4, 4]) func logits(_ temperature: Double) {
    let found = density.atTemperature(Float(temperature))
    guard expectShape(found.logits, [2, 3, 4], "logits at temperature \(temperature)") else { return }
    // Logits may differ by a constant.
    expectClose(
      probabilities(found.logits), probabilities(density.logits) { $0 / temperature },
      "softmax of the logits at temperature \(temperature)",
      mistakes: [
        Mistake(
          "logits as they were: both parts of the mixture change", gives: probabilities(density.logits)),
        Mistake(
          "logits times τ: a hot mixture is flat, so they are divided",
          gives: probabilities(density.logits) { $0 * temperature }),
        Mistake(
          "probabilities where logits belong",
          gives: probabilities(density.logits) { $0 / temperature }.map { row in
            row.map { exp($0) / row.reduce(0) { $0 + exp($1) } }
          }),
        Mistake(
          "logits / √τ: the root is for σ alone",
          gives: probabilities(density.logits) { $0 / temperature.squareRoot() }),
      ])
  }

  @Test(arguments: [1.3, 0.4, 4]) func deviations(_ temperature: Double) {
    let (deviations, root) = (exp(density.logDeviations), Float(temperature.squareRoot()))
    let factor = Float(temperature)
    expectClose(
      exp(density.atTemperature(factor).logDeviations), root * deviations, "σ at temperature \(temperature)",
      mistakes: [
        Mistake("σ as it was: both parts of the mixture change", gives: deviations),
        Mistake("σ·τ: its variance grows with τ, itself with √τ", gives: factor * deviations),
        Mistake("σ / √τ: a hot mixture is wide", gives: deviations / root),
        Mistake("log σ times √τ: the factor is for σ", gives: exp(root * density.logDeviations)),
        Mistake(
          "log σ + √τ: the logarithm of a product is a sum of logarithms",
          gives: exp(density.logDeviations + root)),
        Mistake("σ·√τ where its logarithm belongs", gives: exp(root * deviations)),
        Mistake("log σ + ½·τ: τ without its logarithm", gives: exp(density.logDeviations + factor / 2)),
        Mistake("log σ / τ: only the logits are divided", gives: exp(density.logDeviations / factor)),
      ])
  }

  @Test func meansStay() {
    expectClose(
      density.atTemperature(0.4).means, density.means, "μ at temperature 0.4",
      mistakes: [
        Mistake("means times √τ: only their spread changes", gives: Float(0.4.squareRoot()) * density.means),
        Mistake("means times τ: only their spread changes", gives: 0.4 * density.means),
        Mistake("means / τ: only their spread changes", gives: density.means / 0.4),
      ])
  }

  /// At a low temperature hardly anything is left to chance.
  @Test func almostFrozen() {
    let cold = density.atTemperature(1e-8)
    expectClose(
      probabilities(cold.logits).map { $0.max()! }, [Double](repeating: 1, count: 6),
      "the probability of the likeliest component at temperature 10⁻⁸")
    expectClose(
      1e4 * exp(cold.logDeviations), exp(density.logDeviations), "10⁴·σ at temperature 10⁻⁸",
      mistakes: [
        Mistake("σ as it was: both parts of the mixture change", gives: 1e4 * exp(density.logDeviations))
      ])
  }

  @Test(arguments: ["1.15", "0.5"]) func officialValues(_ name: String) throws {
    let golden = try GoldenCase.named("mdn_temperature_\(name)", in: "worldmodels")
    let found = MixtureDensity(
      logits: try golden.input("logits").tensor, means: try golden.input("mean").tensor,
      logDeviations: try golden.input("logstd").tensor
    ).atTemperature(Float(try golden.input("tau").number))
    try golden.expect(softmax(found.logits), is: "probs")
    try golden.expect(exp(found.logDeviations), is: "std")
    try golden.expect(
      found.sample(uniform: golden.input("u").tensor, noise: golden.input("eps").tensor), is: "next")
  }
}
