/// An environment around another one, which changes some of its behaviour and forwards the rest:
/// a conforming type declares only what it changes.
///
/// The anchors stay those of the wrapped task unless the wrapper changes rewards.
public protocol Wrapper<Base>: Environment {
  /// The type of the wrapped environment.
  associatedtype Base: Environment

  /// The wrapped environment.
  var base: Base { get set }
}

extension Wrapper {
  /// The wrapped task's name.
  public var name: String { base.name }

  /// The wrapped task's observations.
  public var observationSpace: Space { base.observationSpace }

  /// The wrapped task's actions.
  public var actionSpace: Space { base.actionSpace }

  /// Whether the wrapped task can end.
  public var canTerminate: Bool { base.canTerminate }

  /// The wrapped task's anchors.
  public var anchors: ReturnAnchors { base.anchors }

  /// Resets the wrapped task.
  public mutating func reset(seed: UInt64) -> [Float] { base.reset(seed: seed) }

  /// Steps the wrapped task.
  public mutating func step(_ action: [Float]) -> StepResult { base.step(action) }

  /// Asks the wrapped task's expert.
  public func expertAction() -> [Float] { base.expertAction() }

  /// Draws the wrapped task.
  public func render(width: Int, height: Int) -> RGBImage { base.render(width: width, height: height) }

  /// Draws what an observation of the wrapped task says.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    base.render(observation: observation, width: width, height: height)
  }
}
