#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import struct Tensors.SplitMix64

/// The harder cart-pole: swing the pole up from hanging, balance it, and stay on the rail.
///
/// - Observation: `[x, ẋ, cos θ, sin θ, θ̇]` in metres, radians and seconds.
/// - Action: `[a]` from −1 to 1, a force of 10·a newtons; equations as `ContinuousCartPole`.
/// - Reward: (1 + cos θ) / 2 of the successor, so 1 for an upright pole.
/// - Start: hanging, each of the four numbers off by at most 0.05. Terminates when |x| > 2.4;
///   truncated after 500 steps.
public struct CartPoleSwingUp: Environment {
  private static let observations = Space.box(
    low: [-4.8, -.infinity, -1, -1, -.infinity], high: [4.8, .infinity, 1, 1, .infinity])
  private static let actions = Space.box(low: [-1], high: [1])

  /// Where the cart and the pole are.
  public private(set) var state = CartPoleState(
    position: 0, velocity: 0, angle: .pi, angularVelocity: 0)

  private var episode = Episode(limit: 500)

  /// A cart that waits for its first reset.
  public init() {}

  /// `"cartpole-swingup"`.
  public var name: String { "cartpole-swingup" }

  /// `[x, ẋ, cos θ, sin θ, θ̇]`.
  public var observationSpace: Space { Self.observations }

  /// `[a]`, the force divided by 10 newtons.
  public var actionSpace: Space { Self.actions }

  /// True: the cart can leave the rail.
  public var canTerminate: Bool { true }

  /// Measured over 100 seeded episodes.
  public var anchors: ReturnAnchors { ReturnAnchors(random: 16.06, expert: 438.67) }

  /// Starts an episode with a hanging pole.
  public mutating func reset(seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    state = CartPoleState(around: .pi, using: &random)
    episode.begin()
    return observation
  }

  /// Moves on by 0.02 s.
  public mutating func step(_ action: [Float]) -> StepResult {
    let push = Double(clippedNumber(action, in: -1...1))
    let isTruncated = episode.advance()
    state.push(push)
    episode.end(if: state.isOffTheRail)
    let observation = observation
    return StepResult(
      observation: observation, reward: (1 + observation[2]) / 2, terminated: state.isOffTheRail,
      truncated: isTruncated)
  }

  /// Brings the pole's energy to that of the upright rest, then balances.
  ///
  /// An acceleration a of the cart changes the energy by −a θ̇ cos θ, so one in proportion to
  /// E θ̇ cos θ drives E to 0 (Åström and Furuta 2000); two more terms keep the cart in the middle.
  public func expertAction() -> [Float] {
    var upright = state
    upright.angle = wrappedAngle(state.angle)
    if abs(upright.angle) < 0.5 { return [Float(upright.balancingAction)] }
    let (cosine, sine, speed) = (cos(state.angle), sin(state.angle), state.angularVelocity)
    let inertia = 4.0 / 3.0 * CartPoleState.halfLength
    let energy = inertia * speed * speed / 2 + CartPoleState.gravity * (cosine - 1)
    let acceleration = energy * speed * cosine - state.position - 3 * state.velocity
    // The force that accelerates the cart so, by the equations of motion.
    let angularAcceleration = (CartPoleState.gravity * sine - acceleration * cosine) / inertia
    let poleForce =
      CartPoleState.poleMass * CartPoleState.halfLength
      * (angularAcceleration * cosine - speed * speed * sine)
    let force = CartPoleState.totalMass * acceleration + poleForce
    return [Float(min(max(force / CartPoleState.maximumForce, -1), 1))]
  }

  /// Draws the current state.
  public func render(width: Int, height: Int) -> RGBImage {
    render(observation: observation, width: width, height: height)
  }

  /// Draws the place and the angle that an observation says.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    CartPoleState.render(
      position: Double(observation[0]), angle: Double(atan2(observation[3], observation[2])),
      width: width, height: height)
  }

  private var observation: [Float] {
    [
      Float(state.position), Float(state.velocity), Float(cos(state.angle)), Float(sin(state.angle)),
      Float(state.angularVelocity),
    ]
  }
}
