/// The reductions that tensors offer.
///
/// The maximum of numbers among which is NaN is NaN.
package enum ReductionOperation: Sendable { case sum, maximum }

/// out[o, i] = reduce over r of x[o, r, i]; x and out are contiguous.
///
/// The sum of nothing is 0, the maximum −∞.
package func reduce(
  _ operation: ReductionOperation, _ x: UnsafePointer<Float>, outer: Int, reduced: Int, inner: Int,
  into out: UnsafeMutablePointer<Float>
) {
  switch operation {
  case .sum: reduce(Sum.self, x, outer, reduced, inner, out)
  case .maximum: reduce(Maximum.self, x, outer, reduced, inner, out)
  }
}

// MARK: Operations

private typealias Vector = SIMD16<Float>

private protocol Reduction {
  static var start: Float { get }
  static func join(_ a: Float, _ b: Float) -> Float
  static func join(_ a: Vector, _ b: Vector) -> Vector
}

private enum Sum: Reduction {
  static var start: Float { 0 }
  static func join(_ a: Float, _ b: Float) -> Float { a + b }
  @inline(__always)
  static func join(_ a: Vector, _ b: Vector) -> Vector { a + b }
}

private enum Maximum: Reduction {
  static var start: Float { -.infinity }
  static func join(_ a: Float, _ b: Float) -> Float { a > b || a.isNaN ? a : b }
  /// Selects by bits, because `replacing(with:where:)` goes lane by lane.
  @inline(__always)
  static func join(_ a: Vector, _ b: Vector) -> Vector {
    let mask = unsafeBitCast((a .> b) .| (a .!= a), to: SIMD16<UInt32>.self)
    let (a, b) = (unsafeBitCast(a, to: SIMD16<UInt32>.self), unsafeBitCast(b, to: SIMD16<UInt32>.self))
    return unsafeBitCast(b ^ ((a ^ b) & mask), to: Vector.self)
  }
}

// MARK: Loops

/// Running results restart after so many vectors and join a total, so that the rounding errors of a long sum
/// stay small.
private let run = 64

private func reduce<Operation: Reduction>(
  _: Operation.Type, _ x: UnsafePointer<Float>, _ outer: Int, _ reduced: Int, _ inner: Int,
  _ out: UnsafeMutablePointer<Float>
) {
  if inner == 1 {
    parallelFor(outer, costPerItem: reduced + 30) { range in
      for o in range { out[o] = reduceRow(Operation.self, x + o * reduced, reduced) }
    }
  } else {
    let strip = 64
    let strips = (inner + strip - 1) / strip
    parallelFor(outer * strips, costPerItem: reduced * min(inner, strip) + 30) { range in
      for item in range {
        let (o, index) = item.quotientAndRemainder(dividingBy: strips)
        let columns = index * strip..<min(index * strip + strip, inner)
        reduceColumns(Operation.self, x + o * reduced * inner, reduced, inner, columns, out + o * inner)
      }
    }
  }
}

/// The reduction of `count` neighbouring values.
@inline(__always)
private func reduceRow<Operation: Reduction>(
  _: Operation.Type, _ x: UnsafePointer<Float>, _ count: Int
) -> Float {
  let start = Vector(repeating: Operation.start)
  var total = start
  var next = UnsafeRawPointer(x)
  var left = count
  while left >= 64 {
    var (p0, p1, p2, p3) = (start, start, start, start)
    let steps = min(run, left / 64)
    for _ in 0..<steps {
      p0 = Operation.join(p0, next.loadUnaligned(as: Vector.self))
      p1 = Operation.join(p1, next.loadUnaligned(fromByteOffset: 64, as: Vector.self))
      p2 = Operation.join(p2, next.loadUnaligned(fromByteOffset: 128, as: Vector.self))
      p3 = Operation.join(p3, next.loadUnaligned(fromByteOffset: 192, as: Vector.self))
      next += 256
    }
    left -= 64 * steps
    total = Operation.join(total, Operation.join(Operation.join(p0, p1), Operation.join(p2, p3)))
  }
  while left >= 16 {
    total = Operation.join(total, next.loadUnaligned(as: Vector.self))
    next += 64
    left -= 16
  }
  var tail = Operation.start
  for i in count - left..<count { tail = Operation.join(tail, x[i]) }
  // Joins the two halves, then brings the even lanes of what is left to one half and the odd to the other.
  for _ in 0..<4 {
    total = Operation.join(total, Vector(lowHalf: total.highHalf, highHalf: total.lowHalf))
    total = Vector(lowHalf: total.evenHalf, highHalf: total.oddHalf)
  }
  return Operation.join(total[0], tail)
}

/// The reductions of some columns of `rows` rows of `width` values.
@inline(__always)
private func reduceColumns<Operation: Reduction>(
  _: Operation.Type, _ x: UnsafePointer<Float>, _ rows: Int, _ width: Int, _ columns: Range<Int>,
  _ out: UnsafeMutablePointer<Float>
) {
  let start = Vector(repeating: Operation.start)
  var column = columns.lowerBound
  @inline(__always) func load(_ row: Int, _ i: Int) -> Vector {
    UnsafeRawPointer(x + row * width + column + i).loadUnaligned(as: Vector.self)
  }
  @inline(__always) func store(_ vector: Vector, _ i: Int) {
    UnsafeMutableRawPointer(out + column + i).storeBytes(of: vector, as: Vector.self)
  }
  if columns.count == 64 {
    var (t0, t1, t2, t3) = (start, start, start, start)
    for first in stride(from: 0, to: rows, by: run) {
      var (p0, p1, p2, p3) = (start, start, start, start)
      for row in first..<min(first + run, rows) {
        p0 = Operation.join(p0, load(row, 0))
        p1 = Operation.join(p1, load(row, 16))
        p2 = Operation.join(p2, load(row, 32))
        p3 = Operation.join(p3, load(row, 48))
      }
      (t0, t1) = (Operation.join(t0, p0), Operation.join(t1, p1))
      (t2, t3) = (Operation.join(t2, p2), Operation.join(t3, p3))
    }
    store(t0, 0)
    store(t1, 16)
    store(t2, 32)
    store(t3, 48)
    return
  }
  while column + 16 <= columns.upperBound {
    var total = start
    for first in stride(from: 0, to: rows, by: run) {
      var partial = start
      for row in first..<min(first + run, rows) { partial = Operation.join(partial, load(row, 0)) }
      total = Operation.join(total, partial)
    }
    store(total, 0)
    column += 16
  }
  while column < columns.upperBound {
    var total = Operation.start
    for first in stride(from: 0, to: rows, by: run) {
      var partial = Operation.start
      for row in first..<min(first + run, rows) {
        partial = Operation.join(partial, x[row * width + column])
      }
      total = Operation.join(total, partial)
    }
    out[column] = total
    column += 1
  }
}
