import Environments
import Foundation
import Support
import Tensors
import Testing
import Training

@Suite struct ExperienceTests {
  private static func make(_ environment: any Environment = Pendulum(), rewardScale: Double = 0.5) throws
    -> Experience
  {
    try Experience(
      of: environment, seed: 7, capacity: 500, crossesEpisodes: true, rewardScale: rewardScale)
  }

  /// Acts for some steps with an action that depends on nothing.
  private static func live(_ experience: inout Experience, steps: Int, action: [Float] = [0.5]) -> [Bool] {
    (0..<steps).map { _ in
      let moment = experience.observe()
      experience.take(action)
      return moment.isFirst
    }
  }

  @Test func actionsAndRewardsAreScaledOnTheirWay() throws {
    var experience = try Self.make()
    #expect(Self.live(&experience, steps: 3) == [true, false, false])
    // The same in the environment's units: the next seed in the row, and a torque of 1.
    var world = Pendulum()
    var observations = world.reset(seed: 8)
    var rewards: [Float] = []
    for _ in 0..<3 {
      let result = world.step([1])
      observations += result.observation
      rewards.append(result.reward)
    }
    var random = SplitMix64(seed: 0)
    let batch = experience.sample(batchSize: 1, length: 4, using: &random)
    #expect(batch.observations.scalars == observations)
    #expect(batch.rewards.scalars == [0] + rewards.map { $0 * 0.5 })
    #expect(batch.actions.scalars == [0, 0.5, 0.5, 0.5])
    #expect(experience.rewardRange == rewards.min()!...0)
  }

  @Test func windowsAreOnTheScaleThatWasFitted() throws {
    var experience = try Self.make()
    _ = Self.live(&experience, steps: 100)
    experience.fitScaling()
    var random = SplitMix64(seed: 0)
    let batch = experience.sample(batchSize: 1, length: 101, using: &random)
    #expect(abs(batch.observations.mean().scalar) < 1e-3)
    let back = experience.unscaled(batch.observations)
    let differences = zip(back.scalars, experience.replay.allObservations.scalars).map { abs($0 - $1) }
    #expect(differences.max()! < 1e-4)
  }

  @Test func picturesHaveTheirScale() throws {
    let experience = try Self.make(GridRacing(imageSize: 8))
    #expect(experience.scaling == nil)
    let picture = [Float](repeating: 0.25, count: 192)
    #expect(experience.scaled([picture]).scalars == picture)
  }

  @Test func anEpisodeOfItsOwnSeedCanBegin() throws {
    var experience = try Self.make()
    experience.startEpisode(seed: 42)
    let moment = experience.observe()
    var world = Pendulum()
    #expect(moment.observation == world.reset(seed: 42) && moment.isFirst)
  }

  @Test func aLifeGoesOnFromACheckpoint() throws {
    let folder = try TemporaryFolder()
    var straight = try Self.make()
    _ = Self.live(&straight, steps: 250)
    var checkpoint = Checkpoint()
    try straight.save(to: &checkpoint)
    try checkpoint.write(to: folder.file("checkpoint.safetensors"))
    var resumed = try Self.make()
    try resumed.load(from: Checkpoint(contentsOf: folder.file("checkpoint.safetensors")))
    #expect(Self.live(&straight, steps: 200, action: [-1]) == Self.live(&resumed, steps: 200, action: [-1]))
    #expect(straight.replay == resumed.replay && straight.episodeReturns == resumed.episodeReturns)
    #expect(straight.rewardRange == resumed.rewardRange)
  }
}

@Suite struct LossTermsTests {
  @Test func theTotalIsTheWeightedSumAndEveryPartIsRecorded() {
    var losses = LossTerms("model")
    losses.add("reward", Tensor(2))
    losses.add("KL", Tensor(3), weight: 0.5)
    #expect(losses.total.scalar == 3.5)
    #expect(losses.metrics.names == ["model/total", "model/reward", "model/KL"])
    #expect(losses.metrics.values == [3.5, 2, 3])
  }

  @Test func aTotalOfItsOwnStays() {
    var losses = LossTerms("model", total: Tensor(9))
    losses.add("KL", Tensor(3))
    #expect(losses.total.scalar == 9 && losses.metrics["model/KL"] == 3)
  }
}
