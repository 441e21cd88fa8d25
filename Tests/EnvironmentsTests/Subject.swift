import Testing

import struct Tensors.SplitMix64

@testable import Environments

/// One environment that the conformance suite examines: every bundled task, and every wrapper.
///
/// It is named by its number, because exit tests can carry no more than that into the child process.
struct Subject: Sendable, CustomTestStringConvertible {
  let number: Int
  let testDescription: String
  let make: @Sendable () -> any Environment

  static let all: [Subject] = (bundled + wrapped).enumerated().map {
    Subject(number: $0.offset, testDescription: $0.element.0, make: $0.element.1)
  }

  private static let bundled = BundledEnvironment.allCases.map { task in
    (task.rawValue, { @Sendable in withSmallImages(task) })
  }

  private static let wrapped: [(String, @Sendable () -> any Environment)] = [
    ("TimeLimit", { TimeLimit(Pendulum(), steps: 30) }),
    ("TimeLimit beyond the task's own", { TimeLimit(SequenceTask(), steps: 1_000) }),
    ("ActionRepeat", { ActionRepeat(ContinuousCartPole(), count: 3) }),
    ("FrameStack of vectors", { FrameStack(Pendulum(), count: 3) }),
    ("FrameStack of images", { FrameStack(GridRacing(imageSize: 8), count: 4) }),
    ("PixelObservation", { PixelObservation(Pendulum(), width: 12, height: 9) }),
    ("ObservationNormalisation", { ObservationNormalisation(CartPoleSwingUp()) }),
    ("RewardScaling", { RewardScaling(Pendulum(), by: 0.1) }),
    ("OneHotActions", { OneHotActions(SequenceTask()) }),
    ("StickyActions", { StickyActions(Pendulum(), probability: 0.5) }),
    ("FrameRecorder", { FrameRecorder(ContinuousCartPole(), width: 4, height: 4) }),
    ("DiscreteActions of a wrapper", { OneHotActions(ContinuousCartPole.discrete) }),
    (
      "a stack of wrappers",
      {
        let task = OneHotActions(StickyActions(GridRacing.discrete(imageSize: 8)))
        return TimeLimit(FrameStack(RewardScaling(ActionRepeat(task, count: 2), by: 2), count: 2), steps: 40)
      }
    ),
  ]

  /// The same task without the time that larger pictures take.
  static func withSmallImages(_ task: BundledEnvironment) -> any Environment {
    switch task {
    case .racing: GridRacing(imageSize: 8)
    case .racingDiscrete: GridRacing.discrete(imageSize: 8)
    default: task.make()
    }
  }
}

extension Environment {
  /// The first observation and the results of random steps, until the episode ends.
  func trace(seed: UInt64, steps: Int) -> [StepResult] {
    var environment = self
    let first = StepResult(observation: environment.reset(seed: seed), reward: 0)
    return [first] + environment.continuedTrace(seed: seed, steps: steps)
  }

  /// The results of random steps from here on, until the episode ends.
  func continuedTrace(seed: UInt64, steps: Int) -> [StepResult] {
    var environment = self
    var random = SplitMix64(seed: seed)
    var results: [StepResult] = []
    while results.count < steps, results.last?.isLast != true {
      results.append(environment.step(environment.actionSpace.sample(using: &random)))
    }
    return results
  }
}
