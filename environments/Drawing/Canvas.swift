/// A place or direction in the plane: x to the right, y up.
public typealias Point = SIMD2<Double>

/// Draws antialiased shapes in world coordinates: the origin is the middle of the picture, y points
/// up, and `span` units fit into the shorter side.
///
/// Each shape is given by its signed distance; a pixel's coverage falls from 1 to 0 over the one
/// pixel around the edge. That is smooth at 64 pixels and sharp at 400.
public struct Canvas: Sendable {
  /// What has been drawn so far.
  public private(set) var image: RGBImage

  /// The world point in the middle of the picture.
  private let center: Point

  /// Pixels per world unit.
  private let scale: Double

  /// An empty canvas.
  ///
  /// - Parameters:
  ///   - width: in pixels.
  ///   - height: in pixels.
  ///   - span: the world units that fit into the shorter side.
  ///   - center: the world point in the middle.
  ///   - background: the colour of the empty canvas.
  public init(
    width: Int, height: Int, span: Double, center: Point = .zero, background: Color = .paper
  ) {
    let pixel = [background.red, background.green, background.blue]
    let bytes = [UInt8](unsafeUninitializedCapacity: max(3 * width * height, 0)) { buffer, count in
      for index in buffer.indices { buffer.initializeElement(at: index, to: pixel[index % 3]) }
      count = buffer.count
    }
    image = RGBImage(width: width, height: height, bytes: bytes)
    self.center = center
    scale = Double(min(width, height)) / span
  }

  /// Fills a circle.
  public mutating func disc(at center: Point, radius: Double, color: Color) {
    fill(from: center - radius, to: center + radius, color: color) { point in
      length(point - center) - radius
    }
  }

  /// Draws a straight line with round ends.
  public mutating func line(from start: Point, to end: Point, width: Double, color: Color) {
    let radius = width / 2
    let direction = end - start
    let squaredLength = max(dot(direction, direction), 1e-12)
    fill(from: pointwiseMin(start, end) - radius, to: pointwiseMax(start, end) + radius, color: color) {
      point in
      let along = min(max(dot(point - start, direction) / squaredLength, 0), 1)
      return length(point - start - along * direction) - radius
    }
  }

  /// Fills a polygon, convex or not.
  ///
  /// - Parameters:
  ///   - corners: at least three, in order, either way round.
  ///   - rounding: widens the polygon by this much and rounds its corners.
  ///   - color: the fill.
  public mutating func polygon(_ corners: [Point], rounding: Double = 0, color: Color) {
    guard let first = corners.first else { return }
    let lower = corners.reduce(first, pointwiseMin) - rounding
    let upper = corners.reduce(first, pointwiseMax) + rounding
    fill(from: lower, to: upper, color: color) { point in
      distance(from: point, toPolygon: corners) - rounding
    }
  }

  /// Blends `color` over every pixel between two world points by the coverage of its centre.
  @inline(__always)
  private mutating func fill(
    from lower: Point, to upper: Point, color: Color, distance: (Point) -> Double
  ) {
    let middle = Point(Double(image.width), Double(image.height)) / 2
    let first = (lower - center) * scale
    let last = (upper - center) * scale
    let columns = visible(first.x + middle.x, last.x + middle.x, below: image.width)
    let rows = visible(middle.y - last.y, middle.y - first.y, below: image.height)
    let width = image.width
    let worldCenter = center
    let scale = scale
    image.bytes.withUnsafeMutableBufferPointer { bytes in
      for row in rows {
        for column in columns {
          let offset = Point(Double(column) + 0.5 - middle.x, middle.y - Double(row) - 0.5)
          let coverage = min(max(0.5 - scale * distance(worldCenter + offset / scale), 0), 1)
          guard coverage > 0 else { continue }
          let index = 3 * (row * width + column)
          blend(color.red, over: &bytes[index], coverage)
          blend(color.green, over: &bytes[index + 1], coverage)
          blend(color.blue, over: &bytes[index + 2], coverage)
        }
      }
    }
  }
}

/// The pixels that a stretch from `first` to `last` may touch, within 0 ..< `limit`.
private func visible(_ first: Double, _ last: Double, below limit: Int) -> Range<Int> {
  guard first.isFinite, last.isFinite else { return 0..<0 }
  let lower = min(max(first - 1, 0), Double(limit))
  let upper = min(max(last + 2, lower), Double(limit))
  return Int(lower)..<Int(upper)
}

@inline(__always)
private func blend(_ top: UInt8, over bottom: inout UInt8, _ coverage: Double) {
  let before = Double(bottom)
  bottom = UInt8((before + coverage * (Double(top) - before)).rounded())
}

@inline(__always)
private func dot(_ left: Point, _ right: Point) -> Double { (left * right).sum() }

@inline(__always)
private func length(_ vector: Point) -> Double { dot(vector, vector).squareRoot() }

/// The signed distance to a polygon's outline, negative inside (even-odd rule).
@inline(__always)
private func distance(from point: Point, toPolygon corners: [Point]) -> Double {
  var squared = Double.infinity
  var isInside = false
  var previous = corners[corners.count - 1]
  for corner in corners {
    let edge = previous - corner
    let offset = point - corner
    let along = min(max(dot(offset, edge) / max(dot(edge, edge), 1e-12), 0), 1)
    let nearest = offset - along * edge
    squared = min(squared, dot(nearest, nearest))
    if (corner.y > point.y) != (previous.y > point.y),
      point.x < corner.x + (point.y - corner.y) / edge.y * edge.x
    {
      isInside.toggle()
    }
    previous = corner
  }
  return isInside ? -squared.squareRoot() : squared.squareRoot()
}
