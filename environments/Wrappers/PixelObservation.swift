/// Observes a task by its picture instead of its numbers, as an image in [0, 1].
public struct PixelObservation<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  /// The picture's columns.
  public let width: Int

  /// The picture's rows.
  public let height: Int

  /// An environment that is seen.
  ///
  /// - Parameters:
  ///   - base: the environment to wrap.
  ///   - width: the picture's columns, at least 1.
  ///   - height: the picture's rows, at least 1.
  public init(_ base: Base, width: Int = 64, height: Int = 64) {
    precondition(width >= 1 && height >= 1, "a picture of \(width)×\(height) pixels cannot be observed")
    self.base = base
    self.width = width
    self.height = height
  }

  /// An RGB image.
  public var observationSpace: Space { .image(height: height, width: width, channels: 3) }

  /// Starts an episode.
  public mutating func reset(seed: UInt64) -> [Float] {
    _ = base.reset(seed: seed)
    return base.render(width: width, height: height).observation
  }

  /// Steps and looks.
  public mutating func step(_ action: [Float]) -> StepResult {
    var result = base.step(action)
    result.observation = base.render(width: width, height: height).observation
    return result
  }

  /// Draws an observation as it is, its pixels enlarged or thinned out to the size asked for.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    RGBImage(observation: observation, width: self.width, height: self.height)
      .resized(width: width, height: height)
  }
}
