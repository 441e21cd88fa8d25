import CourseTesting
import Foundation
import Networks
import Tensors
import Testing
import Training

import struct DreamerV1.LatentState

#if SOLUTIONS
  import DreamerV2
#else
  import Chapter3
#endif

/// A world that goes its way whatever is done and drawn, and networks that do not look at the latents.
///
/// What is dreamt in it, and what it is worth, can be worked out in double precision.
private struct ForeseeableWorld {
  var settings: DreamerV2Configuration
  var model: WorldModel
  var behavior: Behavior
  let start = LatentState(deterministic: .sample([2, 5], seed: 131), stochastic: .zeros([2, 6]))
  /// The second episode has ended at its start.
  let goesOn = Tensor([1, 0])

  init(_ change: (inout DreamerV2Configuration) -> Void = { _ in }) {
    settings = .tiny {
      ($0.actorGradientMix, $0.actorEntropyScale, $0.targetInterval) = (0, 2, 3)
      ($0.actorRate, $0.criticRate) = (0.1, 0.05)
      change(&$0)
    }
    model = .example(settings, actionSize: 3, seed: 132)
    behavior = .example(settings, actionSize: 3, isChoice: true, seed: 134)
    model.rssm.inputLayer.weight = .zeros(model.rssm.inputLayer.weight.shape)
    model.rewardHead.layers[0].ignoreFirst(6)
    model.discountHead?.layers[0].ignoreFirst(6)
    behavior.actor.layers.layers[0].ignoreFirst(6)
    behavior.critic.layers[0].ignoreFirst(6)
    behavior.targetCritic.layers[0].ignoreFirst(6)
  }

  /// [z, h] of each state, where nobody looks at z.
  var states: [[[Double]]] {
    start.deterministic.vectors.map { memory in
      var memories = [memory]
      for _ in 0..<4 {
        memories.append(
          Oracle.nextMemory(
            model.rssm, latent: [0, 0, 0, 0, 0, 0], action: [0, 0, 0], memory: memories[memories.count - 1]))
      }
      return memories.map { [0, 0, 0, 0, 0, 0] + $0 }
    }
  }

  private func read(_ head: MLP) -> [[Double]] { states.map { $0.map { Oracle.mlp($0, head)[0] } } }

  func values(_ critic: MLP) -> [[Double]] { read(critic) }

  func discounts(goesOn: [Double] = [1, 0]) -> [[Double]] {
    zip(read(model.discountHead!), goesOn).map { [settings.discount * $1] + $0[1...].map(Oracle.sigmoid) }
  }

  /// What actor and critic minimise if returns are judged by a critic.
  func losses(
    judge: MLP, critic: MLP, goesOn: [Double] = [1, 0], shift: [Double] = [0, 0, 0]
  ) -> (actor: Double, critic: Double) {
    let discounts = discounts(goesOn: goesOn)
    let returns = Oracle.lambdaReturns(
      rewards: read(model.rewardHead), values: read(judge), discounts: discounts, lambda: settings.lambda)
    let weights = Oracle.discountWeights(discounts)
    let predicted = read(critic)
    var (actorSum, criticSum) = (0.0, 0.0)
    for row in 0..<2 {
      for t in 0..<4 {
        criticSum -=
          weights[row][t] * Oracle.logNormal(returns[row][t], mean: predicted[row][t], deviation: 1)
        guard t < 3 else { continue }
        let output = zip(Oracle.mlp(states[row][t], behavior.actor.layers), shift).map(+)
        let entropy = Oracle.entropy(Oracle.softmax(output))
        actorSum -= weights[row][t] * (returns[row][t + 1] + settings.actorEntropyScale * entropy)
      }
    }
    return (actorSum / 6, criticSum / 8)
  }

  mutating func learn(update: Int, using random: inout SplitMix64) -> Metrics {
    behavior.learn(from: start, goesOn: goesOn, model: model, update: update, using: &random)
  }

  /// A number that the optimiser of `part` keeps, by its name in a checkpoint.
  func optimizer(_ part: String, _ name: String) throws -> Tensor {
    try #require(behavior.parameters.first { $0.name == "\(part)Optimizer.\(name)" }).value
  }
}

