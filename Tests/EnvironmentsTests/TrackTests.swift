import Testing

@testable import Environments

@Suite struct TrackTests {
  @Test func everyTrackIsASingleClosedLoopWithoutSelfCrossing() {
    var lengths: [Int] = []
    var distinct: Set<[SIMD2<Int>]> = []
    for seed in 0..<UInt64(10_000) {
      let track = Track(seed: seed)
      // Each tile's road stays within its cell, so distinct cells mean that nothing crosses; and a cell
      // that leads to its neighbours only, all around, is a loop.
      guard isClosedLoop(track.tiles), Set(track.tiles).count == track.tiles.count,
        track.pieces.filter({ $0 != 0 }).count == track.tiles.count,
        track.tiles.allSatisfy({ cell in
          [cell.x, cell.y].allSatisfy { Track.margin..<Track.mapSize - Track.margin ~= $0 }
        })
      else {
        Issue.record("the track of seed \(seed) is no closed loop: \(track.tiles)")
        return
      }
      lengths.append(track.tiles.count)
      distinct.insert(track.tiles)
    }
    #expect(lengths.min() ?? 0 >= 16 && lengths.max() ?? 0 <= 52, "\(String(describing: lengths.min()))")
    #expect(distinct.count > 9_900)
  }

  private func isClosedLoop(_ tiles: [SIMD2<Int>]) -> Bool {
    zip(tiles, tiles.dropFirst() + tiles.prefix(1)).allSatisfy { cell, next in
      let step = next &- cell
      return abs(step.x) + abs(step.y) == 1
    }
  }

  @Test func theRoadConnectsItsTiles() {
    for seed in 0..<UInt64(50) {
      let track = Track(seed: seed)
      let steps = 20 * track.tiles.count
      for step in 0..<steps {
        let progress = Double(step) / 20 + 0.01
        let point = track.point(at: progress)
        let next = track.point(at: progress + 0.05)
        let gap = ((next - point) * (next - point)).sum().squareRoot()
        let across = 0.9 * Track.halfWidth * Point(-(next - point).y, (next - point).x) / gap
        guard gap < 0.06, track.isRoad(point + across), track.isRoad(point - across),
          abs(track.progress(of: point) - progress) < 0.01, track.tile(at: point) == Int(progress)
        else {
          Issue.record("seed \(seed): the road breaks at \(progress)")
          return
        }
      }
    }
  }

  @Test func theRoadHasItsWidth() {
    let track = Track(seed: 3)
    var area = 0.0
    let samples = 47 * Track.mapSize
    for row in 0..<samples {
      for column in 0..<samples where track.isRoad((Point(Double(column), Double(row)) + 0.5) / 47) {
        area += 1 / (47 * 47)
      }
    }
    // The area of a band is its width times the length of its middle line.
    let length = track.tiles.indices.reduce(0) { $0 + (track.isStraight(tile: $1) ? 1 : Double.pi / 4) }
    #expect(abs(area - 2 * Track.halfWidth * length) < 0.01 * area)
  }

  @Test func thereIsNoRoadOffTheMap() {
    let track = Track(seed: 1)
    for point in [Point(-0.1, 3), Point(3, -5), Point(12, 3), Point(3, 12.5), Point(.nan, 1)] {
      #expect(!track.isOnMap(point) && !track.isRoad(point) && track.tile(at: point) == nil)
    }
  }
}
