import Testing

import struct Tensors.SplitMix64

@testable import Environments

/// What every environment and every wrapper promises, whatever the task.
@Suite struct ConformanceTests {
  @Test(arguments: Subject.all)
  func theSameSeedGivesTheSameTrace(subject: Subject) {
    #expect(subject.make().trace(seed: 7, steps: 300) == subject.make().trace(seed: 7, steps: 300))
    #expect(subject.make().trace(seed: 7, steps: 30) != subject.make().trace(seed: 8, steps: 30))
  }

  @Test(arguments: Subject.all)
  func aResetForgetsThePreviousEpisode(subject: Subject) {
    // Running statistics are meant to outlive an episode.
    if subject.make() is ObservationNormalisation<CartPoleSwingUp> { return }
    var used = subject.make()
    _ = used.reset(seed: 1)
    for _ in 0..<3 { _ = used.step(used.expertAction()) }
    #expect(used.trace(seed: 7, steps: 50) == subject.make().trace(seed: 7, steps: 50))
  }

  @Test(arguments: Subject.all)
  func spacesAreHonouredFor10000RandomSteps(subject: Subject) {
    var environment = subject.make()
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
        Issue.record("\(action) led to \(result)")
        return
      }
      isRunning = !result.isLast
    }
  }

  @Test(arguments: Subject.all)
  func theExpertsActionsAreActions(subject: Subject) {
    var environment = subject.make()
    _ = environment.reset(seed: 3)
    for _ in 0..<50 {
      let action = environment.expertAction()
      #expect(environment.actionSpace.contains(action))
      if environment.step(action).isLast { break }
    }
  }

  @Test(arguments: Subject.all)
  func onlyWhatCanTerminateTerminates(subject: Subject) {
    var hasTerminated = false
    for policy in ScriptedPolicy.allCases {
      for seed in 0..<UInt64(10) {
        var environment = subject.make()
        var random = SplitMix64(seed: ~seed)
        _ = environment.reset(seed: seed)
        var result: StepResult
        repeat {
          result = environment.step(policy.action(in: environment, using: &random))
          hasTerminated = hasTerminated || result.terminated
        } while !result.isLast
      }
    }
    #expect(!hasTerminated || subject.make().canTerminate)
    // A short time limit may come before every end.
    if !(subject.testDescription.contains("wrappers")) {
      #expect(hasTerminated == subject.make().canTerminate)
    }
  }

  @Test(arguments: Subject.all)
  func copiesLiveApart(subject: Subject) {
    var original = subject.make()
    _ = original.reset(seed: 5)
    _ = original.step(original.expertAction())
    let expected = original.continuedTrace(seed: 1, steps: 20)
    var copy = original
    var random = SplitMix64(seed: 2)
    for _ in 0..<8 { if copy.step(copy.actionSpace.sample(using: &random)).isLast { break } }
    _ = copy.reset(seed: 9)
    #expect(original.continuedTrace(seed: 1, steps: 20) == expected)
  }

  @Test(arguments: Subject.all)
  func picturesHaveTheSizeAskedForAndShowTheState(subject: Subject) {
    var environment = subject.make()
    var observation = environment.reset(seed: 1)
    for (width, height) in [(1, 1), (8, 8), (64, 64), (96, 40)] {
      let picture = environment.render(width: width, height: height)
      let drawn = environment.render(observation: observation, width: width, height: height)
      #expect((picture.width, picture.height) == (width, height))
      #expect((drawn.width, drawn.height) == (width, height))
      // What was observed as an image can only be enlarged, not drawn again.
      if case .image(let rows, let columns, _) = environment.observationSpace,
        (columns, rows) != (width, height)
      {
        continue
      }
      // Normalised observations cannot be undone before the statistics have settled.
      if !(environment is ObservationNormalisation<CartPoleSwingUp>) { #expect(picture == drawn) }
    }
    let before = environment.render(width: 64, height: 64)
    for _ in 0..<8 {
      let result = environment.step(environment.expertAction())
      observation = result.observation
      if result.isLast { break }
    }
    #expect(environment.render(width: 64, height: 64) != before)
    let imagined = observation.map { _ in Float.nan }
    #expect(environment.render(observation: imagined, width: 9, height: 7).bytes.count == 3 * 9 * 7)
  }

  @Test(arguments: BundledEnvironment.allCases)
  func theAnchorsAreWhatThePoliciesEarn(task: BundledEnvironment) {
    let environment = Subject.withSmallImages(task)
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
}
