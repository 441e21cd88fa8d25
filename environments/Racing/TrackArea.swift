import struct Tensors.SplitMix64

/// An area on a coarse grid that has no holes and touches itself nowhere, so that its outline is a
/// single closed loop without self-crossing.
struct TrackArea {
  /// The outline's corners lie on cells, so there is one square less than there are free cells.
  static let size = Track.mapSize - 2 * Track.margin - 1
  private var squares = [Bool](repeating: false, count: size * size)

  /// Grows square by square; squares with one neighbour are preferred, which makes a winding outline.
  init(using random: inout SplitMix64) {
    let target = 14 + random.index(below: 11)
    squares[random.index(below: squares.count)] = true
    var count = 1
    // A few places are tried in vain for each that is taken.
    while count < target {
      let (x, y) = (random.index(below: Self.size), random.index(below: Self.size))
      let neighbors = [(1, 0), (0, 1), (-1, 0), (0, -1)].filter { self[x + $0.0, y + $0.1] }.count
      let chance = random.uniform()
      if !self[x, y], canAdd(x, y), neighbors == 1 || chance < 0.3 {
        squares[y * Self.size + x] = true
        count += 1
      }
    }
  }

  private subscript(x: Int, y: Int) -> Bool {
    0..<Self.size ~= x && 0..<Self.size ~= y && squares[y * Self.size + x]
  }

  /// Whether adding a square keeps the area free of holes and of squares that touch at a corner only:
  /// its neighbours in the area must form one arc around it that contains a side.
  private func canAdd(_ x: Int, _ y: Int) -> Bool {
    let ring = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
      .map { self[x + $0.0, y + $0.1] }
    let arcs = ring.indices.filter { ring[$0] && !ring[($0 + 7) % 8] }.count
    return arcs == 1 && [0, 2, 4, 6].contains { ring[$0] }
  }

  /// The corners of the outline counter-clockwise, as cells of the map.
  func outline() -> [SIMD2<Int>] {
    var next: [SIMD2<Int>: SIMD2<Int>] = [:]
    var start = SIMD2(0, 0)
    for y in 0..<Self.size {
      for x in 0..<Self.size where self[x, y] {
        // The four sides with the area on their left.
        if !self[x, y - 1] { next[SIMD2(x, y)] = SIMD2(x + 1, y) }
        if !self[x + 1, y] { next[SIMD2(x + 1, y)] = SIMD2(x + 1, y + 1) }
        if !self[x, y + 1] { next[SIMD2(x + 1, y + 1)] = SIMD2(x, y + 1) }
        if !self[x - 1, y] {
          next[SIMD2(x, y + 1)] = SIMD2(x, y)
          start = SIMD2(x, y)
        }
      }
    }
    var loop = [start]
    while let corner = next[loop[loop.count - 1]], corner != start { loop.append(corner) }
    return loop.map { $0 &+ Track.margin }
  }
}