/// One update of actor and critic after the other, on dreams of 4 steps from 2 states; a new target every 3 updates.
@Suite(.exercise("3.12")) struct LearnTests {
  private var world = ForeseeableWorld()
  var random = SplitMix64(seed: 137)

  /// Which critic the target is after each of seven updates: the one before update n, or −1 for the first target.
  @Test mutating func theTargetIsCopiedNowAndThen() {
    var critics: [[Tensor]] = []
    let first = world.behavior.targetCritic.parameters.map(\.value)
    var found: [Double] = []
    for update in 0..<7 {
      critics.append(world.behavior.critic.parameters.map(\.value))
      _ = world.learn(update: update, using: &random)
      let target = world.behavior.targetCritic.parameters.map(\.value)
      let after = critics + [world.behavior.critic.parameters.map(\.value)]
      found.append(target == first ? -1 : Double(after.firstIndex { $0 == target } ?? -2))
    }
    expectClose(
      found, [0, 0, 0, 3, 3, 3, 6] as [Double],
      "which critic is the target after updates 0 … 6 with targetInterval 3: the one before update n",
      mistakes: [
        Mistake("a target that is never copied", gives: [-1, -1, -1, -1, -1, -1, -1] as [Double]),
        Mistake("a copy in every update", gives: [0, 1, 2, 3, 4, 5, 6] as [Double]),
        Mistake(
          "a copy after learning: the dream is judged by the new target",
          gives: [1, 1, 1, 4, 4, 4, 7] as [Double]),
        Mistake("a copy after learning, in every update", gives: [1, 2, 3, 4, 5, 6, 7] as [Double]),
        Mistake(
          "a copy in the updates between: where the interval divides, and only there",
          gives: [-1, 1, 2, 2, 4, 5, 5] as [Double]),
        Mistake("no copy at update 0", gives: [-1, -1, -1, 3, 3, 3, 6] as [Double]),
        Mistake("a copy in the last update of each interval", gives: [-1, -1, 2, 2, 2, 5, 5] as [Double]),
        Mistake(
          "a mixture of old and new: DreamerV2's copy is whole",
          gives: [-2, -2, -2, -2, -2, -2, -2] as [Double]),
      ])
  }

  @Test mutating func lossesByTheTarget() throws {
    let (first, before) = (world.behavior.targetCritic, world)
    // Update 1 renews nothing: the first target judges.
    let metrics = world.learn(update: 1, using: &random)
    let critic = before.behavior.critic
    let right = before.losses(judge: first, critic: critic)
    let byCritic = before.losses(judge: critic, critic: critic)
    let endless = before.losses(judge: first, critic: critic, goesOn: [1, 1])
    expectClose(
      try #require(metrics["actor/loss"], "a metric called actor/loss"), right.actor, "the metric actor/loss",
      mistakes: [
        Mistake("returns by the critic that learns", gives: byCritic.actor),
        Mistake(
          "a dream that does not know where the episode has ended: pass on goesOn", gives: endless.actor),
        Mistake("a metric with the wrong sign: report the loss itself", gives: -right.actor),
        Mistake("the critic's loss", gives: right.critic),
      ])
    expectClose(
      try #require(metrics["critic/loss"], "a metric called critic/loss"), right.critic,
      "the metric critic/loss",
      mistakes: [
        Mistake("returns by the critic that learns", gives: byCritic.critic),
        Mistake(
          "a dream that does not know where the episode has ended: pass on goesOn", gives: endless.critic),
        Mistake(
          "the target critic's loss: the critic learns",
          gives: before.losses(judge: first, critic: first).critic),
        Mistake("the actor's loss", gives: right.actor),
      ])
    let mean = { (critic: MLP) in before.values(critic).joined().reduce(0, +) / 10 }
    expectClose(
      try #require(metrics["critic/value"], "a metric called critic/value"), mean(first),
      "the metric critic/value",
      mistakes: [Mistake("the value of the critic that learns", gives: mean(critic))])
  }

  @Test mutating func theNewTargetJudges() throws {
    let before = world
    let metrics = world.learn(update: 3, using: &random)
    let critic = before.behavior.critic
    let late = before.losses(judge: before.behavior.targetCritic, critic: critic)
    expectClose(
      try #require(metrics["critic/loss"], "a metric called critic/loss"),
      before.losses(judge: critic, critic: critic).critic,
      "the metric critic/loss in an update that renews the target",
      mistakes: [Mistake("a dream judged by the old target: renew it first", gives: late.critic)])
  }

  /// In a dream of two steps with constant values one loss follows from the other.
  @Test mutating func bothLearnFromTheSameDream() throws {
    var world = ForeseeableWorld { ($0.horizon, $0.actorEntropyScale) = (2, 0) }
    // This world does depend on what is done.
    world.model.rssm = WorldModel.example(world.settings, actionSize: 3, seed: 132).rssm
    world.model.rewardHead = world.model.rewardHead.withRandomParameters(seed: 138, limit: 2)
    let value = { (number: Float) -> Linear in Linear(weight: .zeros([8, 1]), bias: Tensor([number])) }
    world.behavior.critic.layers[1] = value(0.5)
    world.behavior.targetCritic.layers[1] = value(2)
    let start = world.start.rows([0])
    let metrics = world.behavior.learn(
      from: start, goesOn: Tensor([1]), model: world.model, update: 1, using: &random)
    let actorLoss = try #require(metrics["actor/loss"], "a metric called actor/loss")
    let (next, gamma) = (-actorLoss, 0.9)
    let reward = Oracle.mlp(start.features.vectors[0], world.model.rewardHead)[0]
    let first = reward + gamma * (0.3 * 2 + 0.7 * next)
    let expected =
      -0.5
      * (Oracle.logNormal(first, mean: 0.5, deviation: 1) + gamma
        * Oracle.logNormal(next, mean: 0.5, deviation: 1))
    let found = try #require(metrics["critic/loss"], "a metric called critic/loss")
    expectClose(
      found, expected,
      "the critic's loss, worked out from the actor's, which holds the return of the same dream",
      within: Tolerance(relative: 1e-3, absolute: 1e-4),
      mistakes: abs(found - expected) < 2e-3 * abs(expected) + 2e-4
        ? [] : [Mistake("a second dream: both learn from the same one", gives: found)])
  }

  @Test mutating func gradientsOfTheLosses() throws {
    let before = world
    let (critic, judge) = (before.behavior.critic, before.behavior.targetCritic)
    _ = world.learn(update: 1, using: &random)
    let ofActor = Oracle.gradient(at: [[0, 0, 0]]) {
      before.losses(judge: judge, critic: critic, shift: $0[0]).actor
    }[0]
    let ofCritic = Oracle.gradient(at: [[0]]) { shift in
      var moved = critic
      moved.layers[1].bias = critic.layers[1].bias + Float(shift[0][0] * 1000)
      return before.losses(judge: judge, critic: moved).critic / 1000
    }[0]
    for (part, layers, right) in [("actor", "layers.layers.1", ofActor), ("critic", "layers.1", ofCritic)] {
      // After one step Adam's first moment is a tenth of the gradient.
      expectClose(
        try 10 * world.optimizer(part, "first.\(layers).bias"), right,
        "the gradient at the \(part)'s output bias, from its optimiser",
        within: Tolerance(relative: 5e-3, absolute: 1e-4),
        mistakes: [
          Mistake(
            "a gradient that climbs: the optimiser goes down, the loss has its minus sign",
            gives: right.map { -$0 }),
          Mistake(
            "an optimiser that was not used: update with self.\(part)Optimizer", gives: right.map { _ in 0 }),
        ])
    }
  }

  @Test mutating func bothChange() {
    let before = world.behavior
    _ = world.learn(update: 1, using: &random)
    /// Adam's first step is as large as its rate, whatever the gradient.
    func largestStep(_ before: some Module, _ after: some Module) -> Float {
      zip(before.parameters, after.parameters).map { abs($0.value - $1.value).scalars.max() ?? 0 }.max() ?? 0
    }
    for (name, step, rate) in [
      ("actor", largestStep(before.actor, world.behavior.actor), 0.1 as Float),
      ("critic", largestStep(before.critic, world.behavior.critic), 0.05),
    ] {
      expectClose(
        step, rate, "the largest change of a weight of the \(name): its optimiser's rate",
        within: Tolerance(relative: 3e-2, absolute: 0),
        mistakes: [Mistake("no change at all: update self.\(name), not a copy of it", gives: 0)])
    }
    expectClose(
      largestStep(before.targetCritic, world.behavior.targetCritic), 0,
      "the largest change of a weight of the target critic between two copies",
      within: Tolerance(relative: 3e-2, absolute: 1e-6),
      mistakes: [Mistake("a target that learns itself", gives: 0.05)])
  }

  @Test mutating func normsBeforeClipping() throws {
    var (clipped, sameRandom) = (ForeseeableWorld { $0.clipNorm = 0.001 }, random)
    let metrics = [world.learn(update: 1, using: &random), clipped.learn(update: 1, using: &sameRandom)]
    for (part, other) in [("actor", "critic"), ("critic", "actor")] {
      func norm(_ part: String) -> Float {
        let moments = world.behavior.parameters.filter { $0.name.hasPrefix("\(part)Optimizer.first") }
        return 10 * Gradients(tensors: moments.map(\.value)).norm
      }
      try #require(norm(part) > 0, "the \(part)'s optimiser was not used")
      for (metrics, what) in zip(metrics, ["without a limit", "with a small clipNorm"]) {
        let found = try #require(metrics["\(part)/gradient norm"], "a metric called \(part)/gradient norm")
        expectClose(
          found, norm(part), "the metric \(part)/gradient norm \(what)",
          mistakes: [
            Mistake("the norm after clipping: report what update returns", gives: 0.001),
            Mistake("the \(other)'s norm", gives: norm(other)),
          ])
      }
    }
  }

  @Test mutating func optimisersRemember() throws {
    for update in 1...3 { _ = world.learn(update: update, using: &random) }
    for part in ["actor", "critic"] {
      expectClose(
        try world.optimizer(part, "steps"), 3,
        "the steps of the \(part)'s optimiser after learning three times",
        mistakes: [
          Mistake("a new optimiser each time: its moments must last", gives: 1),
          Mistake("an optimiser that was not used: update with self.\(part)Optimizer", gives: 0),
          Mistake("two updates each time", gives: 6),
        ])
    }
  }

  /// By REINFORCE, in a world whose memory is the last choice, whose value nobody needs to know.
  @Test mutating func actsForReward() {
    var world = ForeseeableWorld {
      ($0.actorGradientMix, $0.actorEntropyScale, $0.actorRate, $0.criticRate) = (1, 0, 0.05, 1e-6)
    }
    world.model.rssm = WorldModel.example(world.settings, actionSize: 3, seed: 139).rssm
    world.model.rssm.remembersOnlyTheAction()
    for critic in [\Behavior.critic, \.targetCritic] {
      world.behavior[keyPath: critic].layers[1] = Linear(weight: .zeros([8, 1]), bias: .zeros([1]))
    }
    let memories = (0..<3).map { choice in
      Oracle.nextMemory(
        world.model.rssm, latent: [0, 0, 0, 0, 0, 0], action: (0..<3).map { $0 == choice ? 1 : 0 },
        memory: [0, 0, 0, 0, 0])
    }
    let rewards = memories.map { Oracle.mlp([0, 0, 0, 0, 0, 0] + $0, world.model.rewardHead)[0] }
    // The reward of the best choice is 1 above that of the worst, and their mean is 0.
    let best = rewards.indices.max { rewards[$0] < rewards[$1] } ?? 0
    let spread = Float((rewards.max() ?? 0) - (rewards.min() ?? 0))
    let mean = Float(rewards.reduce(0, +) / 3)
    let last = world.model.rewardHead.layers[1]
    world.model.rewardHead.layers[1] = Linear(weight: last.weight / spread, bias: (last.bias - mean) / spread)
    func preference() -> Double {
      let states = world.start.features.vectors + memories.map { [0, 0, 0, 0, 0, 0] + $0 }
      return states.map { Oracle.softmax(Oracle.mlp($0, world.behavior.actor.layers))[best] }.reduce(0, +) / 5
    }
    let before = preference()
    let starts = LatentState(
      deterministic: concatenate(Array(repeating: world.start.deterministic, count: 20), axis: 0),
      stochastic: .zeros([40, 6]))
    for update in 1...80 {
      _ = world.behavior.learn(
        from: starts, goesOn: .ones([40]), model: world.model, update: update, using: &random)
    }
    #expect(
      preference() > 0.8,
      "after 80 updates the actor should prefer the choice that is rewarded: it went from \(before) to \(preference()) of 1"
    )
  }
}
