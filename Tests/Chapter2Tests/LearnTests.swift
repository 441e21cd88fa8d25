import CourseTesting
import Networks
import Tensors
import Testing
import Training

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// One update of actor and critic on dreams of 4 steps from 2 states, in a world without chance.
@Suite(.exercise("2.12")) struct LearnTests {
  var world = CertainWorld(seed: 120) { ($0.actorRate, $0.criticRate) = (0.1, 0.05) }
  var random = SplitMix64(seed: 121)

  private mutating func learn() -> Metrics {
    world.behavior.learn(from: world.start, model: world.model, using: &random)
  }

  /// A number that the optimiser of `part` keeps, by its name in a checkpoint.
  private func optimizer(_ part: String, _ name: String) throws -> Tensor {
    try #require(world.behavior.parameters.first { $0.name == "\(part)Optimizer.\(name)" }).value
  }

  /// The mistake of taking a gradient after the other part has learned, if that makes a difference.
  ///
  /// The loss `late` is known only roughly: what has learned no longer quite ignores the latents.
  private func mistake(_ name: String, late: Float, expected: Float, found: Double) -> [Mistake] {
    let change = abs(late - expected)
    guard change > 0.002 else { return [] }
    return [Mistake(name, gives: abs(Float(found) - late) < 0.3 * change ? Float(found) : late)]
  }

  @Test mutating func actorLearnsFromTheDream() throws {
    let before = world
    let found = try #require(learn()["actor/loss"], "a metric called actor/loss")
    let expected = before.losses()
    var late = before
    late.behavior.critic = world.behavior.critic
    expectClose(
      found, expected.actor, "the metric actor/loss",
      mistakes: mistake(
        "a critic that learned before the actor had its gradient", late: late.losses().actor,
        expected: expected.actor, found: found) + [
          Mistake("a metric with the wrong sign: report the loss itself", gives: -expected.actor),
          Mistake("the critic's loss", gives: expected.critic),
        ])
  }

  @Test mutating func criticLearnsFromTheSameDream() throws {
    let before = world
    let found = try #require(learn()["critic/loss"], "a metric called critic/loss")
    let expected = before.losses()
    var second = before
    second.behavior.actor = world.behavior.actor
    expectClose(
      found, expected.critic, "the metric critic/loss",
      mistakes: mistake(
        "a second dream, after the actor had changed: both learn from the same dream",
        late: second.losses().critic, expected: expected.critic, found: found) + [
          Mistake("the actor's loss", gives: expected.actor)
        ])
  }

  @Test mutating func bothChange() {
    let before = world.behavior
    _ = learn()
    /// Adam's first step is as large as its rate, whatever the gradient.
    func largestStep(_ before: some Module, _ after: some Module) -> Float {
      zip(before.parameters, after.parameters)
        .map { abs($0.value - $1.value).scalars.max() ?? 0 }.max() ?? 0
    }
    for (name, step, rate) in [
      ("actor", largestStep(before.actor, world.behavior.actor), 0.1 as Float),
      ("critic", largestStep(before.critic, world.behavior.critic), 0.05),
    ] {
      expectClose(
        step, rate, "the largest change of a weight of the \(name): its optimiser's rate",
        within: Tolerance(relative: 1e-3, absolute: 0),
        mistakes: [Mistake("no change at all: update self.\(name), not a copy of it", gives: 0)])
    }
  }

  @Test mutating func gradientsOfTheLosses() throws {
    let expected = ["actor": world.actorGradient(), "critic": world.criticGradient()]
    _ = learn()
    for (part, layers) in [("actor", "layers.layers.1"), ("critic", "layers.1")] {
      // After one step Adam's first moment is a tenth of the gradient.
      let gradient = try 10 * optimizer(part, "first.\(layers).bias")
      let right = try #require(expected[part])
      expectClose(
        gradient, right, "the gradient at the \(part)'s output bias, from its optimiser",
        mistakes: [
          Mistake(
            "a gradient that climbs: the optimiser goes down, the loss has its minus sign", gives: -right),
          Mistake(
            "an optimiser that was not used: update with self.\(part)Optimizer",
            gives: Tensor.zeros(right.shape)),
        ])
    }
  }

  @Test mutating func normsBeforeClipping() throws {
    var clipped = CertainWorld(seed: 120) { $0.clipNorm = 0.001 }
    var sameRandom = random
    let metrics = [
      learn(), clipped.behavior.learn(from: clipped.start, model: clipped.model, using: &sameRandom),
    ]
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
    for _ in 0..<3 { _ = learn() }
    for part in ["actor", "critic"] {
      expectClose(
        try optimizer(part, "steps"), 3, "the steps of the \(part)'s optimiser after learning three times",
        mistakes: [
          Mistake("a new optimiser each time: its moments must last", gives: 1),
          Mistake("an optimiser that was not used: update with self.\(part)Optimizer", gives: 0),
          Mistake("two updates each time", gives: 6),
        ])
    }
  }

  @Test mutating func actsForReward() {
    // The reward is the first number of the memory, and that grows with the first number of the action.
    world.model.rssm.remembersOnlyTheAction()
    world.model.rewardHead.layers = [world.model.rewardHead.layers[0]]
    world.model.rewardHead.layers[0].weight = Tensor((0..<8).map { [$0 == 3 ? 1 : 0] })
    world.model.rewardHead.layers[0].bias = .zeros([1])
    let before = world.firstAction()
    for _ in 0..<60 { _ = learn() }
    let after = world.firstAction()
    #expect(
      after > 0.9,
      "after 60 updates the actor should prefer the action that is rewarded: it went from \(before) to \(after) of 1"
    )
  }
}
