import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// A search in 5 dimensions whose distribution is an ellipsoid that lies along no axis.
@Suite(.exercise("1.10")) struct StepSizeTests {
  let shape = KnownCovariance(variances: [4, 0.25, 1, 9, 2.5])
  let path = numbers([1, 5], seed: 121)[0]
  let meanStep = numbers([1, 5], seed: 122)[0]

  private var search: CMAES {
    CMAES(
      mean: [0, 0, 0, 0, 0], stepSize: 0.3, populationSize: 8, covariance: shape.matrix,
      stepSizePath: path, generation: 4)
  }

  /// c_σ.
  private var rate: Double { search.constants.stepSizePathRate }
  /// √(c_σ·(2 − c_σ)·μ_eff).
  private var gain: Double { (rate * (2 - rate) * search.constants.effectiveParents).squareRoot() }

  /// p_σ after a step that C^exponent has been applied to.
  private func path(after step: [Double], exponent: Double = -0.5) -> [Double] {
    combine(1 - rate, path, gain, shape.power(exponent, times: step))
  }

  /// What a path does to σ.
  private func stepSize(path: [Double], limit: Double = 1) -> Double {
    let surplus = length(path) / search.constants.expectedNorm - 1
    return 0.3 * exp(min(limit, rate / search.constants.stepSizeDamping * surplus))
  }

  @Test func thePathOfRoundSteps() {
    var search = search
    search.updateStepSize(along: meanStep)
    let round = shape.power(-0.5, times: meanStep)
    expectClose(
      search.stepSizePath, path(after: meanStep), "p_σ when C is not the identity",
      mistakes: [
        Mistake(
          "steps that are added as they are: in which units is the length of the path?",
          gives: path(after: meanStep, exponent: 0)),
        Mistake("C⁻¹ in place of C^(−½)", gives: path(after: meanStep, exponent: -1)),
        Mistake("C^½ in place of C^(−½)", gives: path(after: meanStep, exponent: 0.5)),
        Mistake(
          "the diagonal of C only: its axes are turned",
          gives: combine(
            1 - rate, path, gain, meanStep.indices.map { meanStep[$0] / shape.matrix[6 * $0].squareRoot() })),
        Mistake(
          "a mean with the rate c_σ: random steps would leave it too short",
          gives: combine(1 - rate, path, rate, round)),
        Mistake(
          "μ_eff left out: ⟨y⟩ is shorter than a single step",
          gives: combine(1 - rate, path, (rate * (2 - rate)).squareRoot(), round)),
        Mistake("a path that forgets nothing", gives: combine(1, path, gain, round)),
        Mistake(
          "the old path made round once more",
          gives: shape.power(-0.5, times: path(after: meanStep, exponent: 0))),
      ])
  }

  @Test func theStepSizeFollowsThePath() {
    var search = search
    search.updateStepSize(along: meanStep)
    let newPath = path(after: meanStep)
    let constants = search.constants
    let relative = length(newPath) / constants.expectedNorm
    expectClose(
      search.stepSize, stepSize(path: newPath), "σ, which was 0.3",
      mistakes: [
        Mistake(
          "steps that are added as they are: in which units is the length of the path?",
          gives: stepSize(path: path(after: meanStep, exponent: 0))),
        Mistake("σ from the path before this generation", gives: stepSize(path: path)),
        Mistake(
          "a σ that only grows: − 1 is missing", gives: 0.3 * exp(rate / constants.stepSizeDamping * relative)
        ),
        Mistake("d_σ left out", gives: 0.3 * exp(min(1, rate * (relative - 1)))),
        Mistake("σ that stays", gives: 0.3),
      ])
  }

  @Test func oneLuckyGenerationIsNotEverything() {
    var search = search
    let leap = shape.power(0.5, times: meanStep.map { 9 * $0 })
    search.updateStepSize(along: leap)
    expectClose(
      search.stepSize, 0.3 * exp(1), "σ, which was 0.3, after a leap",
      mistakes: [
        Mistake("a σ that grows without limit", gives: stepSize(path: path(after: leap), limit: .infinity)),
        Mistake(
          "a limit on the path: it is the exponent that is at most 1",
          gives: 0.3 * exp(rate / search.constants.stepSizeDamping)),
      ])
  }

  @Test func randomStepsGiveAPathOfRandomSteps() {
    var random = SplitMix64(seed: 123)
    var (search, sum, changes) = (search, 0.0, 0.0)
    for _ in 0..<3000 {
      let step = (0..<5).map { _ in random.normal() / search.constants.effectiveParents.squareRoot() }
      let before = search.stepSize
      search.updateStepSize(along: shape.power(0.5, times: step))
      sum += search.stepSizePath.reduce(0) { $0 + $1 * $1 }
      changes += log(search.stepSize / before)
    }
    expectClose(
      sum / 3000, 5, "the mean of |p_σ|² while the order of candidates is random: n, whatever C is",
      within: Tolerance(relative: 0.1, absolute: 0),
      mistakes: [
        Mistake(
          "steps that are added as they are: in which units is the length of the path?",
          gives: shape.variances.reduce(0, +))
      ])
    expectClose(
      changes / 3000, 0, "the mean of log σ's change while the order of candidates is random",
      within: Tolerance(relative: 0, absolute: 0.02))
  }

  @Test func asPycmaDoes() throws {
    for name in ["from_start_N5_positive", "injected_state_N5_active", "injected_state_N20_active"] {
      let generation = try GoldenGeneration(name)
      var search = try generation.search()
      search.updateStepSize(along: try generation.meanStep())
      expectClose(
        search.stepSizePath, try generation.after("p_sigma", count: search.mean.count), "pycma's p_σ, \(name)"
      )
      expectClose(search.stepSize, try generation.after("sigma", count: 1)[0], "pycma's σ, \(name)")
    }
  }
}
