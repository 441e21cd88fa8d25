import Tensors
import Training

/// A policy that knows nothing but does not dither: an episode's own inclination, and on top of it whims that
/// last for one to ten steps.
///
/// White noise would hardly move anything: a car would tremble at the start line. The paper's car was driven by
/// random networks, whose actions are as lasting, and its Doom by actions held for one to ten steps.
struct RandomPolicy {
  private let format: ActionFormat
  private let inclination: [Float]
  private var whim: [Float] = []
  private var stepsLeft = 0

  /// The policy of an episode.
  init(format: ActionFormat, using random: inout SplitMix64) {
    self.format = format
    inclination = (0..<format.size).map { _ in 0.5 * Float(random.normal()) }
  }

  /// The next action as M sees it.
  mutating func act(using random: inout SplitMix64) -> [Float] {
    if stepsLeft == 0 {
      stepsLeft = 1 + random.index(below: 10)
      whim = inclination.map { $0 + Float(random.normal()) }
    }
    stepsLeft -= 1
    return format.input(format.action(whim))
  }
}
