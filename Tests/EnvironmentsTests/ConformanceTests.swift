import Testing

import struct Tensors.SplitMix64

@testable import Environments

/// What every bundled environment promises, whatever the task.
@Suite struct ConformanceTests {
  @Test(arguments: BundledEnvironment.allCases)
  func theSameSeedGivesTheSameTrace(task: BundledEnvironment) {
    #expect(trace(of: task.make(), seed: 7, steps: 300) == trace(of: task.make(), seed: 7, steps: 300))
    #expect(trace(of: task.make(), seed: 7, steps: 30) != trace(of: task.make(), seed: 8, steps: 30))
  }

  @Test(arguments: BundledEnvironment.allCases)
  func spacesAreHonouredFor10000RandomSteps(task: BundledEnvironment) {
    var environment = withSmallImages(task)
    var random = SplitMix64(seed: 1)
    var isRunning = false
    for step in 0..<UInt64(10_000) {
      if !isRunning {
        #expect(environment.observationSpace.contains(environment.reset(seed: step)))
      }
      let action = environment.actionSpace.sample(using: &random)
      let result = environment.step(action)
      guard environment.actionSpace.contains(action), result.reward.isFinite,
        environment.observationSpace.contains(result.observation)
      else {
        Issue.record("\(task): \(action) led to \(result)")
        return
      }
      isRunning = !result.isLast
    }
  }

  @Test(arguments: BundledEnvironment.allCases)
  func theExpertsActionsAreActions(task: BundledEnvironment) {
    var environment = task.make()
    _ = environment.reset(seed: 3)
    for _ in 0..<50 {
      let action = environment.expertAction()
      #expect(environment.actionSpace.contains(action))
      if environment.step(action).isLast { break }
    }
  }

  @Test(arguments: BundledEnvironment.allCases)
  func copiesLiveApart(task: BundledEnvironment) {
    var original = task.make()
    _ = original.reset(seed: 5)
    _ = original.step(original.expertAction())
    let expected = trace(continuing: original, seed: 1, steps: 20)
    var copy = original
    var random = SplitMix64(seed: 2)
    for _ in 0..<8 where !copy.step(copy.actionSpace.sample(using: &random)).isLast {}
    _ = copy.reset(seed: 9)
    #expect(trace(continuing: original, seed: 1, steps: 20) == expected)
  }

  @Test(arguments: BundledEnvironment.allCases)
  func theAnchorsAreWhatThePoliciesEarn(task: BundledEnvironment) {
    let environment = withSmallImages(task)
    #expect(environment.name == task.rawValue)
    #expect(environment.anchors == task.make().anchors)
    func mean(_ policy: ScriptedPolicy) -> Double {
      policy.returns(in: environment, episodes: 100).reduce(0, +) / 100
    }
    let anchors = environment.anchors
    // The sequence task documents its exact chance, of which 100 episodes are a sample.
    let tolerance = (task == .sequence ? 0.03 : 0.002) * (anchors.expert - anchors.random)
    #expect(abs(mean(.random) - anchors.random) < tolerance, "random: \(mean(.random))")
    #expect(abs(mean(.expert) - anchors.expert) < tolerance, "expert: \(mean(.expert))")
    #expect(anchors.normalisedScore(anchors.random) == 0)
    #expect(anchors.normalisedScore(anchors.expert) == 100)
  }

  @Test(arguments: BundledEnvironment.allCases)
  func picturesHaveTheSizeAskedForAndShowTheState(task: BundledEnvironment) {
    var environment = task.make()
    let observation = environment.reset(seed: 1)
    for (width, height) in [(1, 1), (16, 16), (64, 64), (96, 40)] {
      let picture = environment.render(width: width, height: height)
      #expect((picture.width, picture.height) == (width, height))
      // An image as an observation can only be enlarged, not drawn again.
      if case .image(let size, _, _) = environment.observationSpace, size != width { continue }
      #expect(picture == environment.render(observation: observation, width: width, height: height))
    }
    let before = environment.render(width: 64, height: 64)
    for _ in 0..<8 { _ = environment.step(environment.expertAction()) }
    #expect(environment.render(width: 64, height: 64) != before)
  }

  @Test func unknownNamesListTheValidOnes() throws {
    #expect(try BundledEnvironment(named: "pendulum") == .pendulum)
    let error = #expect(throws: UnknownEnvironment.self) { try BundledEnvironment(named: "doom") }
    #expect(
      error?.description
        == "no environment is called 'doom': choose one of "
        + BundledEnvironment.allCases.map(\.rawValue).joined(separator: ", "))
  }

  /// The same task without the time that larger pictures take.
  private func withSmallImages(_ task: BundledEnvironment) -> any Environment {
    switch task {
    case .racing: GridRacing(imageSize: 8)
    case .racingDiscrete: GridRacing.discrete(imageSize: 8)
    default: task.make()
    }
  }

  private func trace(of environment: any Environment, seed: UInt64, steps: Int) -> [StepResult] {
    var environment = environment
    let first = StepResult(observation: environment.reset(seed: seed), reward: 0)
    return [first] + trace(continuing: environment, seed: seed, steps: steps)
  }

  private func trace(continuing start: any Environment, seed: UInt64, steps: Int) -> [StepResult] {
    var environment = start
    var random = SplitMix64(seed: seed)
    var results: [StepResult] = []
    while results.count < steps, results.last?.isLast != true {
      results.append(environment.step(environment.actionSpace.sample(using: &random)))
    }
    return results
  }
}
