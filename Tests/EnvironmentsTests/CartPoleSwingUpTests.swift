import Testing

@testable import Environments

@Suite struct CartPoleSwingUpTests {
  @Test func theExpertSwingsUpAndStaysOnTheRail() {
    for seed in 0..<UInt64(100) {
      var environment = CartPoleSwingUp()
      _ = environment.reset(seed: seed)
      var last = StepResult(observation: [], reward: 0)
      while !last.isLast { last = environment.step(environment.expertAction()) }
      #expect(last.truncated && !last.terminated && last.reward > 0.999, "seed \(seed): \(last)")
    }
  }

  @Test func leavingTheRailTerminates() {
    var environment = CartPoleSwingUp()
    _ = environment.reset(seed: 1)
    var last = StepResult(observation: [], reward: 0)
    while !last.isLast { last = environment.step([1]) }
    #expect(last.terminated && !last.truncated)
    #expect(last.observation[0] > 2.4)
  }

  @Test func theRewardIsTheHeightOfThePole() {
    var environment = CartPoleSwingUp()
    let observation = environment.reset(seed: 1)
    #expect(observation[2] < -0.99)
    for _ in 0..<100 {
      let result = environment.step(environment.expertAction())
      #expect(result.reward == (1 + result.observation[2]) / 2)
    }
  }
}
