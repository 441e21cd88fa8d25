import struct Tensors.SplitMix64

/// Keep a pole upright by pushing its cart: Gymnasium's CartPole-v1 with a force of 10·a newtons.
///
/// - Observation: `[x, ẋ, θ, θ̇]` in metres, radians and seconds.
/// - Action: `[a]` from −1 to 1. `ContinuousCartPole.discrete` has CartPole-v1's own two actions.
/// - Reward: 1 for every step, also the last one.
/// - Start: each of the four numbers uniform in [−0.05, 0.05]. Terminates when |x| > 2.4 or |θ| > 12°;
///   truncated after 500 steps.
public struct ContinuousCartPole: Environment {
  static let angleLimit = 12 * 2 * Double.pi / 360
  private static let observations = Space.box(
    low: [-4.8, -.infinity, -2 * Float(angleLimit), -.infinity],
    high: [4.8, .infinity, 2 * Float(angleLimit), .infinity])
  private static let actions = Space.box(low: [-1], high: [1])

  /// Where the cart and the pole are.
  public private(set) var state = CartPoleState(
    position: 0, velocity: 0, angle: 0, angularVelocity: 0)

  private var episode = Episode(limit: 500)

  /// A cart that waits for its first reset.
  public init() {}

  /// `"cartpole"`.
  public var name: String { "cartpole" }

  /// `[x, ẋ, θ, θ̇]`.
  public var observationSpace: Space { Self.observations }

  /// `[a]`, the force divided by 10 newtons.
  public var actionSpace: Space { Self.actions }

  /// True: the pole falls, or the cart leaves the rail.
  public var canTerminate: Bool { true }

  /// Measured over 100 seeded episodes.
  public var anchors: ReturnAnchors { ReturnAnchors(random: 30.9, expert: 500) }

  /// Starts an episode in a random state.
  public mutating func reset(seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return reset(state: CartPoleState(around: 0, using: &random))
  }

  /// Starts an episode from a given state.
  ///
  /// - Parameter state: the start.
  /// - Returns: the first observation.
  public mutating func reset(state: CartPoleState) -> [Float] {
    episode.begin()
    self.state = state
    return observation
  }

  /// Moves on by 0.02 s.
  public mutating func step(_ action: [Float]) -> StepResult {
    let push = Double(clippedNumber(action, in: -1...1))
    let isTruncated = episode.advance()
    state.push(push)
    let isTerminated = state.isOffTheRail || abs(state.angle) > Self.angleLimit
    episode.end(if: isTerminated)
    return StepResult(
      observation: observation, reward: 1, terminated: isTerminated, truncated: isTruncated)
  }

  /// Balances by a linear-quadratic regulator.
  public func expertAction() -> [Float] { [Float(state.balancingAction)] }

  /// Draws the current state.
  public func render(width: Int, height: Int) -> RGBImage {
    render(observation: observation, width: width, height: height)
  }

  /// Draws the place and the angle that an observation says.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    CartPoleState.render(
      position: Double(observation[0]), angle: Double(observation[2]), width: width, height: height)
  }

  private var observation: [Float] {
    [Float(state.position), Float(state.velocity), Float(state.angle), Float(state.angularVelocity)]
  }
}

extension ContinuousCartPole {
  /// CartPole-v1's own two actions: 0 pushes to the left, 1 to the right, both with full force.
  public static var discrete: DiscreteActions<ContinuousCartPole> {
    DiscreteActions(
      ContinuousCartPole(), name: "cartpole-discrete", choices: [[-1], [1]],
      anchors: ReturnAnchors(random: 22.7, expert: 500)
    ) { $0.state.balancingAction > 0 ? 1 : 0 }
  }
}
