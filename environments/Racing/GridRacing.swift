#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import struct Tensors.SplitMix64

/// Drive a lap on a track that is new in every episode, seen from above with the car heading up;
/// actions and rewards are those of Gymnasium's CarRacing.
///
/// - Observation: an RGB image, 64×64 by default, without any instruments: speed must be inferred.
/// - Action: `[steer, gas, brake]` with steer from −1 (left) to 1 (right), the others from 0 to 1.
///   `GridRacing.discrete()` has CarRacing's five actions.
/// - Reward: −0.1 a step and +1000/N for each of the N tiles when it is first driven on, the start
///   included; −100 alone for leaving the map.
/// - Start: standing on the start line. Terminates off the map, or back on the start tile when more
///   than 95 % of the tiles have been visited; truncated after 500 steps.
///
/// Lengths are in tiles, times in seconds.
public struct GridRacing: Environment {
  static let timeStep = 0.1
  static let enginePower = 4.0
  static let brakePower = 8.0
  /// Makes full gas end at 6 tiles per second.
  static let airDrag = enginePower / 36
  static let grassDrag = 3.0
  /// The curvature of the tightest circle that the wheels can be turned to, per tile.
  static let maximumCurvature = 3.5

  /// The pixels along each side of an observation.
  public let imageSize: Int

  /// The road of this episode.
  public private(set) var track = Track(seed: 0)

  /// Where the car is.
  public private(set) var position = Point.zero

  /// Where the car heads, in radians counter-clockwise from the direction of x.
  public private(set) var heading = 0.0

  /// The car's speed; never negative.
  public private(set) var speed = 0.0

  private var isVisited: [Bool] = []
  private var visitedCount = 0
  private var episode = Episode(limit: 500)

  /// A car that waits for its first reset.
  ///
  /// - Parameter imageSize: the pixels along each side of an observation, at least 8.
  public init(imageSize: Int = 64) {
    precondition(imageSize >= 8, "imageSize must be at least 8, not \(imageSize)")
    self.imageSize = imageSize
  }

  /// `"racing"`.
  public var name: String { "racing" }

  /// The view from above.
  public var observationSpace: Space { .image(height: imageSize, width: imageSize, channels: 3) }

  /// `[steer, gas, brake]`.
  public var actionSpace: Space { Self.actions }
  private static let actions = Space.box(low: [-1, 0, 0], high: [1, 1, 1])

  /// True: off the map, or when the lap is complete.
  public var canTerminate: Bool { true }

  /// Measured over 100 seeded episodes.
  public var anchors: ReturnAnchors { ReturnAnchors(random: 34.27, expert: 985.3) }

  /// Starts an episode on a random track.
  public mutating func reset(seed: UInt64) -> [Float] {
    track = Track(seed: seed)
    position = track.center(ofTile: 0)
    let direction = track.entry(ofTile: 1) - track.entry(ofTile: 0)
    heading = atan2(direction.y, direction.x)
    speed = 0
    isVisited = Array(repeating: false, count: track.tiles.count)
    visitedCount = 0
    episode.begin()
    return observation
  }

  /// Drives for 0.1 s.
  public mutating func step(_ action: [Float]) -> StepResult {
    guard action.count == 3 else { trapOnAction(action, expected: "3 numbers") }
    let steer = Double(clipped(action, at: 0, in: -1...1))
    let gas = Double(clipped(action, at: 1, in: 0...1))
    let brake = Double(clipped(action, at: 2, in: 0...1))
    let isTruncated = episode.advance()
    let visitedBefore = visitedCount
    drive(steer: steer, gas: gas, brake: brake)
    let isOff = !track.isOnMap(position)
    let isLapComplete =
      Double(visitedCount) > 0.95 * Double(track.tiles.count) && track.tile(at: position) == 0
    episode.end(if: isOff || isLapComplete)
    let earned = 1000 * Float(visitedCount - visitedBefore) / Float(track.tiles.count)
    return StepResult(
      observation: observation, reward: isOff ? -100 : earned - 0.1, terminated: isOff || isLapComplete,
      truncated: isTruncated)
  }

  /// A car on rails of its own: it turns by its wheels, but no tighter than the tyres' grip allows.
  private mutating func drive(steer: Double, gas: Double, brake: Double) {
    let isOnRoad = track.isRoad(position)
    let drag = speed * (isOnRoad ? Self.airDrag * speed : Self.airDrag * speed + Self.grassDrag)
    speed += Self.timeStep * (Self.enginePower * gas - Self.brakePower * brake - drag)
    speed = max(speed, 0)
    let grip = isOnRoad ? Self.grip : Self.grip / 2
    let gripLimit = grip / max(speed * speed, 1e-6)
    let curvature = min(max(Self.maximumCurvature * steer, -gripLimit), gripLimit)
    let turn = -curvature * speed * Self.timeStep
    // The chord of the arc that the car drives points half the turn away.
    let move = speed * Self.timeStep * Point(cos(heading + turn / 2), sin(heading + turn / 2))
    heading += turn
    visit(position + move / 2)
    position += move
    visit(position)
  }

  /// The sideways acceleration that the tyres bear on the road; half of it on grass.
  static let grip = 8.0

  private mutating func visit(_ point: Point) {
    guard let tile = track.tile(at: point), !isVisited[tile], track.isRoad(point) else { return }
    isVisited[tile] = true
    visitedCount += 1
  }
}

extension GridRacing {
  /// CarRacing's five actions: 0 nothing, 1 steer right, 2 steer left, 3 gas, 4 brake.
  ///
  /// - Parameter imageSize: the pixels along each side of an observation, at least 8.
  public static func discrete(imageSize: Int = 64) -> DiscreteActions<GridRacing> {
    DiscreteActions(
      GridRacing(imageSize: imageSize), name: "racing-discrete",
      choices: [[0, 0, 0], [0.6, 0, 0], [-0.6, 0, 0], [0, 0.2, 0], [0, 0, 0.8]],
      anchors: ReturnAnchors(random: 36.85, expert: 979.6)
    ) { $0.discreteExpertChoice() }
  }
}
