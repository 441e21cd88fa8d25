#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import struct Tensors.SplitMix64

/// A cart on a rail with a pole hinged on it, moved by the equations of Gymnasium's CartPole-v1.
///
/// Source: Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult
/// learning control problems" (1983), with Florian's corrected equations (2007).
public struct CartPoleState: Sendable, Equatable {
  static let gravity = 9.8
  static let poleMass = 0.1
  static let totalMass = 1.1
  /// Half of the pole, in metres.
  static let halfLength = 0.5
  static let timeStep = 0.02
  /// The force of an action of 1, in newtons.
  static let maximumForce = 10.0
  /// How far the cart may go from the middle, in metres.
  static let positionLimit = 2.4

  /// The cart's place x in metres; 0 is the middle of the rail.
  public var position: Double

  /// The cart's speed ẋ in metres per second.
  public var velocity: Double

  /// The pole's angle θ in radians; 0 is upright, positive leans to the right.
  public var angle: Double

  /// The pole's angular velocity θ̇ in radians per second.
  public var angularVelocity: Double

  /// A state with these values.
  public init(position: Double, velocity: Double, angle: Double, angularVelocity: Double) {
    self.position = position
    self.velocity = velocity
    self.angle = angle
    self.angularVelocity = angularVelocity
  }

  /// A state near rest with the pole at `angle`: each number is off by at most 0.05, drawn uniformly.
  init(around angle: Double, using random: inout SplitMix64) {
    position = random.uniform(in: -0.05...0.05)
    velocity = random.uniform(in: -0.05...0.05)
    self.angle = angle + random.uniform(in: -0.05...0.05)
    angularVelocity = random.uniform(in: -0.05...0.05)
  }

  /// Moves on by one time step (0.02 s) under a force in newtons, by explicit Euler: places move
  /// with the *old* speeds, as in Gymnasium.
  @inline(__always)
  mutating func push(force: Double) {
    let sine = sin(angle)
    // Near the top the square root gives the same at half the price.
    let cosine = abs(angle) < 1 ? (1 - sine * sine).squareRoot() : cos(angle)
    let poleMoment = Self.poleMass * Self.halfLength
    let shared = (force + poleMoment * angularVelocity * angularVelocity * sine) / Self.totalMass
    let angularAcceleration =
      (Self.gravity * sine - cosine * shared)
      / (Self.halfLength * (4.0 / 3.0 - Self.poleMass * cosine * cosine / Self.totalMass))
    let acceleration = shared - poleMoment * angularAcceleration * cosine / Self.totalMass
    position += Self.timeStep * velocity
    velocity += Self.timeStep * acceleration
    angle += Self.timeStep * angularVelocity
    angularVelocity += Self.timeStep * angularAcceleration
  }

  /// Whether the cart has left the rail.
  @inline(__always)
  var isOffTheRail: Bool { abs(position) > Self.positionLimit }

  /// The action in [−1, 1] that balances the pole and brings the cart to the middle: the
  /// linear-quadratic regulator of the equations linearised at the top, with state costs
  /// (1, 0.1, 1, 0.1) on (x, ẋ, θ, θ̇) and action cost 1.
  var balancingAction: Double {
    let action = 0.869 * position + 1.0 * velocity + 6.197 * angle + 1.607 * angularVelocity
    return min(max(action, -1), 1)
  }
}

// MARK: Drawing

extension CartPoleState {
  /// A picture of a cart at `position` whose pole leans by `angle`; what is off the rail is cut off.
  static func render(position: Double, angle: Double, width: Int, height: Int) -> RGBImage {
    var canvas = Canvas(width: width, height: height, span: 5.4, center: Point(0, 0.35))
    canvas.polygon(
      [Point(-9, -0.4), Point(9, -0.4), Point(9, -9), Point(-9, -9)], color: .shade)
    for side in [-1.0, 1.0] {
      let post = Point(side * (positionLimit + 0.1), -0.4)
      canvas.line(from: post, to: post + Point(0, 0.25), width: 0.1, color: .line)
    }
    canvas.line(from: Point(-9, -0.4), to: Point(9, -0.4), width: 0.07, color: .line)
    let hinge = Point(position, 0)
    // Drawn larger than life, or 64 pixels would hide a lean of a few degrees.
    let tip = hinge + 1.6 * Point(sin(angle), cos(angle))
    let corners = [Point(-0.4, -0.22), Point(0.4, -0.22), Point(0.4, 0.1), Point(-0.4, 0.1)]
    canvas.polygon(corners.map { hinge + $0 }, rounding: 0.06, color: .ink)
    for side in [-0.25, 0.25] {
      canvas.disc(at: hinge + Point(side, -0.3), radius: 0.12, color: .ink)
    }
    canvas.line(from: hinge, to: tip, width: 0.2, color: .accent)
    canvas.disc(at: hinge, radius: 0.06, color: .paper)
    return canvas.image
  }
}
