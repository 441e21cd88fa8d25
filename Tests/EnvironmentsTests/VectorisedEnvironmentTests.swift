import Testing

@testable import Environments

@Suite struct VectorisedEnvironmentTests {
  @Test(arguments: [1, 2, 3, 7, 20])
  func anyNumberOfWorkersGivesWhatSingleEnvironmentsGive(workers: Int) {
    var together = VectorisedEnvironment(
      Array(repeating: GridRacing(imageSize: 16), count: 7), workers: workers)
    var single = together.environments
    let seeds = (0..<7).map { UInt64($0 * 10) }
    #expect(together.reset(seeds: seeds) == single.indices.map { single[$0].reset(seed: seeds[$0]) })
    for _ in 0..<30 {
      let actions = single.map { $0.expertAction() }
      #expect(together.step(actions) == single.indices.map { single[$0].step(actions[$0]) })
    }
    #expect(together.reset(at: 3, seed: 99) == single[3].reset(seed: 99))
    let actions = single.map { $0.expertAction() }
    #expect(together.step(actions) == single.indices.map { single[$0].step(actions[$0]) })
  }

  @Test func onlyPicturesAreWorthMoreThanOneCore() {
    #expect(VectorisedEnvironment([Pendulum()]).workers == 1)
    #expect(VectorisedEnvironment([GridRacing()]).workers >= 1)
  }

  @Test func theWrongNumberOfActionsTraps() async {
    await #expect(processExitsWith: .failure) {
      var together = VectorisedEnvironment([Pendulum(), Pendulum()])
      _ = together.reset(seeds: [1, 2])
      _ = together.step([[0]])
    }
  }
}
