import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// Six candidates of three numbers around (1, −2, 3), with σ = 0.4.
@Suite(.exercise("1.9")) struct MoveMeanTests {
  let mean = [1.0, -2, 3]
  let candidates = numbers([6, 3], seed: 111)
  /// Their order is 3, 1, 4, 2, 0, 5.
  let costs = [5.0, 1, 3, -9, 2, 11]
  var search: CMAES { CMAES(mean: mean, stepSize: 0.4, populationSize: 6) }

  /// y of the candidates with these numbers.
  private func steps(_ order: [Int], from mean: [Double]) -> [[Double]] {
    order.map { combine(1 / 0.4, candidates[$0], -1 / 0.4, mean) }
  }

  /// The weights of ranks: log 3.5 − log rank, divided by the sum of the positive ones.
  private var weights: [Double] {
    let raw = (1...6).map { log(3.5) - log(Double($0)) }
    return raw.map { $0 / (raw[0] + raw[1] + raw[2]) }
  }

  private func weighted(_ steps: [[Double]], _ weights: [Double]) -> [Double] {
    zip(steps, weights).reduce([0, 0, 0]) { combine(1, $0, $1.1, $1.0) }
  }

  private var ranked: [[Double]] { steps([3, 1, 4, 2, 0, 5], from: mean) }
  private var meanStep: [Double] { weighted(ranked, Array(weights.prefix(3))) }

  @Test func stepsFromTheBestToTheWorst() {
    var search = search
    let newMean = combine(1, mean, 0.4, meanStep)
    expectClose(
      search.moveMean(toward: candidates, costs: costs).steps, ranked, "y of six candidates, the best first",
      mistakes: [
        Mistake("the largest cost first: the smaller the better", gives: Array(ranked.reversed())),
        Mistake(
          "candidates in the order in which they came", gives: steps(Array(0..<6), from: mean)),
        Mistake("x − m that is not divided by σ", gives: ranked.map { $0.map { 0.4 * $0 } }),
        Mistake(
          "steps from the new mean: m moves last", gives: steps([3, 1, 4, 2, 0, 5], from: newMean)),
        Mistake(
          "a candidate's rank where its number belongs", gives: steps([4, 1, 3, 0, 2, 5], from: mean)),
        Mistake("candidates in place of steps", gives: [3, 1, 4, 2, 0, 5].map { candidates[$0] }),
      ])
  }

  @Test func theMeanStepOfTheBetterHalf() {
    var search = search
    expectClose(
      search.moveMean(toward: candidates, costs: costs).meanStep, meanStep, "⟨y⟩ of six candidates",
      mistakes: [
        Mistake(
          "the plain mean of the better half: the best counts most",
          gives: weighted(ranked, [1, 1, 1].map { $0 / 3 })),
        Mistake(
          "all candidates: the negative weights are for the covariance only",
          gives: weighted(ranked, search.constants.weights)),
        Mistake("the worse half", gives: weighted(ranked.reversed(), Array(weights.prefix(3)))),
        Mistake("the step of the mean in x: ⟨y⟩ is in units of σ", gives: meanStep.map { 0.4 * $0 }),
      ])
  }

  @Test func theMeanMoves() {
    var search = search
    _ = search.moveMean(toward: candidates, costs: costs)
    expectClose(
      search.mean, combine(1, mean, 0.4, meanStep), "m afterwards",
      mistakes: [
        Mistake("a mean that stays", gives: mean),
        Mistake("m + ⟨y⟩ without σ", gives: combine(1, mean, 1, meanStep)),
        Mistake("σ·⟨y⟩ without the old m", gives: meanStep.map { 0.4 * $0 }),
        Mistake("m − σ·⟨y⟩: away from the good ones", gives: combine(1, mean, -0.4, meanStep)),
      ])
    expectClose(
      [Double(search.generation), search.stepSize], [0, 0.4], "the generation and σ: others go on with them")
  }

  @Test func whatIsNoNumberIsTheWorst() {
    // The controller of candidate 0 crashed the simulator.
    var search = search
    let found = search.moveMean(toward: candidates, costs: [.nan, 1, 3, -9, 2, 1e300])
    expectClose(
      found.steps, steps([3, 1, 4, 2, 5, 0], from: mean), "y of six candidates, the first with the cost NaN",
      mistakes: [
        Mistake("NaN as the best cost", gives: steps([0, 3, 1, 4, 2, 5], from: mean)),
        Mistake(
          "NaN as an ordinary cost: it is worse than any number",
          gives: steps([3, 1, 4, 2, 0, 5], from: mean)),
        Mistake("NaN as the cost 0", gives: steps([3, 0, 1, 4, 2, 5], from: mean)),
        Mistake(
          "a candidate left out: steps are needed of all six", gives: steps([3, 1, 4, 2, 5], from: mean)),
      ])
  }

  @Test func equalCosts() {
    // Nobody has reached the goal yet, or all have crashed: any order will do, but of all six.
    func ordered(_ steps: [[Double]]) -> [[Double]] { steps.sorted { $0.lexicographicallyPrecedes($1) } }
    for cost in [2, .infinity, .nan] {
      var search = search
      let found = search.moveMean(toward: candidates, costs: Array(repeating: cost, count: 6)).steps
      expectClose(
        ordered(found), ordered(steps(Array(0..<6), from: mean)),
        "y of six candidates with the cost \(cost), sorted",
        mistakes: [
          Mistake(
            "one candidate six times: a cost does not say whose it is",
            gives: steps([0, 0, 0, 0, 0, 0], from: mean))
        ])
    }
  }

  @Test func asPycmaDoes() throws {
    for name in ["from_start_N5_active", "injected_state_N20_positive"] {
      let generation = try GoldenGeneration(name)
      var search = try generation.search()
      let found = search.moveMean(toward: generation.candidates, costs: generation.costs)
      expectClose(
        search.mean, try generation.after("mean", count: search.mean.count), "pycma's new mean, \(name)")
      expectClose(found.steps, generation.steps, "y of pycma's candidates, \(name)")
    }
  }
}
