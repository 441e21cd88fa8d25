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
