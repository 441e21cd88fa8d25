/// Observes the last few observations together, so that a single one shows motion.
///
/// Vectors are joined oldest first; images are stacked in their channels, oldest first. At the start
/// of an episode the first observation fills all places.
public struct FrameStack<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  /// How many observations are joined.
  public let count: Int

  /// Several observations in one.
  public let observationSpace: Space

  /// How many numbers of one observation lie together: all of a vector, the channels of a pixel.
  private let chunk: Int
  private var stack: [Float] = []

  /// An environment that shows several observations at once.
  ///
  /// - Parameters:
  ///   - base: the environment to wrap.
  ///   - count: how many observations are joined, at least 1.
  public init(_ base: Base, count: Int) {
    precondition(count >= 1, "a stack needs at least 1 frame, not \(count)")
    self.base = base
    self.count = count
    switch base.observationSpace {
    case .box(let low, let high):
      chunk = low.count
      observationSpace = .box(
        low: (0..<count).flatMap { _ in low }, high: (0..<count).flatMap { _ in high })
    case .discrete(let choices):
      chunk = 1
      let last = Float(choices - 1)
      observationSpace = .box(
        low: Array(repeating: 0, count: count), high: Array(repeating: last, count: count))
    case .image(let height, let width, let channels):
      chunk = channels
      observationSpace = .image(height: height, width: width, channels: count * channels)
    }
  }

  /// Starts an episode with `count` times the same observation.
  public mutating func reset(seed: UInt64) -> [Float] {
    let observation = base.reset(seed: seed)
    stack = Array(repeating: 0, count: count * observation.count)
    for _ in 0..<count { push(observation) }
    return stack
  }

  /// Steps, and replaces the oldest observation by the new one.
  public mutating func step(_ action: [Float]) -> StepResult {
    var result = base.step(action)
    push(result.observation)
    result.observation = stack
    return result
  }

  /// Draws the newest of the stacked observations.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    let newest = stride(from: (count - 1) * chunk, to: observation.count, by: count * chunk)
      .flatMap { observation[$0..<$0 + chunk] }
    return base.render(observation: newest, width: width, height: height)
  }

  /// Moves every chunk one place towards the oldest and puts `observation` into the newest.
  private mutating func push(_ observation: [Float]) {
    for start in stride(from: 0, to: observation.count, by: chunk) {
      let place = start * count
      for index in place..<place + (count - 1) * chunk { stack[index] = stack[index + chunk] }
      for index in 0..<chunk { stack[place + (count - 1) * chunk + index] = observation[start + index] }
    }
  }
}
