import Foundation
import Testing

@testable import Environments

@Suite struct GridRacingTests {
  private func racing(seed: UInt64 = 1, imageSize: Int = 8) -> GridRacing {
    var racing = GridRacing(imageSize: imageSize)
    _ = racing.reset(seed: seed)
    return racing
  }

  // MARK: Driving

  @Test func theExpertFinishesTheLapOnAtLeast95Of100Tracks() {
    for start in [GridRacing(imageSize: 8), GridRacing.discrete(imageSize: 8)] as [any Environment] {
      let finished = ScriptedPolicy.expert.returns(in: start, episodes: 100).filter { $0 > 900 }
      #expect(finished.count >= 95, "\(start.name)")
    }
  }

  @Test func aLapEarns1000MinusATenthAStep() {
    var racing = racing()
    var (total, steps) = (Float(0), 0)
    var last = StepResult(observation: [], reward: 0)
    while !last.isLast {
      last = racing.step(racing.expertAction())
      total += last.reward
      steps += 1
    }
    #expect(last.terminated && !last.truncated)
    #expect(abs(total - (1000 - 0.1 * Float(steps))) < 0.01)
    #expect(racing.track.tile(at: racing.position) == 0)
  }

  @Test func standingStillEarnsTheStartTileOnly() {
    var racing = racing()
    let results = (0..<500).map { _ in racing.step([0, 0, 1]) }
    #expect(results[0].reward == 1000 / Float(racing.track.tiles.count) - 0.1)
    #expect(results.dropFirst().allSatisfy { $0.reward == -0.1 && !$0.terminated })
    #expect(results.map(\.truncated) == Array(repeating: false, count: 499) + [true])
  }

  @Test func leavingTheMapCosts100AndTerminates() {
    var racing = racing()
    var last = StepResult(observation: [], reward: 0)
    while !last.isLast { last = racing.step([0, 1, 0]) }
    #expect(last.terminated && last.reward == -100)
    #expect(!racing.track.isOnMap(racing.position))
  }

  @Test func thePedalsAndTheWheelDoWhatTheyShould() {
    var racing = racing()
    let start = racing
    _ = racing.step([0, 1, 0])
    #expect(racing.speed > 0.3 && racing.heading == start.heading)
    let ahead = racing.position - start.position
    #expect(ahead.x * cos(start.heading) + ahead.y * sin(start.heading) > 0)
    var (left, right, braking) = (racing, racing, racing)
    _ = (left.step([-1, 0, 0]), right.step([1, 0, 0]), braking.step([0, 0, 1]))
    // Counter-clockwise is positive, so left raises the heading.
    #expect(left.heading > racing.heading && right.heading < racing.heading)
    #expect(braking.speed < racing.speed)
    for _ in 0..<20 { _ = braking.step([0, 0, 1]) }
    #expect(braking.speed == 0)
  }

  @Test func speedEndsAtSixAndGripLimitsTurns() {
    var racing = racing()
    let step = GridRacing.timeStep
    var turned = false
    for _ in 0..<30 where racing.track.isOnMap(racing.position) {
      let before = racing
      let isOnRoad = racing.track.isRoad(racing.position)
      if racing.step([0.5, 1, 0]).isLast { break }
      #expect(racing.speed < 6)
      let sideways = racing.speed * abs(racing.heading - before.heading) / step
      #expect(sideways <= (isOnRoad ? 1 : 0.5) * GridRacing.grip + 1e-9)
      turned = turned || sideways > 1
    }
    #expect(turned)
  }

  @Test func grassSlowsDown() {
    var racing = racing()
    while racing.track.isRoad(racing.position) { _ = racing.step([0, 1, 0]) }
    let speed = racing.speed
    _ = racing.step([0, 1, 0])
    #expect(racing.speed < speed - 0.2)
  }

