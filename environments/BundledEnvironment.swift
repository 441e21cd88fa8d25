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
  ///
  /// - Parameters:
  ///   - imageSize: the side of pictures, for tasks that have them.
  ///   - actionRepeat: how often each action is taken, as one step.
  public func make(imageSize: Int = 64, actionRepeat: Int = 1) -> any Environment {
    func repeating(_ environment: some Environment) -> any Environment {
      actionRepeat == 1 ? environment : ActionRepeat(environment, count: actionRepeat)
    }
    return switch self {
    case .cartpole: repeating(ContinuousCartPole())
    case .cartpoleDiscrete: repeating(ContinuousCartPole.discrete)
    case .cartpoleSwingUp: repeating(CartPoleSwingUp())
    case .pendulum: repeating(Pendulum())
    case .sequence: repeating(SequenceTask())
    case .racing: repeating(GridRacing(imageSize: imageSize))
    case .racingDiscrete: repeating(GridRacing.discrete(imageSize: imageSize))
    }
  }
}
