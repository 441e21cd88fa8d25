import Environments
import Support
import Tensors
import Testing

@testable import Training

/// A buffer that fits an environment.
private func buffer(
  for environment: some Environment, capacity: Int = 5_000, crossesEpisodes: Bool = true
) -> ReplayBuffer {
  ReplayBuffer(
    observationSpace: environment.observationSpace, actionSize: environment.actionSpace.count,
    capacity: capacity, crossesEpisodes: crossesEpisodes)
}

@Suite struct PictureReplayTests {
  @Test func picturesAreKeptAsBytesAndComeBackExactly() throws {
    var buffer = ReplayBuffer(
      observationSpace: .image(height: 16, width: 16, channels: 1), actionSize: 1, capacity: 3,
      crossesEpisodes: true)
    let everyByte = (0..<256).map { Float($0) / 255 }
    buffer.startEpisode(with: everyByte)
    buffer.append(action: [1], observation: everyByte.reversed(), reward: 2, isTerminal: false)
    #expect(buffer.observations.values == .bytes(Array(0...255) + Array((0...255).reversed())))
    var random = SplitMix64(seed: 0)
    let batch = buffer.sample(batchSize: 1, length: 2, using: &random)
    #expect(batch.observations.shape == [1, 2, 256])
    #expect(batch.observations.scalars == everyByte + everyByte.reversed())
    #expect(buffer.allObservations.scalars == batch.observations.scalars)
    // The ring goes round.
    for _ in 0..<2 { buffer.append(action: [1], observation: everyByte, reward: 0, isTerminal: false) }
    #expect(buffer.count == 3)
    #expect(
      buffer.observations.values == .bytes(Array(0...255) + Array((0...255).reversed()) + Array(0...255)))
  }

  @Test(
    arguments: [GridRacing(imageSize: 9), PixelObservation(Pendulum(), width: 8, height: 5)]
      as [any Environment])
  func whatAnEnvironmentShowsIsKeptExactly(environment: any Environment) {
    var environment = environment
    var buffer = buffer(for: environment)
    var shown = environment.reset(seed: 1)
    buffer.startEpisode(with: shown)
    for _ in 0..<20 {
      let action = environment.expertAction()
      let result = environment.step(action)
      shown += result.observation
      buffer.append(action: action, observation: result.observation, reward: 0, isTerminal: false)
    }
    #expect(buffer.allObservations.scalars == shown)
  }

  @Test func checkpointsKeepBytes() throws {
    let folder = try TemporaryFolder()
    let environment = GridRacing(imageSize: 8)
    var original = buffer(for: environment, capacity: 300)
    VectorisedEnvironment([environment]).collect(episodes: 2, into: &original, by: .expert, seed: 0)
    #expect(original.count == 300)
    var checkpoint = Checkpoint()
    original.save(to: &checkpoint, group: "replay")
    try checkpoint.write(to: folder.file("checkpoint.safetensors"))
    let reread = try Checkpoint(contentsOf: folder.file("checkpoint.safetensors"))
    #expect(try reread.bytes("replay.observations").count == 300 * 3 * 8 * 8)
    var copy = buffer(for: environment, capacity: 300)
    try copy.load(from: reread, group: "replay")
    #expect(copy == original)
    var numbers = ReplayBuffer(
      observationSpace: .vector(192), actionSize: 3, capacity: 300, crossesEpisodes: true)
    let error = #expect(throws: CourseError.self) { try numbers.load(from: reread, group: "replay") }
    #expect(error?.description.contains("replay.observations") == true)
    #expect(numbers.count == 0)
  }

  @Test func numbersOutsideAPictureStop() async {
    await #expect(processExitsWith: .failure) { start(with: 1.01) }
    await #expect(processExitsWith: .failure) { start(with: -0.01) }
    await #expect(processExitsWith: .failure) { start(with: .nan) }
  }
}

/// Begins an episode with a picture of one pixel.
private func start(with number: Float) {
  var buffer = ReplayBuffer(
    observationSpace: .image(height: 1, width: 1, channels: 1), actionSize: 1, capacity: 3,
    crossesEpisodes: true)
  buffer.startEpisode(with: [number])
}

@Suite struct CollectionTests {
  /// What a plain loop over the seeds stores.
  private func expected(
    _ environment: some Environment, _ policy: ScriptedPolicy, seeds: Range<UInt64>
  ) -> ReplayBuffer {
    var buffer = buffer(for: environment)
    for seed in seeds {
      var environment = environment
      var random = SplitMix64(seed: ~seed)
      buffer.startEpisode(with: environment.reset(seed: seed))
      var isOver = false
      while !isOver {
        let action = policy.action(in: environment, using: &random)
        let result = environment.step(action)
        buffer.append(
          action: action, observation: result.observation, reward: result.reward,
          isTerminal: result.terminated)
        isOver = result.isLast
      }
    }
    return buffer
  }

  private func check(_ environment: some Environment, _ policy: ScriptedPolicy) {
    let expected = expected(environment, policy, seeds: 3..<10)
    let returns = (3..<10).map { policy.episodeReturn(in: environment, seed: $0) }
    for (count, workers) in [(1, 1), (3, 1), (3, 2), (3, 3), (7, 2), (9, 4)] {
      var collected = buffer(for: environment)
      let worlds = VectorisedEnvironment(Array(repeating: environment, count: count), workers: workers)
      #expect(worlds.collect(episodes: 7, into: &collected, by: policy, seed: 3) == returns)
      #expect(collected == expected, "\(count) environments, \(workers) workers")
    }
  }

  @Test(arguments: ScriptedPolicy.allCases)
  func anyNumberOfWorkersCollectsTheSame(policy: ScriptedPolicy) {
    check(TimeLimit(GridRacing(imageSize: 8), steps: 60), policy)
    check(TimeLimit(ContinuousCartPole(), steps: 60), policy)
    check(OneHotActions(SequenceTask()), policy)
  }

  /// Pushes to the right for as many steps as its seed says, then to the left: it must start anew in
  /// every episode.
  private struct Turning: Policy {
    var steps: Int

    mutating func act(_ observations: [[Float]]) -> [[Float]] {
      steps -= 1
      return observations.map { _ in [steps >= 0 ? 1 : -1] }
    }
  }

  @Test func anyPolicyPlaysEachEpisodeAnew() {
    let environment = TimeLimit(Pendulum(), steps: 6)
    for workers in [1, 2] {
      var collected = buffer(for: environment)
      let worlds = VectorisedEnvironment(Array(repeating: environment, count: 2), workers: workers)
      let returns = worlds.collect(episodes: 3, into: &collected, seed: 2) { Turning(steps: Int($0)) }
      #expect(returns.count == 3)
      #expect(
        collected.actions == [0, 1, 1, -1, -1, -1, -1] + [0, 1, 1, 1, -1, -1, -1] + [0, 1, 1, 1, 1, -1, -1])
    }
  }

  @Test func theOldestEpisodesMakeRoom() {
    let environment = SequenceTask()
    var collected = buffer(for: environment, capacity: 20)
    VectorisedEnvironment([environment]).collect(episodes: 0, into: &collected, by: .random, seed: 0)
    #expect(collected.count == 0)
    VectorisedEnvironment([environment]).collect(episodes: 3, into: &collected, by: .random, seed: 0)
    #expect(collected.count == 20)
    #expect(collected.windowCount(length: 20) == 1)
  }
}
