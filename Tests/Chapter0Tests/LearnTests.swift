import CourseTesting
import Environments
import Networks
import Tensors
import Testing
import Training

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// One training step, in a toy world of 3 numbers that 2 actions move; its reward is the first action.
@Suite(.exercise("0.8")) struct LearnTests {
  /// Forty episodes of 9 steps.
  private static func replay(scale: Float = 1, offset: Float = 0) -> ReplayBuffer {
    let anything = [Float](repeating: .infinity, count: 3)
    var replay = ReplayBuffer(
      observationSpace: .box(low: anything.map { -$0 }, high: anything), actionSize: 2, capacity: 1000,
      crossesEpisodes: false)
    var random = SplitMix64(seed: 40)
    for _ in 0..<40 {
      var state = Tensor.uniform([3], low: -10, high: 10, using: &random).scalars
      func observation() -> [Float] { state.map { offset + scale * $0 } }
      replay.startEpisode(with: observation())
      for _ in 0..<8 {
        let action = Tensor.uniform([2], low: -1, high: 1, using: &random).scalars
        state = [state[0] + action[0], state[1] + action[1], state[2] + 0.2 * state[0] * action[1]]
        replay.append(action: action, observation: observation(), reward: action[0], isTerminal: false)
      }
    }
    return replay
  }

  private func trainer(rate: Float, on replay: ReplayBuffer = replay()) -> WorldModelTrainer {
    WorldModelTrainer(replay: replay, batchSize: 6, maximumLength: 4, rate: rate, seed: 41)
  }

  /// The largest change of a parameter, by the name of the model's part.
  private func changes(_ before: LatentWorldModel, _ after: LatentWorldModel) -> [String: Float] {
    zip(before.parameters, after.parameters).reduce(into: [:]) { result, pair in
      let part = String(pair.0.name.prefix { $0 != "." })
      let change = abs(pair.0.value - pair.1.value).scalars.max() ?? 0
      result[part] = max(result[part] ?? 0, change)
    }
  }

  @Test func everyPartOfTheModelMoves() {
    var trainer = trainer(rate: 0.01)
    let before = trainer.model
    trainer.learn()
    for (part, change) in changes(before, trainer.model).sorted(by: { $0.key < $1.key }) {
      // Adam's first step is as large as its rate, whatever the gradient.
      expectClose(
        change, 0.01, "the largest change of a weight of the \(part) in the first step: the rate",
        within: Tolerance(relative: 0.02, absolute: 0),
        mistakes: [
          Mistake(
            "a \(part) that does not learn: take the gradient of the total, update self.model", gives: 0),
          Mistake("two updates", gives: 0.02),
        ])
    }
  }

  @Test func theErrorFalls() {
    var trainer = trainer(rate: 0.01)
    let errors = (0..<250).map { _ in Double(trainer.learn().observation.scalar) }
    let (first, last) = (errors.prefix(10).reduce(0, +) / 10, errors.suffix(10).reduce(0, +) / 10)
    #expect(
      last < 0.5 * first,
      "250 steps should at least halve the observation loss; it went from \(first) to \(last)\(last > first ? ": looks like a gradient that climbs" : "")"
    )
  }

  @Test func everyStepSeesOtherWindows() {
    var trainer = trainer(rate: 0)
    // The model stays as it is, so the reward's error differs only by what is predicted.
    let errors = (0..<5).map { _ in trainer.learn().reward.scalar }
    #expect(
      Set(errors).count == 5,
      "five steps without learning should have five different losses, got \(errors): looks like a copy of the generator: the same windows come every time"
    )
  }

  @Test func windowsOfEveryLength() {
    // All episodes begin at one place and have 4 steps: windows of 4 look at nothing but that place.
    let anything = [Float](repeating: .infinity, count: 3)
    var replay = ReplayBuffer(
      observationSpace: .box(low: anything.map { -$0 }, high: anything), actionSize: 2, capacity: 100,
      crossesEpisodes: false)
    for episode in 0..<10 {
      replay.startEpisode(with: [0, 0, 0])
      for t in 1..<4 {
        let place = Float(episode + 10 * t)
        replay.append(action: [1, -1], observation: [place, -place, 1], reward: 0, isTerminal: t == 3)
      }
    }
    var trainer = trainer(rate: 0, on: replay)
    let divergences = (0..<12).map { _ in trainer.learn().divergence.scalar }
    #expect(
      Set(divergences).count > 1,
      "12 batches of windows with 2 to 4 steps all began at the first step of an episode of 4: looks like windows of one length"
    )
  }

  @Test func observationsAreScaled() {
    var (near, far) = (trainer(rate: 0), trainer(rate: 0, on: Self.replay(scale: 20, offset: 300)))
    for _ in 0..<3 {
      expectClose(
        far.learn().divergence, near.learn().divergence,
        "the divergence when all observations are 300 + 20 times what they were: the scaling takes that back",
        within: Tolerance(relative: 0.05, absolute: 0))
    }
  }

  @Test func lossesOfTheModelBeforeTheStep() {
    var (still, moving) = (trainer(rate: 0), trainer(rate: 0.3))
    let (expected, found) = (still.learn(), moving.learn())
    #expect(
      found.reward.scalar == expected.reward.scalar,
      "the first step's losses should not depend on its size: looks like losses taken after the update")
  }

  @Test func theOptimiserRemembers() {
    var trainer = trainer(rate: 0.01)
    var models = [trainer.model]
    for _ in 0..<2 {
      trainer.learn()
      models.append(trainer.model)
    }
    // A fresh Adam takes a full step wherever the gradient is not tiny; one that remembers does not again.
    let full = zip(models, models.dropFirst()).map { before, after in
      zip(before.parameters, after.parameters).flatMap { pair in
        abs(pair.0.value - pair.1.value).scalars.map { $0 > 0.0099 && $0 < 0.0101 }
      }
    }
    let (once, twice) = (full[0].count { $0 }, zip(full[0], full[1]).count { $0 && $1 })
    #expect(
      2 * twice < once,
      "\(twice) of \(once) weights that took a full step did so again: looks like a new optimiser each time")
  }
}
