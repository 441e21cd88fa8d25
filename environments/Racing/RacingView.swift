#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// MARK: Drawing

extension GridRacing {
  /// Tiles that fit into the shorter side of a picture.
  private static let viewSpan: Float = 4.5

  /// What the car sees: the same as an observation, at any size.
  public func render(width: Int, height: Int) -> RGBImage {
    let bytes = [UInt8](unsafeUninitializedCapacity: max(3 * width * height, 0)) { bytes, count in
      draw(width: width, height: height, into: bytes)
      count = bytes.count
    }
    return RGBImage(width: width, height: height, bytes: bytes)
  }

  /// Draws an observation as it is, its pixels enlarged or thinned out to the size asked for.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    RGBImage(observation: observation, width: imageSize, height: imageSize)
      .resized(width: width, height: height)
  }

  var observation: [Float] { render(width: imageSize, height: imageSize).observation }

  /// Writes the picture's bytes, row by row from the top.
  ///
  /// This runs once a step and decides its price. So it does not draw on a `Canvas` but asks for each
  /// pixel which piece of the track lies there, for sixteen pixels of a row at once.
  private func draw(width: Int, height: Int, into bytes: UnsafeMutableBufferPointer<UInt8>) {
    let palette = Palette()
    let scale = Float(min(width, height)) / Self.viewSpan
    let (forwardX, forwardY) = (Float(cos(heading)), Float(sin(heading)))
    let (carX, carY) = (Float(position.x), Float(position.y))
    let (mapSize, limit) = (Float(Track.mapSize), Float(Track.mapSize - 1))
    let rowStride = UInt32(Track.mapSize)
    let startCell = UInt32(track.tiles[0].y * Track.mapSize + track.tiles[0].x)
    let isStartAlongX: Float = track.pieces[Int(startCell)] & Piece.edgesInX == 0 ? 1 : 0
    track.pieces.withUnsafeBufferPointer { pieces in
      for row in 0..<height {
        // Three quarters of the picture lie ahead of the car.
        let ahead = (0.75 * Float(height) - Float(row) - 0.5) / scale
        for column in stride(from: 0, to: width, by: Lanes.scalarCount) {
          let right = (Lanes.numbers + (Float(column) + 0.5 - 0.5 * Float(width))) / scale
          let x = right * forwardY + (carX + ahead * forwardX)
          let y = right * -forwardX + (carY + ahead * forwardY)
          let cellX = x.rounded(.down).clipped(to: limit)
          let cellY = y.rounded(.down).clipped(to: limit)
          let cells = cellX.integers &+ cellY.integers &* rowStride
          let (u, v) = (x - cellX, y - cellY)
          let toEdge = distanceToEdge(of: cells.looked(upIn: pieces), u, v)

          var colors = LaneColors(palette.darkGrass)
          colors.blend(palette.lightGrass, checker(u, v, scale))
          colors.blend(palette.line, scale * toEdge + 0.5)
          colors.blend(palette.road, scale * (toEdge - 0.05) + 0.5)
          let along = (v + isStartAlongX * (u - v) - 0.5).magnitudes
          let toStartLine = Lanes.lesser(0.06 - along, toEdge)
          let isElsewhere = (cells ^ startCell).floats.clipped(to: 1)
          colors.blend(palette.line, scale * toStartLine + 0.5 - 9 * scale * isElsewhere)
          let toBorder = Lanes.lesser(Lanes.lesser(x, y), Lanes.lesser(mapSize - x, mapSize - y))
          colors.blend(palette.outside, 0.5 - scale * toBorder)
          if abs(ahead) < 0.4 { drawCar(ahead, right, scale, palette, on: &colors) }
          let start = 3 * (row * width + column)
          colors.store(in: bytes, from: start, count: min(Lanes.scalarCount, width - column))
        }
      }
    }
  }

  /// Draws the part of the car that lies in one stretch of a row.
  @inline(__always)
  private func drawCar(
    _ ahead: Float, _ right: Lanes, _ scale: Float, _ palette: Palette, on colors: inout LaneColors
  ) {
    func box(_ centerX: Float, _ centerY: Float, _ halfWidth: Float, _ halfHeight: Float) -> Lanes {
      let down = min(max(0.5 + scale * (halfHeight - abs(ahead - centerY)), 0), 1)
      return down * (scale * (halfWidth - (right - centerX).magnitudes) + 0.5).clipped(to: 1)
    }
    for axle: Float in [-0.13, 0.13] {
      colors.blend(palette.dark, box(-0.12, axle, 0.035, 0.06))
      colors.blend(palette.dark, box(0.12, axle, 0.035, 0.06))
    }
    colors.blend(palette.body, box(0, 0, 0.115, 0.22))
    colors.blend(palette.dark, box(0, 0.04, 0.075, 0.045))
  }
}

