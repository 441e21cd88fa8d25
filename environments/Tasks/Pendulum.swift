#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import struct Tensors.SplitMix64

/// Swing a rod up with a motor too weak to lift it at once, and hold it there: Gymnasium's
/// Pendulum-v1, equation for equation.
///
/// - Observation: `[cos θ, sin θ, θ̇]`; θ = 0 is upright, counter-clockwise positive, θ̇ in rad/s.
/// - Action: `[u]`, a torque from −2 to 2.
/// - Reward: −(θ² + 0.1 θ̇² + 0.001 u²) of the state *before* the step, θ wrapped to [−π, π).
/// - Start: θ uniform in [−π, π], θ̇ uniform in [−1, 1]. It never terminates; truncated after 200 steps.
public struct Pendulum: Environment {
  static let gravity = 10.0
  static let mass = 1.0
  static let length = 1.0
  static let timeStep = 0.05
  static let maximumSpeed = 8.0
  static let maximumTorque: Float = 2
  private static let observations = Space.box(low: [-1, -1, -8], high: [1, 1, 8])
  private static let actions = Space.box(low: [-maximumTorque], high: [maximumTorque])

  /// The angle θ in radians, never wrapped.
  public private(set) var angle = 0.0

  /// The angular velocity θ̇ in radians per second.
  public private(set) var velocity = 0.0

  private var episode = Episode(limit: 200)
  // Each step needs sin θ of the old state and both of the new one, so they are computed once.
  private var cosine = 1.0
  private var sine = 0.0

  /// A pendulum that waits for its first reset.
  public init() {}

  /// `"pendulum"`.
  public var name: String { "pendulum" }

  /// `[cos θ, sin θ, θ̇]`.
  public var observationSpace: Space { Self.observations }

  /// `[u]`, the torque.
  public var actionSpace: Space { Self.actions }

  /// False: it swings until the time is up.
  public var canTerminate: Bool { false }

  /// Measured over 100 seeded episodes.
  public var anchors: ReturnAnchors { ReturnAnchors(random: -1236.2, expert: -150.7) }

  /// Starts an episode in a random state.
  public mutating func reset(seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return reset(angle: random.uniform(in: -.pi ... .pi), velocity: random.uniform(in: -1...1))
  }

  /// Starts an episode from a given state.
  ///
  /// - Parameters:
  ///   - angle: θ in radians.
  ///   - velocity: θ̇ in radians per second.
  /// - Returns: the first observation.
  public mutating func reset(angle: Double, velocity: Double) -> [Float] {
    episode.begin()
    (self.angle, self.velocity) = (angle, velocity)
    (cosine, sine) = (cos(angle), sin(angle))
    return observation
  }

  /// Moves on by 0.05 s.
  public mutating func step(_ action: [Float]) -> StepResult {
    let torque = Double(clippedNumber(action, in: -Self.maximumTorque...Self.maximumTorque))
    let isTruncated = episode.advance()
    let wrapped = wrappedAngle(angle)
    let cost = wrapped * wrapped + 0.1 * velocity * velocity + 0.001 * torque * torque
    let acceleration =
      3 * Self.gravity / (2 * Self.length) * sine + 3 / (Self.mass * Self.length * Self.length) * torque
    velocity = min(
      max(velocity + acceleration * Self.timeStep, -Self.maximumSpeed), Self.maximumSpeed)
    angle += velocity * Self.timeStep
    (cosine, sine) = (cos(angle), sin(angle))
    return StepResult(observation: observation, reward: Float(-cost), truncated: isTruncated)
  }

  private var observation: [Float] { [Float(cosine), Float(sine), Float(velocity)] }
}

/// `angle` in radians, moved by whole turns into [−π, π).
func wrappedAngle(_ angle: Double) -> Double {
  angle - 2 * .pi * ((angle + .pi) / (2 * .pi)).rounded(.down)
}

// MARK: The expert

extension Pendulum {
  /// Energy shaping until the rod is nearly upright, then a linear balance.
  ///
  /// Far from the top, torque goes with the motion while the energy is too low and against it while
  /// it is too high (Åström and Furuta, "Swinging up a pendulum by energy control", 2000).
  public func expertAction() -> [Float] {
    let wrapped = wrappedAngle(angle)
    let balance = -(8 * wrapped + 2 * velocity)
    // The balance takes over where the motor can nearly deliver the torque it asks for.
    if abs(wrapped) < 0.8, abs(balance) < 4 {
      return [Float(min(max(balance, -2), 2))]
    }
    let energy = velocity * velocity / 2 + 15 * cosine
    let missing = 15 - energy
    return [Float(min(max(missing * (velocity < 0 ? -1 : 1), -2), 2))]
  }
}

// MARK: Drawing

extension Pendulum {
  /// Draws the current state.
  public func render(width: Int, height: Int) -> RGBImage {
    render(observation: observation, width: width, height: height)
  }

  /// Draws the angle that a cosine and a sine say, if need be of an imagined pair off the circle.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    var canvas = Canvas(width: width, height: height, span: 2.9)
    let length = max(hypot(observation[0], observation[1]), 1e-6)
    // Counter-clockwise from upright; an imagined (cos, sin) need not lie on the circle.
    let tip = Point(-Double(observation[1] / length), Double(observation[0] / length))
    canvas.disc(at: .zero, radius: 1.33, color: .shade)
    canvas.line(from: Point(0, 1.12), to: Point(0, 1.22), width: 0.08, color: .line)
    canvas.line(from: .zero, to: tip, width: 0.26, color: .accent)
    canvas.disc(at: .zero, radius: 0.075, color: .ink)
    return canvas.image
  }
}
