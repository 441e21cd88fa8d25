/// The tasks that come with the course, by the names that the command line knows.
public enum BundledEnvironment: String, CaseIterable, Sendable, Codable {
  /// `ContinuousCartPole`.
  case cartpole
  /// `ContinuousCartPole.discrete`.
  case cartpoleDiscrete = "cartpole-discrete"
  /// `CartPoleSwingUp`.
  case cartpoleSwingUp = "cartpole-swingup"
  /// `Pendulum`.
  case pendulum
  /// `SequenceTask` with its default sizes.
  case sequence
  /// `GridRacing`.
  case racing
  /// `GridRacing.discrete()`.
  case racingDiscrete = "racing-discrete"

  /// The task called `name`.
  ///
  /// - Throws: `UnknownEnvironment`, which lists the valid names.
  public init(named name: String) throws(UnknownEnvironment) {
    guard let task = Self(rawValue: name) else { throw UnknownEnvironment(name: name) }
    self = task
  }

  /// A new environment of this task, waiting for its first reset.
  public func make() -> any Environment {
    switch self {
    case .cartpole: ContinuousCartPole()
    case .cartpoleDiscrete: ContinuousCartPole.discrete
    case .cartpoleSwingUp: CartPoleSwingUp()
    case .pendulum: Pendulum()
    case .sequence: SequenceTask()
    case .racing: GridRacing()
    case .racingDiscrete: GridRacing.discrete()
    }
  }
}

/// A name that is no bundled environment.
public struct UnknownEnvironment: Error, Equatable, CustomStringConvertible {
  /// What was asked for.
  public let name: String

  /// One line with the valid names.
  public var description: String {
    "no environment is called '\(name)': choose one of "
      + BundledEnvironment.allCases.map(\.rawValue).joined(separator: ", ")
  }
}
