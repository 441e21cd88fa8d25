import Environments
import Tensors
import Testing
import Training

extension Space {
  /// `size` numbers without bounds.
  static func vector(_ size: Int) -> Space {
    .box(low: Array(repeating: -.infinity, count: size), high: Array(repeating: .infinity, count: size))
  }
}

/// Steps are told apart by their observation, [episode, time]; the action that led there is [time].
private func buffer(
  episodes lengths: [Int], capacity: Int = 1_000, crossesEpisodes: Bool = false, endsLast: Bool = true
) -> ReplayBuffer {
  var buffer = ReplayBuffer(
    observationSpace: .vector(2), actionSize: 1, capacity: capacity, crossesEpisodes: crossesEpisodes)
  for (episode, length) in lengths.enumerated() {
    buffer.startEpisode(with: [Float(episode), 0])
    for time in 1..<max(length, 1) {
      buffer.append(
        action: [Float(time)], observation: [Float(episode), Float(time)], reward: Float(10 * time),
        isTerminal: time == length - 1 && (endsLast || episode < lengths.count - 1))
    }
  }
  return buffer
}

/// Splits a batch's observations into windows of (episode, time).
private func windows(_ batch: SequenceBatch) -> [[(episode: Int, time: Int)]] {
  let observations = batch.observations.scalars
  return (0..<batch.isFirst.shape[0]).map { window in
    (0..<batch.isFirst.shape[1]).map { step in
      let start = 2 * (window * batch.isFirst.shape[1] + step)
      return (Int(observations[start]), Int(observations[start + 1]))
    }
  }
}

@Suite struct ReplayBufferTests {
  @Test func windowsStayInsideEpisodesAndAreDrawnUniformly() {
    let buffer = buffer(episodes: [3, 7, 5, 4])
    #expect(buffer.count == 19)
    #expect(buffer.windowCount(length: 4) == 0 + 4 + 2 + 1)
    var random = SplitMix64(seed: 1)
    let drawn = windows(buffer.sample(batchSize: 7_000, length: 4, using: &random))
    var counts: [[Int]: Int] = [:]
    for window in drawn {
      #expect(Set(window.map(\.episode)).count == 1)
      #expect(zip(window, window.dropFirst()).allSatisfy { $1.time == $0.time + 1 })
      counts[[window[0].episode, window[0].time], default: 0] += 1
    }
    #expect(Set(counts.keys) == [[1, 0], [1, 1], [1, 2], [1, 3], [2, 0], [2, 1], [3, 0]])
    // 1,000 of each are expected; the standard deviation is 29.
    #expect(counts.values.allSatisfy { abs($0 - 1_000) < 150 })
  }

  @Test func windowsCrossEpisodesWhenAskedTo() {
    let buffer = buffer(episodes: [3, 2, 4], crossesEpisodes: true)
    #expect(buffer.windowCount(length: 6) == 4)
    var random = SplitMix64(seed: 2)
    let batch = buffer.sample(batchSize: 400, length: 6, using: &random)
    var starts: Set<[Int]> = []
    for (index, window) in windows(batch).enumerated() {
      starts.insert([window[0].episode, window[0].time])
      for (step, place) in window.enumerated() {
        #expect(batch.isFirst[index, step] == (place.time == 0 ? 1 : 0))
        let isLast = place.time == [3, 2, 4][place.episode] - 1
        #expect(batch.continues[index, step] == (isLast ? 0 : 1))
      }
    }
    #expect(starts == [[0, 0], [0, 1], [0, 2], [1, 0]])
  }

  @Test func actionsAndRewardsBelongToTheObservationTheyLedTo() {
    var random = SplitMix64(seed: 3)
    let batch = buffer(episodes: [4]).sample(batchSize: 1, length: 4, using: &random)
    #expect(batch.observations.scalars == [0, 0, 0, 1, 0, 2, 0, 3])
    #expect(batch.actions.scalars == [0, 1, 2, 3])
    #expect(batch.rewards.scalars == [0, 10, 20, 30])
    #expect(batch.continues.scalars == [1, 1, 1, 0])
    #expect(batch.isFirst.scalars == [1, 0, 0, 0])
  }

