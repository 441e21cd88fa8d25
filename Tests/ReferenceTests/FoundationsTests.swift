import CourseTesting
import Foundations
import Tensors
import Testing
import Training

/// What chapter 0 promises of its world model, over three seeds of data, weights and batches.
@Suite struct FoundationsTests {
  /// Windows of 16 steps from episodes that no model here has learned from.
  private static let heldOut: SequenceBatch = {
    var random = SplitMix64(seed: 5)
    return cartPoleExperience(episodes: 200, seed: 77_000_000)
      .sample(batchSize: 300, length: 16, using: &random)
  }()

  @Test(arguments: [0, 1, 2] as [UInt64]) func theModelPredictsWhatItHasNotSeen(seed: UInt64) {
    let replay = cartPoleExperience(episodes: 400, seed: 1_000_000 * (seed + 1))
    var trainer = WorldModelTrainer(replay: replay, seed: seed)
    trainer.train(updates: 3000)
    let (model, windows) = (trainer.model, trainer.scaled(Self.heldOut))

    // Five seeds came to 0.0021 … 0.0034; the promise is 0.05.
    let errors = model.errors(on: windows)
    #expect(errors.observation < 0.02)
    #expect(errors.reconstruction < 0.02)
    #expect(errors.reward < 1e-3)

    // Five seeds came to 291 … 661 times; the promise is 5.
    let openLoop = model.openLoopErrors(on: windows)
    #expect(openLoop.model.count == 15)
    #expect(openLoop.nothingChanges[14] / openLoop.model[14] > 50)

    // Five seeds expect 23 … 26 ends where there are 20, and give those 0.60 … 0.69 on average.
    let latents = model.belief(windows.observations.slice(0..<15, axis: 1)).mean
    let next = model.step(latents, action: windows.actions.slice(1..<16, axis: 1))
    let ending = (1 - sigmoid(next.continueLogit)).scalars
    let ends = zip(ending, windows.continues.slice(1..<16, axis: 1).scalars).filter { $0.1 == 0 }.map(\.0)
    let (expected, count) = (ending.reduce(0, +), Float(ends.count))
    #expect(count > 10 && expected > 0.5 * count && expected < 2 * count)
    #expect(ends.reduce(0, +) / count > 0.4)
  }

  @Test(arguments: [0, 1, 2] as [UInt64]) func theEnsembleDisagreesWhereNothingWasSeen(seed: UInt64) {
    let replay = cartPoleExperience(episodes: 400, seed: 1_000_000 * (seed + 1))
    let scaling = WorldModelTrainer(replay: replay, seed: 0).scaling
    let ensemble = WorldModelEnsemble(learning: replay, size: 3, updates: 1000, seed: 100 * seed)
    func median(movedBy offset: [Float]) -> Float {
      let seen = Self.heldOut.observations.at(3, axis: 1) + Tensor(offset)
      let numbers = ensemble.disagreement(
        observation: scaling(seen), action: Self.heldOut.actions.at(4, axis: 1))
      return numbers.scalars.sorted()[150]
    }
    let familiar = median(movedBy: [0, 0, 0, 0])
    for offset in [[4, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0.8, 0], [0, 0, 0, 4]] as [[Float]] {
      #expect(median(movedBy: offset) > 5 * familiar, "moved by \(offset)")
    }
  }

  @Test func theSameSeedGivesTheSameModel() {
    let replay = cartPoleExperience(episodes: 20, seed: 0)
    var trainers = [1, 1, 2].map { WorldModelTrainer(replay: replay, seed: $0) }
    let errors = trainers.indices.map { trainers[$0].train(updates: 5) }
    #expect(errors[0] == errors[1] && errors[0] != errors[2])
    #expect(unvisitedTensors(in: trainers[0].model) == [])
  }
}
