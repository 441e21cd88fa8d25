import CourseTesting
import Testing

@testable import Environments

@Suite struct CartPoleTests {
  private func state(_ numbers: [Double]) -> CartPoleState {
    CartPoleState(
      position: numbers[0], velocity: numbers[1], angle: numbers[2], angularVelocity: numbers[3])
  }

  private func numbers(_ state: CartPoleState) -> [Double] {
    [state.position, state.velocity, state.angle, state.angularVelocity]
  }

  @Test func constantsAreGymnasiums() throws {
    let golden = try GoldenCase.named("cartpole_constants", in: "environments").outputs.mapValues(\.number)
    #expect(CartPoleState.gravity == golden["gravity"])
    #expect(CartPoleState.poleMass == golden["masspole"])
    #expect(CartPoleState.totalMass == golden["total_mass"])
    #expect(CartPoleState.halfLength == golden["length"])
    #expect(CartPoleState.maximumForce == golden["force_mag"])
    #expect(CartPoleState.timeStep == golden["tau"])
    #expect(CartPoleState.positionLimit == golden["x_threshold"])
    #expect(ContinuousCartPole.angleLimit == golden["theta_threshold"])
  }

  @Test(arguments: [
    "cartpole_rollout_0", "cartpole_rollout_1", "cartpole_rollout_2", "cartpole_rollout_3",
    "cartpole_continuous_rollout_0", "cartpole_continuous_rollout_1",
  ])
  func followsGymnasium(name: String) throws {
    let golden = try GoldenCase.named(name, in: "environments")
    let states = try golden.output("states")
    let terminated = try golden.output("terminated").data
    var continuous = ContinuousCartPole()
    var discrete = ContinuousCartPole.discrete
    _ = continuous.reset(state: state(try golden.input("state0").data))
    discrete.base = continuous
    for (step, action) in try golden.input("actions").data.enumerated() {
      let result = continuous.step([Float(action)])
      expectClose(
        numbers(continuous.state), states.row(step + 1), rtol: 1e-6, atol: 1e-6, "state \(step + 1)")
      expectClose(
        result.observation.map(Double.init), states.row(step + 1), rtol: 1e-6, atol: 1e-6,
        "observation \(step + 1)")
      #expect(result.reward == 1)
      #expect(result.terminated == (terminated[step] == 1), "step \(step + 1)")
      #expect(!result.truncated)
      if abs(action) == 1, !name.contains("continuous") {
        #expect(discrete.step([action > 0 ? 1 : 0]) == result)
      }
    }
  }

  @Test func singleStepsAreGymnasiums() throws {
    let golden = try GoldenCase.named("cartpole_one_step", in: "environments")
    for (index, action) in try golden.input("actions").data.enumerated() {
      var cartPole = ContinuousCartPole()
      _ = cartPole.reset(state: state(try golden.input("states").row(index)))
      let result = cartPole.step([Float(action)])
      expectClose(
        numbers(cartPole.state), try golden.output("next_states").row(index),
        rtol: golden.rtol, atol: golden.atol, "state \(index)")
      #expect(result.terminated == (try golden.output("terminated").data[index] == 1), "step \(index)")
    }
  }

  @Test func aBalancedPoleIsTruncatedAfter500Steps() throws {
    let golden = try GoldenCase.named("cartpole_continuous_balanced_500", in: "environments")
    let gains = try golden.input("k").data
    var cartPole = ContinuousCartPole()
    _ = cartPole.reset(state: state(try golden.input("state0").data))
    for step in 1...500 {
      let action = zip(gains, numbers(cartPole.state)).reduce(0) { $0 + $1.0 * $1.1 }
      let result = cartPole.step([Float(action)])
      #expect(result.truncated == (step == 500))
      #expect(!result.terminated)
      if step.isMultiple(of: 50) {
        expectClose(
          numbers(cartPole.state), try golden.output("checkpoints").row(step / 50 - 1),
          rtol: golden.rtol, atol: golden.atol, "state \(step)")
      }
    }
  }

  @Test func theDiscreteVariantRunsFor500StepsToo() throws {
    #expect(ContinuousCartPole.discrete.actionSpace == .discrete(2))
    var cartPole = ContinuousCartPole.discrete
    _ = cartPole.base.reset(state: state([0, 0, 0, 0]))
    for step in 1...500 {
      let current = cartPole.base.state
      let lean =
        8 * current.angle + 2 * current.angularVelocity + 0.3 * current.position + 0.5 * current.velocity
      let result = cartPole.step([lean > 0 ? 1 : 0])
      #expect(result.truncated == (step == 500))
      #expect(!result.terminated)
    }
  }

  @Test func startsNearlyUpright() {
    for seed in 0..<UInt64(200) {
      var cartPole = ContinuousCartPole()
      #expect(cartPole.reset(seed: seed).allSatisfy { abs($0) <= 0.05 })
    }
  }
}