  @Test func theOngoingEpisodeIsSampled() {
    var random = SplitMix64(seed: 4)
    var ongoing = buffer(episodes: [2, 5], endsLast: false)
    #expect(
      windows(ongoing.sample(batchSize: 1, length: 5, using: &random))[0].map(\.time) == [0, 1, 2, 3, 4])
    ongoing.append(action: [5], observation: [1, 5], reward: 50, isTerminal: false)
    #expect(ongoing.windowCount(length: 5) == 2)
    #expect(ongoing.windowCount(length: 6) == 1)
  }

  @Test(arguments: [false, true]) func theOldestStepsAreForgottenFirst(crossesEpisodes: Bool) {
    let buffer = buffer(episodes: [5, 5, 5], capacity: 8, crossesEpisodes: crossesEpisodes)
    #expect(buffer.count == 8)
    var random = SplitMix64(seed: 5)
    let drawn = windows(buffer.sample(batchSize: 200, length: 3, using: &random))
    let starts = Set(drawn.map { [$0[0].episode, $0[0].time] })
    let inside: Set<[Int]> = [[1, 2], [2, 0], [2, 1], [2, 2]]
    #expect(starts == (crossesEpisodes ? inside.union([[1, 3], [1, 4]]) : inside))
    for window in drawn {
      let places = window.map { 5 * $0.episode + $0.time }
      #expect(places == Array(places[0]..<places[0] + 3))
    }
  }

  @Test func aFullBufferEvictsWholeEpisodesOneStepAtATime() {
    // Brute force: whatever the capacity, the windows are those of the last `capacity` steps.
    let lengths = [1, 4, 2, 6, 1, 3]
    let places = lengths.enumerated().flatMap { episode, length in (0..<length).map { [episode, $0] } }
    for capacity in 1...places.count {
      let buffer = buffer(episodes: lengths, capacity: capacity)
      let kept = places.suffix(capacity)
      for length in 1...4 {
        let expected = kept.filter { kept.contains([$0[0], $0[1] + length - 1]) }.count
        #expect(buffer.windowCount(length: length) == expected, "capacity \(capacity), length \(length)")
      }
    }
  }

  @Test func theSameSeedDrawsTheSameBatch() {
    let buffer = buffer(episodes: [9, 9])
    var first = SplitMix64(seed: 6)
    var second = SplitMix64(seed: 6)
    #expect(
      buffer.sample(batchSize: 5, length: 3, using: &first)
        == buffer.sample(batchSize: 5, length: 3, using: &second))
    #expect(first == second)
  }

  @Test func misuseStopsWithAMessage() async {
    await #expect(processExitsWith: .failure) {
      var random = SplitMix64(seed: 0)
      var buffer = ReplayBuffer(
        observationSpace: .vector(1), actionSize: 1, capacity: 9, crossesEpisodes: false)
      buffer.startEpisode(with: [0])
      _ = buffer.sample(batchSize: 1, length: 2, using: &random)
    }
    await #expect(processExitsWith: .failure) {
      var buffer = ReplayBuffer(
        observationSpace: .vector(1), actionSize: 1, capacity: 9, crossesEpisodes: false)
      buffer.append(action: [0], observation: [0], reward: 0, isTerminal: false)
    }
    await #expect(processExitsWith: .failure) {
      var buffer = ReplayBuffer(
        observationSpace: .vector(1), actionSize: 1, capacity: 9, crossesEpisodes: false)
      buffer.startEpisode(with: [0])
      buffer.append(action: [0], observation: [0], reward: 0, isTerminal: true)
      buffer.append(action: [0], observation: [0], reward: 0, isTerminal: false)
    }
  }

  @Test func mappedObservationsKeepTheirSteps() {
    var replay = ReplayBuffer(
      observationSpace: .box(low: [0], high: [9]), actionSize: 1, capacity: 3, crossesEpisodes: true)
    replay.startEpisode(with: [1])
    for number: Float in [2, 3, 4] {
      replay.append(action: [number], observation: [number], reward: number, isTerminal: number == 4)
    }
    let space = Space.box(low: [0, 0], high: [99, 99])
    let mapped = replay.mappingObservations(to: space) { concatenate([$0 * 10, $0 + 1]) }
    var (first, second) = (SplitMix64(seed: 1), SplitMix64(seed: 1))
    let (before, after) = (
      replay.sample(batchSize: 8, length: 2, using: &first),
      mapped.sample(batchSize: 8, length: 2, using: &second)
    )
    #expect(after.observations == concatenate([before.observations * 10, before.observations + 1]))
    #expect(after.actions == before.actions && after.rewards == before.rewards)
    #expect(after.continues == before.continues && after.isFirst == before.isFirst)
  }
}
