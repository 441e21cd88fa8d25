import Environments
import Tensors
import Training

/// The cart-pole with starts all over the place, so that random actions show the model more than how a
/// pole begins to fall.
public struct WideStarts: Wrapper {
  /// The wrapped cart-pole.
  public var base = ContinuousCartPole()

  /// A cart that waits for its first reset.
  public init() {}

  /// Starts an episode up to 1 metre from the middle and 0.1 radians from upright, with speeds up to 1
  /// metre or radian per second, each number drawn uniformly.
  public mutating func reset(seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return base.reset(
      state: CartPoleState(
        position: random.uniform(in: -1...1), velocity: random.uniform(in: -1...1),
        angle: random.uniform(in: -0.1...0.1), angularVelocity: random.uniform(in: -1...1)))
  }
}

/// Episodes of a cart-pole that is pushed at random; each lasts some twenty steps.
///
/// - Parameters:
///   - episodes: how many.
///   - seed: the first episode's seed; the others count on from it.
public func cartPoleExperience(episodes: Int, seed: UInt64) -> ReplayBuffer {
  let world = WideStarts()
  var replay = ReplayBuffer(
    observationSpace: world.observationSpace, actionSize: world.actionSpace.count, capacity: 500 * episodes,
    crossesEpisodes: false)
  VectorisedEnvironment([world]).collect(episodes: episodes, into: &replay, by: .random, seed: seed)
  return replay
}
