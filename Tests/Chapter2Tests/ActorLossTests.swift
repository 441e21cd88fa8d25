import CourseTesting
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// The loss of dreams of 4 steps from 2 states, in a world without chance that can end.
@Suite(.exercise("2.10")) struct ActorLossTests {
  let world = CertainWorld(seed: 100) { $0.predictsContinue = true }

  private func actorLoss(_ actor: Actor? = nil) -> (loss: Tensor, dream: Behavior.Dream) {
    var random = SplitMix64(seed: 101)
    return world.behavior.actorLoss(
      actor ?? world.behavior.actor, from: world.start, model: world.model, using: &random)
  }

  @Test func shapes() {
    let (loss, dream) = actorLoss()
    expectShape(
      loss, [], "the loss, a single number",
      mistakes: [
        ("a loss for each return: take the mean", [2, 3]), ("a mean over one axis only", [2]),
        ("a mean over one axis only", [3]),
      ])
    expectShape(dream.features, [2, 4, 8], "the dream's features: all states")
    expectShape(dream.returns, [2, 3], "the dream's returns: all states but the last")
    expectShape(dream.weights, [2, 3], "the dream's weights: one for each return")
  }

  @Test func theDreamForTheCritic() throws {
    let dream = actorLoss().dream
    try #require(dream.returns.shape == [2, 3] && dream.weights.shape == [2, 3], "the shapes, see shapes()")
    let right = world.dream()
    func returns(_ change: (inout CertainWorld.Dream) -> Void) -> [[Double]] {
      var other = right
      change(&other)
      return world.returns(other)
    }
    let fixed = right.discounts.map { $0.map { _ in world.settings.discount } }
    expectClose(
      dream.returns, world.returns(right), "the dream's λ-returns",
      mistakes: [
        Mistake(
          "a fixed discount: the continue head says how likely the dream goes on",
          gives: returns { $0.discounts = fixed }),
        Mistake("returns without values", gives: returns { $0.values = $0.values.map { $0.map { _ in 0 } } }),
      ])
    expectClose(
      dream.weights, Oracle.discountWeights(right.discounts), "the dream's weights",
      mistakes: [
        Mistake(
          "a fixed discount: the continue head says how likely the dream goes on",
          gives: Oracle.discountWeights(fixed))
      ])
  }

  @Test func negativeWeightedMean() {
    let dream = world.dream()
    let (returns, weights) = (world.returns(dream), Oracle.discountWeights(dream.discounts))
    let mean = Float(Oracle.mean(weights, returns))
    let total = Float(weights.joined().reduce(0, +))
    let advantages = zip(returns, dream.values).map { zip($0, $1).map(-) }
    expectClose(
      actorLoss().loss, -mean, "the actor's loss",
      mistakes: [
        Mistake("a missing minus sign: the actor would minimise its return", gives: mean),
        Mistake("the sum instead of the mean", gives: -6 * mean),
        Mistake(
          "missing weights: states after the dream's likely end count less",
          gives: -Float(Oracle.mean(returns, returns) { a, _ in a })),
        Mistake(
          "a division by the sum of the weights: it is a plain mean of weight · return",
          gives: -6 * mean / total),
        Mistake(
          "returns minus values, as in REINFORCE: here the gradient goes through the dynamics",
          gives: -Float(Oracle.mean(weights, advantages))),
      ])
  }

  @Test func gradientReachesTheActor() {
    let last = world.behavior.actor.layers.layers.count - 1
    let found = valueWithGradient(at: [world.behavior.actor.layers.layers[last].bias]) { parameters in
      var actor = world.behavior.actor
      actor.layers.layers[last].bias = parameters[0]
      return actorLoss(actor).loss
    }.gradients[0]
    let right = world.actorGradient()
    expectClose(
      found, right, "the gradient at the actor's output bias",
      mistakes: [
        Mistake(
          "returns without a gradient: what the dream keeps for the critic is constant",
          gives: Tensor.zeros([4])),
        Mistake("rewards without a gradient", gives: world.actorGradient { $0.rewards = $1.rewards }),
        Mistake("values without a gradient", gives: world.actorGradient { $0.values = $1.values }),
        Mistake("discounts without a gradient", gives: world.actorGradient { $0.discounts = $1.discounts }),
        Mistake("a gradient that descends the return", gives: -right),
      ])
  }

  @Test func entropyIsRewarded() throws {
    let scale = 0.05
    let eager = CertainWorld(seed: 100) { ($0.predictsContinue, $0.actorEntropyScale) = (true, scale) }
    var random = SplitMix64(seed: 101)
    let (loss, found) = eager.behavior.actorLoss(
      eager.behavior.actor, from: eager.start, model: eager.model, using: &random)
    try #require(found.returns.shape == [2, 3], "the shapes, see shapes()")
    let dream = eager.dream()
    let (returns, weights) = (eager.returns(dream), Oracle.discountWeights(dream.discounts))
    let bonus = dream.features.map { $0.dropLast().map { scale * eager.entropy($0) } }
    let plain = -Oracle.mean(weights, returns)
    // The entropy is estimated from one draw, which differs by about half the scale.
    expectClose(
      loss.scalar, plain - Oracle.mean(weights, bonus), "the loss with a bonus for entropy",
      within: Tolerance(relative: 0, absolute: 2 * Float(scale)),
      mistakes: [
        Mistake("a bonus that is left out", gives: plain),
        Mistake("a bonus that is subtracted from the returns", gives: plain + Oracle.mean(weights, bonus)),
        Mistake("a bonus without the weights", gives: plain - Oracle.mean(bonus, bonus) { a, _ in a }),
      ])
    expectClose(
      found.returns, returns, "the dream's returns next to a bonus: the critic predicts rewards alone")
  }
}
