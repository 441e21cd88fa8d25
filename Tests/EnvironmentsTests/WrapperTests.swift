import Testing

@testable import Environments

/// What each wrapper adds, beyond what the conformance suite asks of all.
@Suite struct WrapperTests {
  @Test func aTimeLimitTruncatesAndTheTaskGoesOnTheSame() {
    var (limited, plain) = (TimeLimit(Pendulum(), steps: 30), Pendulum())
    #expect(limited.reset(seed: 1) == plain.reset(seed: 1))
    for step in 1...30 {
      var result = limited.step([0.5])
      #expect(result.truncated == (step == 30) && !result.terminated)
      result.truncated = false
      #expect(result == plain.step([0.5]))
    }
  }

  @Test func aRepeatedActionAddsUpRewardsUntilTheEnd() {
    var (repeated, plain) = (ActionRepeat(Pendulum(), count: 3), Pendulum())
    _ = (repeated.reset(seed: 1), plain.reset(seed: 1))
    for _ in 0..<66 {
      let parts = (0..<3).map { _ in plain.step([1]) }
      let result = repeated.step([1])
      #expect(result.observation == parts[2].observation)
      #expect(result.reward == parts.map(\.reward).reduce(0, +))
    }
    // 66 times 3 of the 200 steps are gone: the last action fits in only twice.
    let parts = (0..<2).map { _ in plain.step([1]) }
    let last = repeated.step([1])
    #expect(last.truncated && last.reward == parts[0].reward + parts[1].reward)
  }

