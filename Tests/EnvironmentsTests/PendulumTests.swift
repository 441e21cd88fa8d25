import CourseTesting
import Testing

@testable import Environments

@Suite struct PendulumTests {
  @Test func constantsAreGymnasiums() throws {
    let golden = try GoldenCase.named("pendulum_constants", in: "environments").outputs.mapValues(\.number)
    #expect(Pendulum.gravity == golden["g"])
    #expect(Pendulum.mass == golden["m"])
    #expect(Pendulum.length == golden["l"])
    #expect(Pendulum.timeStep == golden["dt"])
    #expect(Pendulum.maximumSpeed == golden["max_speed"])
    #expect(Double(Pendulum.maximumTorque) == golden["max_torque"])
    #expect(Pendulum().actionSpace == .box(low: [-2], high: [2]))
    #expect(Pendulum().observationSpace == .box(low: [-1, -1, -8], high: [1, 1, 8]))
  }

  @Test func anglesWrapAsInGymnasium() throws {
    let golden = try GoldenCase.named("angle_normalize", in: "environments")
    expectClose(
      try golden.input("x").data.map(wrappedAngle), try golden.output("y").data,
      rtol: golden.rtol, atol: golden.atol, "wrapped angle")
    #expect(wrappedAngle(.pi) == -.pi)
  }

  @Test(arguments: 0..<4) func followsGymnasiumFor60Steps(index: Int) throws {
    let golden = try GoldenCase.named("pendulum_rollout_\(index)", in: "environments")
    let start = try golden.input("state0").data
    let states = try golden.output("states")
    let observations = try golden.output("observations")
    let rewards = try golden.output("rewards").data
    var pendulum = Pendulum()
    _ = pendulum.reset(angle: start[0], velocity: start[1])
    for (step, action) in try golden.input("actions").data.enumerated() {
      let result = pendulum.step([Float(action)])
      expectClose(
        [pendulum.angle, pendulum.velocity], states.row(step + 1), rtol: 1e-6, atol: 1e-6,
        "state \(step + 1)")
      expectClose([Double(result.reward)], [rewards[step]], rtol: 1e-6, atol: 1e-6, "reward \(step)")
      expectClose(
        result.observation.map(Double.init), observations.row(step), rtol: 1e-6, atol: 1e-6,
        "observation \(step + 1)")
      #expect(!result.terminated && !result.truncated)
    }
  }

  @Test func singleStepsAreGymnasiums() throws {
    let golden = try GoldenCase.named("pendulum_one_step", in: "environments")
    let angles = try golden.input("theta").data
    for (index, angle) in angles.enumerated() {
      var pendulum = Pendulum()
      _ = pendulum.reset(angle: angle, velocity: try golden.input("thdot").data[index])
      let result = pendulum.step([Float(try golden.input("torque").data[index])])
      expectClose(
        [pendulum.angle, pendulum.velocity, Double(result.reward)],
        try ["theta_next", "thdot_next", "reward"].map { try golden.output($0).data[index] },
        rtol: golden.rtol, atol: golden.atol, "step \(index)")
      expectClose(
        result.observation.map(Double.init), try golden.output("observation").row(index),
        rtol: golden.rtol, atol: golden.atol, "observation \(index)")
    }
  }

  @Test func isTruncatedAfter200Steps() throws {
    let golden = try GoldenCase.named("pendulum_time_limit", in: "environments")
    let start = try golden.input("state0").data
    var pendulum = Pendulum()
    _ = pendulum.reset(angle: start[0], velocity: start[1])
    var total = 0.0
    for step in 1...200 {
      let result = pendulum.step([0])
      total += Double(result.reward)
      #expect(result.truncated == (step == 200))
      #expect(!result.terminated)
    }
    expectClose([total], [try golden.output("return").number], rtol: 1e-5, atol: 1e-4, "return")
  }

  @Test func startsAnywhere() {
    let starts = (0..<UInt64(2_000)).map { seed in
      var pendulum = Pendulum()
      _ = pendulum.reset(seed: seed)
      return (pendulum.angle, pendulum.velocity)
    }
    for (values, bound) in [(starts.map { $0.0 }, Double.pi), (starts.map { $0.1 }, 1.0)] {
      #expect(values.allSatisfy { abs($0) <= bound })
      // A uniform variable on [−b, b] has mean 0 and mean square b²/3; five standard errors allowed.
      let mean = values.reduce(0, +) / 2_000
      let meanSquare = values.map { $0 * $0 }.reduce(0, +) / 2_000
      #expect(abs(mean) < 0.065 * bound)
      #expect(abs(meanSquare - bound * bound / 3) < 0.034 * bound * bound)
    }
  }

  @Test func theExpertSwingsUpFromEverywhereAndStays() {
    for seed in 0..<UInt64(100) {
      var pendulum = Pendulum()
      _ = pendulum.reset(seed: seed)
      for _ in 0..<200 { _ = pendulum.step(pendulum.expertAction()) }
      #expect(abs(wrappedAngle(pendulum.angle)) < 0.05, "seed \(seed)")
    }
  }
}