/// The distance of the points `(u, v)` of cells to the nearer edge of the road, negative off the road.
///
/// An edge is a circle or a pair of lines. The distance to a circle from inside is taken as
/// (radius² − squared distance) / (2 · radius): it needs no root, and is right near the edge.
@inline(__always)
private func distanceToEdge(of pieces: LaneIntegers, _ u: Lanes, _ v: Lanes) -> Lanes {
  let half = Float(Track.halfWidth)
  let (outer, inner) = (0.5 + half, 0.5 - half)
  let isTurn = pieces.flags(Piece.turn)
  let cornerX = isTurn * (pieces.flags(Piece.right) - 0.5)
  let cornerY = isTurn * (pieces.flags(Piece.upper) - 0.5)
  let x = pieces.flags(Piece.edgesInX) * (u - 0.5 - cornerX)
  let y = pieces.flags(Piece.edgesInY) * (v - 0.5 - cornerY)
  let squared = x * x + y * y
  let slope = isTurn * (1 / half - 1 / outer) - 1 / half
  let toOuter = 0.5 * (isTurn * (outer - half) + half + slope * squared)
  let toInner = isTurn * (0.5 * squared / inner - 0.5 * inner - 1) + 1
  // Where no road is, both edges are out of reach.
  return Lanes.lesser(toOuter, toInner) + (pieces.flags(Piece.road) - 1)
}

/// The pattern of the grass, four squares to a cell: 0 or 1, with edges as wide as a pixel.
@inline(__always)
private func checker(_ u: Lanes, _ v: Lanes, _ scale: Float) -> Lanes {
  let x = (scale * (0.25 - (u - 0.5).magnitudes) + 0.5).clipped(to: 1)
  let y = (scale * (0.25 - (v - 0.5).magnitudes) + 0.5).clipped(to: 1)
  return x + y - 2 * x * y
}

/// The view's colours, ready for arithmetic.
private struct Palette {
  let outside = Palette.vector(.paper)
  let darkGrass = Palette.vector(Color(0xC9D6B2))
  let lightGrass = Palette.vector(Color(0xD2DDBE))
  let line = Palette.vector(.paper)
  let road = Palette.vector(Color(0x6B7480))
  let body = Palette.vector(.accent)
  let dark = Palette.vector(.ink)

  private static func vector(_ color: Color) -> SIMD3<Float> {
    SIMD3(Float(color.red), Float(color.green), Float(color.blue))
  }
}

// MARK: Sixteen pixels at once

// Comparisons and roots of vectors compile to slow code, so these need none.
private typealias Lanes = SIMD16<Float>
private typealias LaneIntegers = SIMD16<UInt32>

extension Lanes {
  @inline(__always)
  fileprivate static var numbers: Lanes { Lanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }

  /// Without their signs.
  @inline(__always)
  fileprivate var magnitudes: Lanes {
    unsafeBitCast(unsafeBitCast(self, to: LaneIntegers.self) & 0x7FFF_FFFF, to: Lanes.self)
  }

  /// Clipped to [0, `limit`].
  @inline(__always)
  fileprivate func clipped(to limit: Float) -> Lanes {
    0.5 * (magnitudes - (self - limit).magnitudes + limit)
  }

  /// The smaller one of each pair.
  @inline(__always)
  fileprivate static func lesser(_ left: Lanes, _ right: Lanes) -> Lanes {
    0.5 * (left + right - (left - right).magnitudes)
  }

  /// Rounded to integers below 2¹⁶: adding 2²³ leaves a whole number in the lowest bits.
  @inline(__always)
  fileprivate var integers: LaneIntegers {
    unsafeBitCast(self + 0x1p23, to: LaneIntegers.self) & 0xFFFF
  }
}

extension LaneIntegers {
  /// As numbers; the way back from `integers`.
  @inline(__always)
  fileprivate var floats: Lanes { unsafeBitCast(self | 0x4B00_0000, to: Lanes.self) - 0x1p23 }

  /// 1 where a bit is set, 0 where not.
  @inline(__always)
  fileprivate func flags(_ bit: UInt32) -> Lanes { (self & bit).floats / Float(bit) }

  /// The elements of a table at these indices.
  @inline(__always)
  fileprivate func looked(upIn table: UnsafeBufferPointer<UInt32>) -> LaneIntegers {
    var elements = self
    withUnsafeMutableBytes(of: &elements) { elements in
      let lanes = elements.assumingMemoryBound(to: UInt32.self)
      for lane in lanes.indices { lanes[lane] = table[Int(lanes[lane])] }
    }
    return elements
  }
}

/// The colours of sixteen pixels in the making.
private struct LaneColors {
  private var red: Lanes
  private var green: Lanes
  private var blue: Lanes

  @inline(__always)
  init(_ color: SIMD3<Float>) {
    red = Lanes(repeating: color.x)
    green = Lanes(repeating: color.y)
    blue = Lanes(repeating: color.z)
  }

  /// Covers each pixel by `color`; a coverage outside [0, 1] is clipped.
  @inline(__always)
  mutating func blend(_ color: SIMD3<Float>, _ coverage: Lanes) {
    let share = coverage.clipped(to: 1)
    red += share * (color.x - red)
    green += share * (color.y - green)
    blue += share * (color.z - blue)
  }

  /// Writes the bytes of the first `count` pixels.
  @inline(__always)
  func store(in bytes: UnsafeMutableBufferPointer<UInt8>, from start: Int, count: Int) {
    // One integer a pixel, the red byte lowest.
    var pixels = red.integers | green.integers &<< 8 | blue.integers &<< 16
    withUnsafeBytes(of: &pixels) { pixels in
      for pixel in 0..<count {
        for channel in 0..<3 {
          bytes.initializeElement(at: start + 3 * pixel + channel, to: pixels[4 * pixel + channel])
        }
      }
    }
  }
}