  @Test func stackedVectorsAreJoinedOldestFirst() {
    var (stacked, plain) = (FrameStack(Pendulum(), count: 3), Pendulum())
    let first = plain.reset(seed: 1)
    #expect(stacked.reset(seed: 1) == first + first + first)
    let (second, third) = (plain.step([1]).observation, plain.step([2]).observation)
    #expect(stacked.step([1]).observation == first + first + second)
    let observation = stacked.step([2]).observation
    #expect(observation == first + second + third)
    #expect(stacked.observationSpace.shape == [9])
    #expect(
      stacked.render(observation: observation, width: 20, height: 20) == plain.render(width: 20, height: 20))
  }

  @Test func stackedImagesAreStackedInTheirChannels() {
    var stacked = FrameStack(PixelObservation(Pendulum(), width: 5, height: 4), count: 2)
    var plain = stacked.base
    let first = plain.reset(seed: 1)
    _ = stacked.reset(seed: 1)
    let second = plain.step([1]).observation
    let observation = stacked.step([1]).observation
    #expect(stacked.observationSpace == .image(height: 4, width: 5, channels: 6))
    for pixel in 0..<20 {
      let channels = Array(observation[6 * pixel..<6 * pixel + 6])
      let old = Array(first[3 * pixel..<3 * pixel + 3])
      let new = Array(second[3 * pixel..<3 * pixel + 3])
      #expect(channels == old + new)
    }
    #expect(
      stacked.render(observation: observation, width: 5, height: 4)
        == RGBImage(observation: second, width: 5, height: 4))
  }

  @Test func pixelsAreTheTasksPicture() {
    var pixels = PixelObservation(ContinuousCartPole(), width: 20, height: 10)
    var plain = ContinuousCartPole()
    _ = plain.reset(seed: 1)
    #expect(pixels.reset(seed: 1) == plain.render(width: 20, height: 10).bytes.map { Float($0) / 255 })
    let (result, expected) = (pixels.step([1]), plain.step([1]))
    #expect(result.observation == plain.render(width: 20, height: 10).observation)
    #expect(result.reward == expected.reward && result.isLast == expected.isLast)
  }

  @Test func normalisedObservationsHaveMeanZeroAndVarianceOne() {
    var normalised = ObservationNormalisation(Pendulum())
    var plain = Pendulum()
    var (observations, originals): ([[Float]], [[Float]]) = ([], [])
    for seed in 0..<UInt64(50) {
      observations.append(normalised.reset(seed: seed))
      originals.append(plain.reset(seed: seed))
      for step in 0..<200 {
        let action = [Float(step % 5) - 2]
        observations.append(normalised.step(action).observation)
        originals.append(plain.step(action).observation)
      }
    }
    for index in 0..<3 {
      let original = originals.map { Double($0[index]) }
      let mean = original.reduce(0, +) / Double(original.count)
      let variance = original.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(original.count)
      #expect(abs(normalised.means[index] - mean) < 1e-9)
      #expect(abs(normalised.variances[index] - variance) < 1e-9 * variance)
      let last = (original[original.count - 1] - mean) / variance.squareRoot()
      #expect(abs(Double(observations[observations.count - 1][index]) - last) < 1e-5)
    }
    normalised.isLearning = false
    let means = normalised.means
    let observation = normalised.reset(seed: 77)
    #expect(normalised.means == means)
    let picture = normalised.render(observation: observation, width: 64, height: 64)
    #expect(picture == normalised.render(width: 64, height: 64))
  }

  @Test func scaledRewardsKeepTheScore() {
    var (scaled, plain) = (RewardScaling(Pendulum(), by: 0.5), Pendulum())
    _ = (scaled.reset(seed: 1), plain.reset(seed: 1))
    #expect(scaled.step([1]).reward == 0.5 * plain.step([1]).reward)
    #expect(scaled.anchors.normalisedScore(-200) == plain.anchors.normalisedScore(-400))
  }

  @Test func theLargestNumberIsTheChoice() {
    var (vectors, plain) = (OneHotActions(SequenceTask()), SequenceTask())
    _ = (vectors.base.reset(cue: [3, 1, 0, 2, 2]), plain.reset(cue: [3, 1, 0, 2, 2]))
    let actions: [([Float], Float)] = [
      ([0, 0, 0, 1], 3), ([0.1, 0.4, 0.3, 0.2], 1), ([0, 0, 0, 0], 0), ([0, 1, 1, 0], 1), ([-3, 9, 1, 2], 1),
    ]
    for _ in 0..<2 { for (vector, index) in actions { #expect(vectors.step(vector) == plain.step([index])) } }
    #expect(vectors.expertAction() == [1, 0, 0, 0].reversed())
  }

  @Test func stickyActionsRepeatAsOftenAsTheySay() {
    var sticky = StickyActions(Pendulum(), probability: 0.25)
    var repeats = 0
    for seed in 0..<UInt64(50) {
      _ = sticky.reset(seed: seed)
      for step in 0..<200 {
        // The torque alternates, so the speed tells which one was taken.
        let torque: Float = step.isMultiple(of: 2) ? 2 : -2
        var (listening, stubborn) = (sticky.base, sticky.base)
        let results = (listening.step([torque]), stubborn.step([-torque]))
        let result = sticky.step([torque])
        #expect(result == results.0 || result == results.1)
        if step == 0 { #expect(result == results.0) }
        repeats += result != results.0 ? 1 : 0
      }
    }
    // A repeated action repeats the one before the alternation only when it did not stick itself: the
    // share of wrong torques w solves w = (1 − w)/4, as a sticking step after a wrong one is right.
    #expect(abs(Double(repeats) / 10_000 - 0.2) < 0.02)
  }

  @Test func recordersKeepAPictureOfEveryState() {
    var recorder = FrameRecorder(Pendulum(), width: 30, height: 20)
    _ = recorder.reset(seed: 1)
    _ = recorder.step([1])
    _ = recorder.reset(seed: 2)
    var pictures = [recorder.render(width: 30, height: 20)]
    for _ in 0..<5 {
      _ = recorder.step([1])
      pictures.append(recorder.render(width: 30, height: 20))
    }
    #expect(recorder.frames == pictures)
    #expect(Set(pictures.map(\.bytes)).count == 6)
  }
}
