import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// A generation of 8 candidates in 5 dimensions, which were drawn from a turned ellipsoid.
@Suite(.exercise("1.11")) struct CovarianceTests {
  let shape = KnownCovariance(variances: [4, 0.25, 1, 9, 2.5])
  let oldPath = numbers([1, 5], seed: 131)[0]
  let meanStep = numbers([1, 5], seed: 132)[0]
  let steps = numbers([8, 5], seed: 133)

  /// A search whose p_σ is short, so that h_σ is 1, or long.
  private func search(isShort: Bool = true, usesNegativeWeights: Bool = false) -> CMAES {
    CMAES(
      mean: [0, 0, 0, 0, 0], stepSize: 0.3, populationSize: 8, usesNegativeWeights: usesNegativeWeights,
      covariance: shape.matrix, stepSizePath: [isShort ? 0.5 : 9, 0, 0.1, 0, 0],
      covariancePath: oldPath, generation: 4)
  }

  /// The update in the tutorial's words, with places where it can go wrong.
  private struct Update {
    let constants: CMAESConstants
    let shape: KnownCovariance
    var hSigma = 1.0
    /// The vector of the rank-one update.
    var direction: [Double]
    /// w°.
    var weights: [Double]
    /// Σw, which is made up for.
    var weightSum: Double?
    var makesUp = true

    /// The share of C that is left.
    var kept: Double {
      let (c1, cMu, rate) = (constants.rankOneRate, constants.rankMuRate, constants.covariancePathRate)
      let delta = makesUp ? (1 - hSigma) * c1 * rate * (2 - rate) : 0
      return 1 - c1 - cMu * (weightSum ?? 0) + delta
    }
    /// What is left of C.
    var old: [Double] { shape.matrix.map { kept * $0 } }

    /// The matrix after the update along steps.
    func callAsFunction(_ steps: [[Double]]) -> [Double] {
      let vectors =
        [(constants.rankOneRate, direction)] + zip(weights, steps).map { (constants.rankMuRate * $0, $1) }
      return vectors.reduce(old) { matrix, term in
        let outer = term.1.flatMap { row in term.1.map { term.0 * row * $0 } }
        return combine(1, matrix, 1, outer)
      }
    }
  }

  /// p_c afterwards.
  private func path(hSigma: Double = 1, _ step: [Double]) -> [Double] {
    let constants = search().constants
    let rate = constants.covariancePathRate
    return combine(
      1 - rate, oldPath, hSigma * (rate * (2 - rate) * constants.effectiveParents).squareRoot(), step)
  }

  /// The right update.
  private func update(of search: CMAES, hSigma: Double = 1) -> Update {
    let weights = search.constants.weights
    let scaled = zip(weights, steps).map { weight, step in
      weight < 0 ? weight * 5 / pow(length(shape.power(-0.5, times: step)), 2) : weight
    }
    return Update(
      constants: search.constants, shape: shape, hSigma: hSigma, direction: path(hSigma: hSigma, meanStep),
      weights: scaled, weightSum: weights.reduce(0, +))
  }

  @Test func thePathGrowsOrWaits() {
    var (short, long) = (search(), search(isShort: false))
    short.updateCovariance(steps, meanStep: meanStep)
    long.updateCovariance(steps, meanStep: meanStep)
    let rate = short.constants.covariancePathRate
    let right = path(meanStep)
    expectClose(
      short.covariancePath, right, "p_c while p_σ is short",
      mistakes: [
        Mistake(
          "a path of round steps: C^(−½) is for p_σ only", gives: path(shape.power(-0.5, times: meanStep))),
        Mistake(
          "μ_eff left out", gives: combine(1 - rate, oldPath, (rate * (2 - rate)).squareRoot(), meanStep)),
        Mistake("h_σ the wrong way round", gives: path(hSigma: 0, meanStep)),
      ])
    expectClose(
      long.covariancePath, path(hSigma: 0, meanStep), "p_c while p_σ is long",
      mistakes: [
        Mistake("h_σ left out: p_c must wait while σ grows", gives: right),
        Mistake("a path that stands still: it must go on forgetting", gives: oldPath),
      ])
  }

  @Test func fromThePathAndTheBetterHalf() {
    var search = search()
    search.updateCovariance(steps, meanStep: meanStep)
    let right = update(of: search)
    var (stepOnly, early, greedy, rankOne, waiting) = (right, right, right, right, right)
    stepOnly.direction = meanStep
    early.direction = oldPath
    greedy.weightSum = -search.constants.rankOneRate / search.constants.rankMuRate
    rankOne.weights = []
    (waiting.hSigma, waiting.direction) = (0, right.direction)
    let round = steps.map { shape.power(-0.5, times: $0) }
    expectClose(
      search.covariance, right(steps), "C, row by row, with positive weights only",
      mistakes: [
        Mistake("⟨y⟩·⟨y⟩ᵀ in place of p_c·p_cᵀ", gives: stepOnly(steps)),
        Mistake("p_c before this generation", gives: early(steps)),
        Mistake("nothing that is forgotten: C would only grow", gives: greedy(steps)),
        Mistake("the rank-one update only", gives: rankOne(steps)),
        Mistake("round steps: C is made of steps as they are", gives: right(round)),
        Mistake("δ where h_σ is 1: p_c lacks nothing", gives: waiting(steps)),
        Mistake(
          "what has just come forgotten too: only the old C shrinks",
          gives: combine(right.kept, combine(1, right(steps), -1, right.old), 1, right.old)),
        Mistake("C as it was", gives: shape.matrix),
      ])
  }

  @Test func fromTheWorseHalfToo() {
    var search = search(usesNegativeWeights: true)
    search.updateCovariance(steps, meanStep: meanStep)
    let right = update(of: search)
    var (plain, positive, all, long) = (right, right, right, right)
    plain.weights = search.constants.weights
    positive.weights = right.weights.map { max($0, 0) }
    all.weightSum = 1
    long.weights = zip(search.constants.weights, steps).map { $0 < 0 ? $0 * 5 / pow(length($1), 2) : $0 }
    expectClose(
      search.covariance, right(steps), "C, row by row, with negative weights",
      mistakes: [
        Mistake("negative weights as they are: C need not stay positive", gives: plain(steps)),
        Mistake("negative weights left out", gives: positive(steps)),
        Mistake("n/|y|²: it is the length of C^(−½)·y that is taken out", gives: long(steps)),
        Mistake("weights that are taken to sum to 1", gives: all(steps)),
        Mistake("C as it was", gives: shape.matrix),
      ])
  }

  @Test func whatALongPathLacksIsMadeUpFor() {
    var search = search(isShort: false)
    search.updateCovariance(steps, meanStep: meanStep)
    let right = update(of: search, hSigma: 0)
    var shrinking = right
    shrinking.makesUp = false
    expectClose(
      search.covariance, right(steps), "C, row by row, while p_σ is long",
      mistakes: [
        Mistake("δ left out: C shrinks while h_σ is 0", gives: shrinking(steps)),
        Mistake("h_σ left out: p_c must wait while σ grows", gives: update(of: search)(steps)),
      ])
  }

  @Test func asPycmaDoes() throws {
    for name in ["injected_state_N5_active", "injected_state_N20_active", "injected_state_N20_positive"] {
      let generation = try GoldenGeneration(name)
      let size = generation.mean.count
      var search = try generation.search(
        stepSizePath: generation.after("p_sigma", count: size), isCounted: true)
      search.updateCovariance(generation.steps, meanStep: try generation.meanStep())
      expectClose(search.covariancePath, try generation.after("p_c", count: size), "pycma's p_c, \(name)")
      expectClose(search.covariance, try generation.after("C", count: size * size), "pycma's C, \(name)")
    }
  }

  @Test func aTurnedValleyIsFound() {
    // A thousand times steeper across than along: without C the search would crawl.
    var random = SplitMix64(seed: 134)
    var search = CMAES(mean: [3, -2, 1, 4], stepSize: 1)
    func cost(_ x: [Double]) -> Double {
      let turned = [x[0] + x[1], x[0] - x[1], x[2] + x[3] - 1, x[2] - x[3]]
      return zip(turned, [1, 100, 1, 1_000_000]).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    }
    for _ in 0..<200 {
      let candidates = search.ask(using: &random)
      search.tell(candidates, costs: candidates.map(cost))
    }
    expectClose(
      search.mean, [0, 0, 0.5, 0.5], "the minimum of a turned valley after 200 generations",
      within: Tolerance(relative: 0, absolute: 1e-3))
  }
}
