#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The scripted driver: pure pursuit of a point ahead, at the speed that the turns ahead allow.
///
/// Source: Coulter, "Implementation of the pure pursuit path tracking algorithm" (1992).
extension GridRacing {
  /// Steers towards the middle line ahead, and brakes for turns in time.
  public func expertAction() -> [Float] {
    let surplus = speed - targetSpeed()
    return [
      Float(min(max(pursuitSteer(), -1), 1)), Float(min(max(-4 * surplus, 0), 1)),
      Float(min(max(2 * surplus, 0), 1)),
    ]
  }

  /// The same driver with CarRacing's five actions: steering comes first, then the speed.
  func discreteExpertChoice() -> Int {
    let steer = pursuitSteer()
    let surplus = speed - 0.9 * targetSpeed()
    if surplus > 0.3 { return 4 }
    if abs(steer) > 0.3, speed > 0.7 { return steer > 0 ? 1 : 2 }
    return surplus < 0 ? 3 : 0
  }

  /// The steering that leads on an arc through the point of the middle line some way ahead.
  private func pursuitSteer() -> Double {
    let lookahead = 0.4 + 0.12 * speed
    let target = track.point(at: track.progress(of: position) + lookahead) - position
    let left = -sin(heading) * target.x + cos(heading) * target.y
    let squaredDistance = max((target * target).sum(), 1e-6)
    // The circle through the car along its heading and the target has this curvature.
    return -2 * left / squaredDistance / Self.maximumCurvature
  }

  /// The fastest speed from which every turn ahead can still be reached slowly enough.
  private func targetSpeed() -> Double {
    let progress = track.progress(of: position)
    let turnSpeed = (0.8 * Self.grip * 0.5).squareRoot()
    var fastest = 6.0
    for ahead in 0..<5 {
      let index = Int(progress) + ahead
      let isStraight = track.isStraight(tile: index)
      let distance = max(Double(index) - progress - 0.2, 0)
      if !isStraight {
        fastest = min(fastest, (turnSpeed * turnSpeed + 2 * 0.6 * Self.brakePower * distance).squareRoot())
      }
    }
    return fastest
  }
}
