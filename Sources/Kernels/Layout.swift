/// The loop that fills a contiguous array row by row from two operands read with strides.
///
/// Axes that every operand walks through as if they were one are merged, so that the rows are as long as possible.
struct StridedLoop {
  // Axes from the innermost outwards.
  private var sizes = [1]
  private var aStrides = [1]
  private var bStrides = [1]
  let rows: Int

  init(shape: [Int], _ a: [Int], _ b: [Int]) {
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      let last = sizes.count - 1
      if sizes[last] == 1 {
        (sizes[last], aStrides[last], bStrides[last]) = (shape[axis], a[axis], b[axis])
      } else if a[axis] == aStrides[last] * sizes[last] && b[axis] == bStrides[last] * sizes[last] {
        sizes[last] *= shape[axis]
      } else {
        sizes.append(shape[axis])
        aStrides.append(a[axis])
        bStrides.append(b[axis])
      }
    }
    rows = sizes.dropFirst().reduce(1, *)
  }

  /// The length of a row.
  var width: Int { sizes[0] }

  /// The strides along a row.
  var steps: (a: Int, b: Int) { (aStrides[0], bStrides[0]) }

  /// If `a` is contiguous across neighbouring rows instead of along them, the number of those rows.
  var transposedRows: Int? {
    sizes.count > 1 && aStrides[1] == 1 && aStrides[0] > 1 ? sizes[1] : nil
  }

  /// Where a row of each operand starts.
  func offsets(ofRow row: Int) -> (a: Int, b: Int) {
    var (rest, a, b) = (row, 0, 0)
    for axis in 1..<sizes.count {
      let isOutermost = axis == sizes.count - 1
      let (next, index) = isOutermost ? (0, rest) : rest.quotientAndRemainder(dividingBy: sizes[axis])
      a += index * aStrides[axis]
      b += index * bStrides[axis]
      rest = next
    }
    return (a, b)
  }
}

/// Copies (or adds) `rows` runs of `width` floats between buffers whose rows are `stride` apart:
/// concatenation, slices, and their gradients.
package func copyRows(
  _ rows: Int, width: Int, from source: UnsafePointer<Float>, stride sourceStride: Int,
  to target: UnsafeMutablePointer<Float>, stride targetStride: Int, adding: Bool
) {
  parallelFor(rows, costPerItem: width + 50) { range in
    for row in range {
      let (from, to) = (source + row * sourceStride, target + row * targetStride)
      if adding {
        for i in 0..<width { to[i] += from[i] }
      } else {
        to.update(from: from, count: width)
      }
    }
  }
}

/// target (contiguous, `shape`) = source read with strides: transposes, and broadcasts to a shape.
package func copyStrided(
  shape: [Int], _ source: UnsafePointer<Float>, strides: [Int], to target: UnsafeMutablePointer<Float>
) {
  let loop = StridedLoop(shape: shape, strides, strides)
  let (width, step) = (loop.width, loop.steps.a)
  // The rows next to each other in the source are columns here: transpose them block by block.
  if let columns = loop.transposedRows {
    parallelFor(loop.rows / columns, costPerItem: 2 * width * columns) { blocks in
      for block in blocks {
        let start = loop.offsets(ofRow: block * columns).a
        transpose(
          rows: width, columns: columns, source + start, stride: step,
          to: target + block * columns * width, stride: width)
      }
    }
    return
  }
  parallelFor(loop.rows, costPerItem: width + 50) { rows in
    for row in rows {
      let (from, to) = (source + loop.offsets(ofRow: row).a, target + row * width)
      switch step {
      case 0: to.update(repeating: from[0], count: width)
      case 1: to.update(from: from, count: width)
      default: for i in 0..<width { to[i] = from[i * step] }
      }
    }
  }
}

/// target[column, row] = source[row, column], both with contiguous rows `stride` apart.
func transpose(
  rows: Int, columns: Int, _ source: UnsafePointer<Float>, stride sourceStride: Int,
  to target: UnsafeMutablePointer<Float>, stride targetStride: Int
) {
  typealias Vector = SIMD8<Float>
  @inline(__always) func interleave(_ a: Vector, _ b: Vector) -> (Vector, Vector) {
    var both = SIMD16<Float>()
    both.evenHalf = a
    both.oddHalf = b
    return (both.lowHalf, both.highHalf)
  }
  for row in stride(from: 0, to: rows & ~7, by: 8) {
    for column in stride(from: 0, to: columns & ~7, by: 8) {
      let from = source + row * sourceStride + column
      @inline(__always) func load(_ i: Int) -> Vector {
        UnsafeRawPointer(from + i * sourceStride).loadUnaligned(as: Vector.self)
      }
      // Interleaving row i with row i + 4 three times over is a perfect shuffle of the 64 numbers.
      let (a0, a1) = interleave(load(0), load(4))
      let (a2, a3) = interleave(load(1), load(5))
      let (a4, a5) = interleave(load(2), load(6))
      let (a6, a7) = interleave(load(3), load(7))
      let (b0, b1) = interleave(a0, a4)
      let (b2, b3) = interleave(a1, a5)
      let (b4, b5) = interleave(a2, a6)
      let (b6, b7) = interleave(a3, a7)
      let (c0, c1) = interleave(b0, b4)
      let (c2, c3) = interleave(b1, b5)
      let (c4, c5) = interleave(b2, b6)
      let (c6, c7) = interleave(b3, b7)
      let to = target + column * targetStride + row
      @inline(__always) func store(_ i: Int, _ vector: Vector) {
        UnsafeMutableRawPointer(to + i * targetStride).storeBytes(of: vector, as: Vector.self)
      }
      store(0, c0)
      store(1, c1)
      store(2, c2)
      store(3, c3)
      store(4, c4)
      store(5, c5)
      store(6, c6)
      store(7, c7)
    }
  }
  // What the blocks of 8 × 8 left over: the columns beyond them, then the rows.
  for row in 0..<rows {
    for column in (row < rows & ~7 ? columns & ~7 : 0)..<columns {
      target[column * targetStride + row] = source[row * sourceStride + column]
    }
  }
}
