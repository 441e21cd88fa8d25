import Environments
import Support
import Tensors
import Testing
import Training

@Suite struct InteractionTests {
  private static let task = BundledEnvironment.cartpole.make()

  /// Acts with ±1 in a fixed pattern and returns everything that was seen.
  private func live(_ world: inout Interaction, steps: Range<Int>) -> [[Float]] {
    steps.map { step in
      if world.isOver { return world.startEpisode() }
      return world.step([step % 3 == 0 ? 1 : -1]).observation
    }
  }

  @Test func goesOnInTheMiddleOfAnEpisodeAsIfNothingHadHappened() throws {
    var straight = Interaction(Self.task, seed: 5)
    var before = straight
    let expected = live(&straight, steps: 0..<60)
    _ = live(&before, steps: 0..<25)
    #expect(!before.isOver)
    var checkpoint = Checkpoint()
    try before.save(to: &checkpoint)
    var after = Interaction(Self.task, seed: 99)
    try after.load(from: checkpoint)
    #expect(after.observation == before.observation)
    #expect(live(&after, steps: 25..<60) == Array(expected[25...]))
    #expect(after.episodeReturns == straight.episodeReturns && !after.episodeReturns.isEmpty)
    #expect(after.steps == straight.steps)
  }

  @Test func episodesStartFromDifferentSeeds() {
    var world = Interaction(Self.task, seed: 5)
    var starts: [[Float]] = []
    for step in 0..<200 {
      if world.isOver {
        starts.append(world.startEpisode())
      } else {
        _ = world.step([step % 2 == 0 ? 1 : 0.5])
      }
    }
    #expect(starts.count > 3 && Set(starts).count == starts.count)
  }
}

@Suite struct ScalingTests {
  @Test func actionsGoToTheBoxAndBack() throws {
    let format = try ActionFormat(.box(low: [-2, 0], high: [2, 1]))
    #expect(format.size == 2)
    #expect(format.environmentAction([-1, 1]) == [-2, 1])
    #expect(format.environmentAction([0.5, 0]) == [1, 0.5])
    #expect(format.input([1, 0.5]) == [0.5, 0])
  }

  @Test func choicesAreOneHot() throws {
    let format = try ActionFormat(.discrete(3))
    #expect(format.size == 3)
    #expect(format.input([2]) == [0, 0, 1])
    #expect(format.environmentAction([0, 1, 0]) == [1])
  }

  @Test(arguments: [
    Space.box(low: [-2, 0], high: [2, 1]), .discrete(4), GridRacing(imageSize: 8).actionSpace,
  ])
  func randomActionsAreActions(_ space: Space) throws {
    let format = try ActionFormat(space)
    var random = SplitMix64(seed: 3)
    let drawn = (0..<50).map { _ in format.random(using: &random) }
    #expect(Set(drawn).count > 3 && drawn.allSatisfy { $0.count == format.size })
    if format.size != 3 { #expect(drawn.allSatisfy { space.contains(format.environmentAction($0)) }) }
  }

  @Test(arguments: [Space.box(low: [-1], high: [.infinity]), .image(height: 2, width: 2, channels: 3)])
  func otherSpacesAreRefused(_ space: Space) {
    #expect(throws: InvalidInput.self) { try ActionFormat(space) }
  }

  @Test func observationsGetMeanZeroAndAScaleThatIsNotTooNarrow() {
    var scaling = ObservationScaling(size: 3)
    let observations = Tensor([[1, 10, 4], [3, 10, 4], [1, 10, 4], [3, 10, 4]])
    #expect(scaling(observations) == observations)
    // The last number moves by nothing in a range of 32: its scale is a sixteenth of that.
    scaling.fit(
      observations, in: .box(low: [-.infinity, -.infinity, -16], high: [.infinity, .infinity, 16]))
    let scaled = scaling(Tensor([[3, 10, 6]])).scalars
    #expect(abs(scaled[0] - 1) < 2e-3 && scaled[1] == 0 && scaled[2] == 1)
    let back = scaling.inverse(scaling(Tensor([[2.5, 9, -7]]))).scalars
    #expect(zip(back, [2.5, 9, -7]).allSatisfy { abs($0 - $1) < 1e-4 })
  }
}
