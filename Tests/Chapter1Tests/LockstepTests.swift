import CourseTesting
import Environments
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// Controllers in worlds with z of 3 numbers and a memory of 7.
@Suite(.exercise("1.13")) struct LockstepTests {
  let population: Population
  let weights: [[Float]] = (0..<3).map { Tensor.sample([33], seed: 151 + UInt64($0)).scalars }

  init() {
    var settings = WorldModelsConfiguration.preset(.smoke)
    (settings.latentSize, settings.memorySize) = (3, 7)
    var random = SplitMix64(seed: 154)
    let space = Space.box(low: [-1, -1, -1, -1], high: [1, 1, 1, 1])
    var model = WorldModel(observationSpace: space, actionSize: 3, configuration: settings, using: &random)
    model.memory = model.memory.withRandomParameters(seed: 155)
    population = Population(model: model, format: .driving, usesMemory: true)
  }

  /// What the answer finds for the first controllers.
  private func evaluate(_ count: Int, lengths: [Int]) -> Population.Result {
    population.evaluate(
      weights.prefix(count).map { Controller(parameters: $0, sizes: [10, 3]) },
      rollouts: lengths.count / count
    ) { _ in ScriptedWorlds(lengths: lengths) }
  }

  /// Expects the returns of the first controllers.
  private func expectReturns(
    _ count: Int, lengths: [Int], _ what: String, slips: [(name: String, slip: LockstepSlip)]
  ) {
    let weights = Array(weights.prefix(count))
    expectClose(
      evaluate(count, lengths: lengths).returns, population.scriptedReturns(weights, lengths: lengths), what,
      within: Tolerance(relative: 1e-3, absolute: 1e-4),
      mistakes: slips.map { slip in
        Mistake(slip.name, gives: population.scriptedReturns(weights, lengths: lengths, slip: slip.slip))
      })
  }

  @Test func everyControllerPlaysItsOwnWorlds() {
    expectReturns(
      3, lengths: [4, 4, 4, 4, 4, 4], "the mean returns of 3 controllers in 2 worlds each",
      slips: [
        ("controllers that take turns: world w belongs to controller w / rollouts", .controllersInTurn),
        ("a memory that stays empty", .memoryStaysEmpty),
      ])
  }

  @Test func everythingInItsOrder() {
    expectReturns(
      1, lengths: [5], "the return of one controller in one world",
      slips: [
        ("a world that goes on from h: it needs h′, M after z and the action", .worldSeesOldMemory),
        ("an M that is shown z′: it takes in z, at which the action was taken", .memorySeesNextLatent),
        ("a memory that stays empty", .memoryStaysEmpty),
        ("a controller that sees z and zeros: it needs h", .controllerSeesNoMemory),
        ("a world that goes on from the cell: it needs h′", .worldSeesCell),
        ("an episode whose last reward is lost", .lastRewardIsLost),
      ])
  }

  @Test func worldsThatEndAreDropped() {
    expectReturns(
      2, lengths: [2, 5, 1, 4, 3, 5],
      "the mean returns of 2 controllers in worlds of 2, 5, 1 and 4, 3, 5 steps",
      slips: [
        ("a memory whose rows do not follow the worlds: some dream another's dream", .rowsOfEndedWorldsStay),
        (
          "cells whose rows do not follow the worlds: the memory has two parts", .cellsOfEndedWorldsStay
        ),
        ("memories that are lost when any world ends: the others go on", .memoryEmptiedAtAnEnd),
        ("rewards by place: after an end, places and worlds differ", .rewardsByPlace),
        ("an episode whose last reward is lost", .lastRewardIsLost),
      ])
  }

  @Test func stepsAreCounted() {
    expectClose(
      evaluate(2, lengths: [2, 5, 1, 4, 3, 5]).steps, 20, "the steps of worlds of 2, 5, 1, 4, 3 and 5 steps",
      mistakes: [
        Mistake("rounds: each running world takes a step in a round", gives: 5),
        Mistake("steps of worlds that have ended", gives: 30),
        Mistake("steps without the last of each world", gives: 14),
      ])
  }
}