  @Test func theFiveActionsAreCarRacings() {
    var (discrete, continuous) = (GridRacing.discrete(imageSize: 8), GridRacing(imageSize: 8))
    _ = (discrete.reset(seed: 2), continuous.reset(seed: 2))
    let meanings: [[Float]] = [[0, 0, 0], [0.6, 0, 0], [-0.6, 0, 0], [0, 0.2, 0], [0, 0, 0.8]]
    #expect(discrete.actionSpace == .discrete(5))
    for action in [3, 3, 3, 1, 2, 0, 4] {
      #expect(discrete.step([Float(action)]) == continuous.step(meanings[action]))
    }
  }

  // MARK: The view

  @Test(arguments: [16, 32, 64, 96]) func observationsArePicturesOfAnySize(imageSize: Int) {
    var racing = GridRacing(imageSize: imageSize)
    let observation = racing.reset(seed: 4)
    #expect(observation.count == 3 * imageSize * imageSize)
    let picture = racing.render(width: imageSize, height: imageSize)
    #expect(observation == picture.bytes.map { Float($0) / 255 })
    #expect(RGBImage(observation: observation, width: imageSize, height: imageSize) == picture)
    #expect(racing.render(observation: observation, width: imageSize, height: imageSize) == picture)
  }

  /// Compares the picture with the track at each pixel that is well on the road or well off it.
  @Test(arguments: [(64, 64), (400, 400), (90, 50)])
  func theViewShowsTheTrackWithTheHeadingUp(width: Int, height: Int) {
    var racing = racing(seed: 5)
    for _ in 0..<23 { _ = racing.step(racing.expertAction()) }
    let picture = racing.render(width: width, height: height)
    let scale = Double(min(width, height)) / 4.5
    let forward = Point(cos(racing.heading), sin(racing.heading))
    let right = Point(forward.y, -forward.x)
    var (roadCount, grassCount) = (0, 0)
    for row in 0..<height {
      for column in 0..<width {
        let sideways = (Double(column) + 0.5 - Double(width) / 2) / scale
        let ahead = (0.75 * Double(height) - Double(row) - 0.5) / scale
        let point = racing.position + sideways * right + ahead * forward
        let nearby = [Point(0.12, 0), Point(-0.12, 0), Point(0, 0.12), Point(0, -0.12)].map { point + $0 }
        let isRoad = nearby.allSatisfy { racing.track.isRoad($0) }
        let isGrass = nearby.allSatisfy { racing.track.isOnMap($0) && !racing.track.isRoad($0) }
        let isNearStart = (point - racing.track.center(ofTile: 0)).abs.max() < 0.6
        let isCar = abs(sideways) < 0.3 && abs(ahead) < 0.35
        guard isRoad || isGrass, !isCar, !isNearStart else { continue }
        let index = 3 * (row * width + column)
        let (red, green, blue) = (picture.bytes[index], picture.bytes[index + 1], picture.bytes[index + 2])
        let looksGreen = green > 200 && green > blue && green >= red
        guard looksGreen == isGrass else {
          Issue.record("pixel (\(column), \(row)) is \((red, green, blue)) on \(isGrass ? "grass" : "road")")
          return
        }
        roadCount += isRoad ? 1 : 0
        grassCount += isGrass ? 1 : 0
      }
    }
    #expect(roadCount > width * height / 20 && grassCount > width * height / 20)
  }

  @Test func theCarIsAtTheSamePlaceInEveryPicture() {
    var racing = racing(seed: 6)
    for _ in 0..<40 {
      let picture = racing.render(width: 64, height: 64)
      let pixel = Array(picture.bytes[3 * (50 * 64 + 32)..<3 * (50 * 64 + 32) + 3])
      #expect(pixel == [Color.accent.red, Color.accent.green, Color.accent.blue])
      _ = racing.step(racing.expertAction())
    }
  }
}

extension SIMD2 where Scalar == Double {
  fileprivate var abs: Self { replacing(with: -self, where: self .< 0) }
}
