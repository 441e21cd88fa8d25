import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV2
#else
  import Chapter3
#endif

/// The actor's loss on 2 dreams of 4 steps, with 3 choices or actions of 2 numbers.
///
/// Returns, values and weights are numbers that belong to no dream, so that none can stand for another.
@Suite(.exercise("3.10")) struct ActorLossTests {
  let features = Tensor.sample([2, 5, 11], seed: 111)
  let judgement = Behavior.Judgement(
    returns: .sample([2, 4], seed: 112, low: -1, high: 3),
    values: .sample([2, 5], seed: 113, low: -1, high: 3),
    weights: .sample([2, 4], seed: 114, low: 0.3, high: 1))
  let choices = Tensor.oneHot([0, 2, 1, 1, 0, 0, 0, 2, 2, 1], count: 3).reshaped([2, 5, 3])
  let numbers = Tensor.sample([2, 5, 2], seed: 115, low: -0.9, high: 0.9)

  private func behavior(mix: Double, entropyScale: Double, isChoice: Bool = true) -> Behavior {
    .example(
      .tiny { ($0.actorGradientMix, $0.actorEntropyScale) = (mix, entropyScale) },
      actionSize: isChoice ? 3 : 2,
      isChoice: isChoice, seed: 116)
  }

  private func loss(_ behavior: Behavior, _ actor: Actor? = nil) -> Tensor {
    var random = SplitMix64(seed: 117)
    let dream = Dream(
      features: features, actions: behavior.actor.isChoice ? choices : numbers, discounts: .ones([2, 5]))
    return behavior.actorLoss(actor ?? behavior.actor, dream: dream, judgement: judgement, using: &random)
  }

  // MARK: The oracle

  /// What is paired with the state at t, and how: the right values, which mistakes change.
  private struct Pairing {
    var returns = 1, actions = 1, weights: Int? = 0, baseline: Int? = 0
    var mix = 1.0, entropyScale = 0.0
    var entropyCounts = true
    /// By how much the policy's output is moved.
    var shift: [Double] = [0, 0, 0, 0]
    /// Which actor is looked at.
    var layers: MLP? = nil
  }

  /// −mean(weight · (ρ · log π · advantage + (1 − ρ) · return + η · entropy)).
  private func expected(_ behavior: Behavior, _ change: (inout Pairing) -> Void = { _ in }) -> Double {
    var pairing = Pairing()
    change(&pairing)
    let isChoice = behavior.actor.isChoice
    let states = features.vectors.chunks(5)
    let actions = (isChoice ? choices : numbers).vectors.chunks(5)
    let (returns, values, weights) = (
      judgement.returns.vectors, judgement.values.vectors, judgement.weights.vectors
    )
    var sum = 0.0
    for row in 0..<2 {
      for t in 0..<3 {
        let output = zip(Oracle.mlp(states[row][t], pairing.layers ?? behavior.actor.layers), pairing.shift)
          .map(+)
        let action = actions[row][t + pairing.actions]
        let (logProbability, entropy) = isChoice ? category(output, action) : truncated(output, action)
        let paid = returns[row][t + pairing.returns]
        let advantage = paid - (pairing.baseline.map { values[row][t + $0] } ?? 0)
        let objective = pairing.mix * logProbability * advantage + (1 - pairing.mix) * paid
        let weight = pairing.weights.map { weights[row][t + $0] } ?? 1
        sum += weight * objective + (pairing.entropyCounts ? weight : 1) * pairing.entropyScale * entropy
      }
    }
    return -sum / 6
  }

  private func category(_ output: [Double], _ action: [Double]) -> (Double, Double) {
    let probabilities = Oracle.softmax(output)
    return (zip(action, probabilities).reduce(0) { $0 + $1.0 * log($1.1) }, Oracle.entropy(probabilities))
  }

  private func truncated(_ output: [Double], _ action: [Double]) -> (Double, Double) {
    (0..<2).reduce((0, 0)) { sums, index in
      let (mean, deviation) = (tanh(output[index]), 2 * Oracle.sigmoid(output[index + 2] / 2) + 0.1)
      return (
        sums.0 + Oracle.logTruncated(action[index], mean: mean, deviation: deviation),
        sums.1 + Oracle.truncatedEntropy(mean: mean, deviation: deviation)
      )
    }
  }

  // MARK: Values

  @Test func reinforce() {
    let behavior = behavior(mix: 1, entropyScale: 0)
    let right = expected(behavior)
    expectShape(
      loss(behavior), [], "the loss, a single number",
      mistakes: [("a loss for each step: take the mean", [2, 3]), ("a mean over one axis only", [2])])
    expectClose(
      loss(behavior), right, "the loss with ρ = 1",
      mistakes: [
        Mistake(
          "the return of the state in which the action was chosen: it leads to the next, whose return counts",
          gives: expected(behavior) { $0.returns = 0 }),
        Mistake(
          "the action that led to the state: the one chosen in it is at t + 1",
          gives: expected(behavior) { $0.actions = 0 }),
        Mistake(
          "action and return of the state itself, which the action could not change",
          gives: expected(behavior) { ($0.actions, $0.returns) = (0, 0) }),
        Mistake(
          "the baseline of the state after: it is the value of state t",
          gives: expected(behavior) { $0.baseline = 1 }),
        Mistake(
          "no baseline: the advantage is the return less the value",
          gives: expected(behavior) { $0.baseline = nil }),
        Mistake("weights one step late: state t counts", gives: expected(behavior) { $0.weights = 1 }),
        Mistake("missing weights", gives: expected(behavior) { $0.weights = nil }),
        Mistake("a missing minus sign: the actor would choose what is bad", gives: -right),
        Mistake("the sum instead of the mean", gives: 6 * right),
        Mistake("ρ and 1 − ρ exchanged", gives: expected(behavior) { $0.mix = 0 }),
      ])
  }

  @Test func throughTheDynamics() {
    let behavior = behavior(mix: 0, entropyScale: 0)
    let right = expected(behavior) { $0.mix = 0 }
    expectClose(
      loss(behavior), right, "the loss with ρ = 0",
      mistakes: [
        Mistake("ρ and 1 − ρ exchanged", gives: expected(behavior)),
        Mistake(
          "returns one step early: the state's own is no work of its action",
          gives: expected(behavior) { ($0.mix, $0.returns) = (0, 0) }),
        Mistake(
          "weights one step late: state t counts", gives: expected(behavior) { ($0.mix, $0.weights) = (0, 1) }
        ),
        Mistake("missing weights", gives: expected(behavior) { ($0.mix, $0.weights) = (0, nil) }),
        Mistake("a missing minus sign: the actor would choose what is bad", gives: -right),
      ])
  }

  @Test func mixed() {
    let behavior = behavior(mix: 0.25, entropyScale: 0)
    expectClose(
      loss(behavior), expected(behavior) { $0.mix = 0.25 }, "the loss with ρ = ¼",
      mistakes: [
        Mistake("ρ and 1 − ρ exchanged", gives: expected(behavior) { $0.mix = 0.75 }),
        Mistake("REINFORCE alone", gives: expected(behavior)),
        Mistake("the dynamics alone", gives: expected(behavior) { $0.mix = 0 }),
        Mistake(
          "both halves whole: they are weighted with ρ and 1 − ρ",
          gives: expected(behavior) + expected(behavior) { $0.mix = 0 }),
      ])
  }

  @Test(arguments: [true, false]) func entropyIsRewarded(isChoice: Bool) {
    let behavior = behavior(mix: 1, entropyScale: 0.2, isChoice: isChoice)
    expectClose(
      loss(behavior), expected(behavior) { $0.entropyScale = 0.2 },
      "the loss of \(isChoice ? "choices" : "numbers") with a bonus for entropy",
      within: Tolerance(relative: 3e-4, absolute: 3e-5),
      mistakes: [
        Mistake("a bonus that is left out", gives: expected(behavior)),
        Mistake(
          "a bonus that is subtracted from the objective",
          gives: expected(behavior) { $0.entropyScale = -0.2 }),
        Mistake(
          "a bonus without the weights",
          gives: expected(behavior) { ($0.entropyScale, $0.entropyCounts) = (0.2, false) }),
        Mistake("a bonus that is not scaled", gives: expected(behavior) { $0.entropyScale = 1 }),
      ])
  }

  // MARK: Gradients

  @Test func gradientReachesTheRecordedActor() {
    let behavior = behavior(mix: 1, entropyScale: 0.2)
    let found = valueWithGradient(at: [behavior.actor.layers.layers[1].bias]) { parameters in
      var actor = behavior.actor
      actor.layers.layers[1].bias = parameters[0]
      return loss(behavior, actor)
    }.gradients[0]
    func gradient(_ scale: Double) -> [Double] {
      Oracle.gradient(at: [[0, 0, 0]]) { shift in
        expected(behavior) { ($0.entropyScale, $0.shift) = (scale, shift[0]) }
      }[0]
    }
    expectClose(
      found, gradient(0.2), "the gradient at the actor's output bias",
      mistakes: [
        Mistake("a loss that does not use the recorded actor", gives: Tensor.zeros([3])),
        Mistake("an entropy without a gradient", gives: gradient(0)),
      ])
  }

  @Test func whatIsConstant() throws {
    let behavior = behavior(mix: 0.25, entropyScale: 0.2)
    let inputs = [judgement.returns, judgement.values, features, choices]
    try #require(loss(behavior).shape == [], "the shape, see reinforce")
    let found = valueWithGradient(at: inputs) { x in
      var random = SplitMix64(seed: 117)
      let loss = behavior.actorLoss(
        behavior.actor, dream: Dream(features: x[2], actions: x[3], discounts: .ones([2, 5])),
        judgement: .init(returns: x[0], values: x[1], weights: judgement.weights), using: &random)
      return loss
    }.gradients
    let (states, actions) = (features.vectors.chunks(5), choices.vectors.chunks(5))
    func ofReturns(flows: Double) -> Tensor {
      let rows = (0..<2).map { row in
        [0.0]
          + (0..<3).map { t in
            let logProbability = category(
              Oracle.mlp(states[row][t], behavior.actor.layers), actions[row][t + 1]
            ).0
            return -(0.75 + flows * 0.25 * logProbability)
              * Double(judgement.weights.at(row, axis: 0).at(t, axis: 0).scalar) / 6
          }
      }
      return Tensor(rows)
    }
    expectClose(
      found[0], ofReturns(flows: 0), "the gradient at the returns: that of the dynamics' part alone",
      mistakes: [
        Mistake("an advantage that is no constant", gives: ofReturns(flows: 1)),
        Mistake(
          "returns without a gradient: with ρ < 1 the actor learns through them", gives: Tensor.zeros([2, 4])),
      ])
    for (index, what) in [
      "values: the baseline is a constant", "features: what the policy sees is a constant",
      "actions: they are constants in log π",
    ].enumerated() {
      expectClose(found[index + 1], Tensor.zeros(inputs[index + 1].shape), "the gradient at the \(what)")
    }
  }

  @Test func officialLoss() throws {
    let golden = try GoldenCase.named("actor_loss_reinforce", in: "dreamerv2")
    let inputs = try ["logits", "act", "rew", "val", "disc"].map { try golden.input($0).tensor }
    let scale = try golden.input("ent_scale").number
    let behavior = Behavior.example(
      .tiny {
        ($0.actorGradientMix, $0.actorEntropyScale, $0.headLayers) = (1, scale, 0)
        ($0.groups, $0.classes, $0.deterministicSize) = (2, 4, 10)
      }, actionSize: 4, isChoice: true, seed: 118)
    // Features that are one-hot pick a row of the only layer, so its weights are the logits.
    var actor = behavior.actor
    actor.layers.layers[0] = Linear(
      weight: inputs[0].transposed(1, 0, 2).reshaped([18, 4]), bias: .zeros([4]))
    let values = inputs[3].transposed()
    let discounts = inputs[4].transposed()
    let returns = Oracle.lambdaReturns(
      rewards: inputs[2].transposed().vectors, values: values.vectors, discounts: discounts.vectors,
      lambda: 0.95)
    var random = SplitMix64(seed: 119)
    let loss = behavior.actorLoss(
      actor,
      dream: Dream(
        features: Tensor.oneHot(Array(0..<18), count: 18).reshaped([3, 6, 18]),
        actions: inputs[1].transposed(1, 0, 2), discounts: discounts),
      judgement: .init(
        returns: Tensor(returns), values: values, weights: Tensor(Oracle.discountWeights(discounts.vectors))),
      using: &random)
    expectClose(loss, try golden.output("loss").number, "the official loss")
  }
}
