#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import struct Tensors.SplitMix64

/// What a cell of the map holds: 0 for grass, or a sum of these bits.
enum Piece {
  /// A tile of the road.
  static let road: UInt32 = 1
  /// The road has edges in the direction of x: it runs along y, or turns.
  static let edgesInX: UInt32 = 2
  /// The road has edges in the direction of y: it runs along x, or turns.
  static let edgesInY: UInt32 = 4
  /// The tile is a quarter turn around a corner of its cell.
  static let turn: UInt32 = 8
  /// That corner is on the right.
  static let right: UInt32 = 16
  /// That corner is on the upper side.
  static let upper: UInt32 = 32
}

/// A closed road on a square map of unit cells: each of its tiles fills one cell and is either
/// straight or a quarter turn.
///
/// Cell `(column, row)` covers x from `column` to `column + 1` and y from `row` to `row + 1`.
public struct Track: Sendable, Equatable {
  /// Cells along each side of the map.
  static let mapSize = 12

  /// Cells at each border of the map that stay free of road.
  static let margin = 2

  /// Half of the road's width.
  static let halfWidth = 0.33

  /// The cells of the road in driving order; the last one leads back to the first.
  public let tiles: [SIMD2<Int>]

  /// The `Piece` of each cell, row by row from y = 0.
  let pieces: [UInt32]

  /// The index of each cell's tile, −1 for none.
  private let tileIndices: [Int]

  /// The track of a seed.
  public init(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.init(using: &random)
  }

  /// A random track of some 30 to 60 tiles that starts on a straight one where there is any.
  public init(using random: inout SplitMix64) {
    var loop = TrackArea(using: &random).outline()
    if random.uniform() < 0.5 { loop.reverse() }
    let straight = loop.indices.filter { Self.piece(at: $0, of: loop) & Piece.turn == 0 }
    let start = straight.isEmpty ? 0 : straight[random.index(below: straight.count)]
    tiles = Array(loop[start...] + loop[..<start])
    var pieces = [UInt32](repeating: 0, count: Self.mapSize * Self.mapSize)
    var tileIndices = [Int](repeating: -1, count: pieces.count)
    for (index, cell) in tiles.enumerated() {
      pieces[cell.y * Self.mapSize + cell.x] = Self.piece(at: index, of: tiles)
      tileIndices[cell.y * Self.mapSize + cell.x] = index
    }
    (self.pieces, self.tileIndices) = (pieces, tileIndices)
  }

  /// The piece that connects tile `index` of a closed `loop` with its two neighbours.
  private static func piece(at index: Int, of loop: [SIMD2<Int>]) -> UInt32 {
    let before = loop[(index + loop.count - 1) % loop.count] &- loop[index]
    let after = loop[(index + 1) % loop.count] &- loop[index]
    if before.y == 0, after.y == 0 { return Piece.road | Piece.edgesInY }
    if before.x == 0, after.x == 0 { return Piece.road | Piece.edgesInX }
    // One neighbour lies to the left or right, the other below or above: the turn's corner is between.
    let corner = before &+ after
    let side = (corner.x > 0 ? Piece.right : 0) | (corner.y > 0 ? Piece.upper : 0)
    return Piece.road | Piece.edgesInX | Piece.edgesInY | Piece.turn | side
  }
}

// MARK: Places

extension Track {
  /// The tile whose cell holds `point`, on the road or beside it; `nil` where there is none.
  func tile(at point: Point) -> Int? {
    guard isOnMap(point) else { return nil }
    let index = tileIndices[Int(point.y) * Self.mapSize + Int(point.x)]
    return index < 0 ? nil : index
  }

  /// Whether `point` lies on the map.
  func isOnMap(_ point: Point) -> Bool {
    let limit = Double(Self.mapSize)
    return point.x >= 0 && point.y >= 0 && point.x < limit && point.y < limit
  }

  /// Whether `point` lies on the road.
  func isRoad(_ point: Point) -> Bool {
    guard isOnMap(point) else { return false }
    let cell = point.rounded(.down)
    let (x, y) = (point.x - cell.x, point.y - cell.y)
    let piece = pieces[Int(cell.y) * Self.mapSize + Int(cell.x)]
    if piece == 0 { return false }
    let distance =
      if piece & Piece.turn != 0 {
        abs(hypot(x - (piece & Piece.right != 0 ? 1 : 0), y - (piece & Piece.upper != 0 ? 1 : 0)) - 0.5)
      } else {
        abs((piece & Piece.edgesInX != 0 ? x : y) - 0.5)
      }
    return distance <= Self.halfWidth
  }

  /// Whether a tile goes straight on; indices go round.
  func isStraight(tile index: Int) -> Bool {
    entry(ofTile: index) + entry(ofTile: index + 1) == 2 * center(ofTile: index)
  }

  /// The middle of a tile's cell; indices go round.
  func center(ofTile index: Int) -> Point {
    let cell = tiles[(index % tiles.count + tiles.count) % tiles.count]
    return Point(Double(cell.x), Double(cell.y)) + 0.5
  }

  /// Where the road enters a tile: half way from the tile before.
  func entry(ofTile index: Int) -> Point { (center(ofTile: index - 1) + center(ofTile: index)) / 2 }

  /// The point of the middle line at `progress`: the tile's index plus the part of it passed.
  func point(at progress: Double) -> Point {
    let index = Int(progress.rounded(.down))
    let part = progress - Double(index)
    let (entry, exit, center) = (entry(ofTile: index), entry(ofTile: index + 1), center(ofTile: index))
    let corner = entry + exit - center
    // A straight tile has its middle between entry and exit; a turn goes around its corner.
    guard corner != center else { return entry + part * (exit - entry) }
    return corner + cos(.pi / 2 * part) * (entry - corner) + sin(.pi / 2 * part) * (exit - corner)
  }

  /// How far along the track `point` is: the tile of its cell, or the nearest one, and the part passed.
  func progress(of point: Point) -> Double {
    let index = tile(at: point) ?? nearestTile(to: point)
    let (entry, exit, center) = (entry(ofTile: index), entry(ofTile: index + 1), center(ofTile: index))
    let corner = entry + exit - center
    let offset = point - (corner == center ? entry : corner)
    let part =
      corner == center
      ? (offset * (exit - entry)).sum()
      : 2 / .pi * atan2((offset * (exit - corner)).sum(), (offset * (entry - corner)).sum())
    return Double(index) + min(max(part, 0), 0.999)
  }

  private func nearestTile(to point: Point) -> Int {
    func squaredDistance(_ index: Int) -> Double {
      let offset = center(ofTile: index) - point
      return (offset * offset).sum()
    }
    return tiles.indices.min { squaredDistance($0) < squaredDistance($1) } ?? 0
  }
}
