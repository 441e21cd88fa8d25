/// Keeps a picture of every state that an episode passes through, for films.
public struct FrameRecorder<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  /// The pictures' columns.
  public let width: Int

  /// The pictures' rows.
  public let height: Int

  /// The pictures of the current episode, from its first state on; a reset starts anew.
  public private(set) var frames: [RGBImage] = []

  /// An environment that is filmed.
  ///
  /// - Parameters:
  ///   - base: the environment to wrap.
  ///   - width: the pictures' columns, at least 1.
  ///   - height: the pictures' rows, at least 1.
  public init(_ base: Base, width: Int, height: Int) {
    self.base = base
    self.width = width
    self.height = height
  }

  /// Starts an episode and a new film.
  public mutating func reset(seed: UInt64) -> [Float] {
    let observation = base.reset(seed: seed)
    frames = [base.render(width: width, height: height)]
    return observation
  }

  /// Steps and takes a picture.
  public mutating func step(_ action: [Float]) -> StepResult {
    let result = base.step(action)
    frames.append(base.render(width: width, height: height))
    return result
  }
}
