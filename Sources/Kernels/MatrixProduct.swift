// A tile of C keeps all its sums in registers, in rows of two vectors: with AVX-512 16 of the 32 registers,
// otherwise 12 of the 16 of AVX2 or 24 of the 32 of NEON.
#if AVX512
  private typealias Vector = SIMD16<Float>
  private let tileRows = 8
#else
  private typealias Vector = SIMD8<Float>
  private let tileRows = 6
#endif
private let lanes = Vector.scalarCount
private let tileColumns = 2 * lanes

/// Sizes of the blocks that stay in a cache: `blockDepth` × `tileColumns` of B in the first level,
/// `blockRows` × `blockDepth` of A in the second.
private let blockDepth = 256
private let blockRows = 32 * tileRows
/// The distance of packed columns of A, and no power of two.
private let packedColumn = blockRows + 16

/// C = A·B (+ bias), or C += A·B.
///
/// A is [m, k] and B is [k, n], each given by its row and column strides, so that transposes are free; C is
/// [m, n] with contiguous rows `cRow` apart. `bias` (n values, or nil) is added to each row of a product that
/// does not accumulate. Every element is summed in the same order, whatever the number of threads.
///
/// - Parameters:
///   - aOffsets: where no strides describe A: its element (i, p) is `rows[i] + columns[p]` behind `a`.
///   - bIsPacked: whether B comes from ``packPanels`` instead.
package func matrixProduct(
  m: Int, n: Int, k: Int,
  _ a: UnsafePointer<Float>, aRow: Int, aColumn: Int,
  aOffsets: (rows: UnsafePointer<Int>, columns: UnsafePointer<Int>)? = nil,
  _ b: UnsafePointer<Float>, bRow: Int, bColumn: Int, bIsPacked: Bool = false,
  _ c: UnsafeMutablePointer<Float>, cRow: Int, accumulate: Bool, bias: UnsafePointer<Float>?
) {
  let isPlain = aOffsets == nil && !bIsPacked
  if m == 1 && (bRow == 1 || bColumn == 1) && isPlain {
    vectorProduct(
      n: n, k: k, a, stride: aColumn, b, bRow: bRow, bColumn: bColumn, c, stride: 1,
      accumulate: accumulate, bias: bias, biasStride: 1)
    return
  }
  if n == 1 && (aRow == 1 || aColumn == 1) && isPlain {  // (A·b)ᵀ = bᵀ·Aᵀ
    vectorProduct(
      n: m, k: k, b, stride: bRow, a, bRow: aColumn, bColumn: aRow, c, stride: cRow,
      accumulate: accumulate, bias: bias, biasStride: 0)
    return
  }
  // Packing a panel of B pays when enough tiles read it again; that of a transposed A when its columns fall
  // on top of each other in the cache.
  let packsB = bColumn != 1 || m > 16 * tileRows
  let packsA = aOffsets == nil && aRow == 1 && aColumn % 32 == 0 && k >= 64
  @inline(__always) func panels(_ range: Range<Int>, rows: Range<Int>) {
    // A temporary allocation with this alignment would go through the slow aligned allocator.
    let scratch = Storage(count: blockDepth * (tileColumns + (packsA ? packedColumn : 0)))
    let packed = scratch.pointer
    let packedA = packed + blockDepth * tileColumns
    defer { withExtendedLifetime(scratch) {} }
    for blockStart in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
      let blockEnd = min(blockStart + blockRows, rows.upperBound)
      for depthStart in stride(from: 0, to: max(k, 1), by: blockDepth) {
        let depth = min(blockDepth, k - depthStart)
        let aStart = a + blockStart * aRow + depthStart * aColumn
        if packsA {
          for p in 0..<depth {
            (packedA + p * packedColumn).update(from: aStart + p * aColumn, count: blockEnd - blockStart)
          }
        }
        for panel in range {
          let column = panel * tileColumns
          let columns = min(tileColumns, n - column)
          var panelStart = b + depthStart * bRow + column * bColumn
          var panelRow = bRow
          if bIsPacked {
            panelStart = b + (panel * k + depthStart) * tileColumns
            panelRow = tileColumns
          } else if packsB || columns < tileColumns {
            pack(panelStart, row: bRow, column: bColumn, depth: depth, columns: columns, into: packed)
            panelStart = UnsafePointer(packed)
            panelRow = tileColumns
          }
          for row in stride(from: blockStart, to: blockEnd, by: tileRows) {
            let offset = row - blockStart
            multiplyTile(
              aOffsets == nil ? (packsA ? UnsafePointer(packedA) : aStart) + offset * aRow : a, aRow: aRow,
              aColumn: packsA ? packedColumn : aColumn,
              aOffsets: aOffsets.map { ($0.rows + row, $0.columns + depthStart) }, panelStart,
              bRow: panelRow, c + row * cRow + column, cRow: cRow, depth: depth,
              rows: min(tileRows, blockEnd - row), columns: columns,
              accumulate: accumulate || depthStart > 0, bias: bias.map { $0 + column })
          }
        }
      }
    }
  }
  // Split into columns if the panels can be shared out evenly: then each is packed once.
  let (panelCount, rowCount) = ((n + tileColumns - 1) / tileColumns, (m + tileRows - 1) / tileRows)
  if bIsPacked ? n > m : panelCount % Threads.count == 0 || panelCount >= rowCount {
    parallelFor(panelCount, costPerItem: m * k * tileColumns / 6) { panels($0, rows: 0..<m) }
  } else {
    parallelFor(rowCount, costPerItem: n * k * tileRows / 6) { range in
      panels(0..<panelCount, rows: range.lowerBound * tileRows..<min(range.upperBound * tileRows, m))
    }
  }
}

/// C = A·B for all pairs of matrices: C is [shape, m, n] and contiguous.
///
/// `aStrides` and `bStrides` count matrices along the axes of `shape` (0 = broadcast); inside, the matrices are
/// as for ``matrixProduct``.
package func matrixProducts(
  shape: [Int], m: Int, n: Int, k: Int,
  _ a: UnsafePointer<Float>, aStrides: [Int], aRow: Int, aColumn: Int,
  _ b: UnsafePointer<Float>, bStrides: [Int], bRow: Int, bColumn: Int, into c: UnsafeMutablePointer<Float>
) {
  let loop = StridedLoop(shape: shape, aStrides, bStrides)
  parallelFor(shape.reduce(1, *), costPerItem: m * n * k / 6) { range in
    for item in range {
      let (row, position) = item.quotientAndRemainder(dividingBy: loop.width)
      let start = loop.offsets(ofRow: row)
      matrixProduct(
        m: m, n: n, k: k, a + (start.a + position * loop.steps.a) * m * k, aRow: aRow, aColumn: aColumn,
        b + (start.b + position * loop.steps.b) * k * n, bRow: bRow, bColumn: bColumn, c + item * m * n,
        cRow: n, accumulate: false, bias: nil)
    }
  }
}

/// B, [k, n], rearranged for several products with it.
func packPanels(
  k: Int, n: Int, _ b: UnsafePointer<Float>, bRow: Int, bColumn: Int
) -> Storage {
  let panels = (n + tileColumns - 1) / tileColumns
  let packed = Storage(count: panels * k * tileColumns)
  parallelFor(panels, costPerItem: 4 * k * tileColumns) { range in
    for panel in range {
      let column = panel * tileColumns
      pack(
        b + column * bColumn, row: bRow, column: bColumn, depth: k, columns: min(tileColumns, n - column),
        into: packed.pointer + panel * k * tileColumns)
    }
  }
  return packed
}

/// Copies a panel of B to contiguous rows of `tileColumns`, padded with zeros.
private func pack(
  _ b: UnsafePointer<Float>, row: Int, column: Int, depth: Int, columns: Int,
  into packed: UnsafeMutablePointer<Float>
) {
  if columns < tileColumns { packed.update(repeating: 0, count: depth * tileColumns) }
  if row == 1 {
    transpose(rows: columns, columns: depth, b, stride: column, to: packed, stride: tileColumns)
  } else if column == 1 {
    for p in 0..<depth {
      let (from, to) = (b + p * row, packed + p * tileColumns)
      if columns == tileColumns {  // Two moves instead of a call.
        let left = UnsafeRawPointer(from).loadUnaligned(as: Vector.self)
        let right = UnsafeRawPointer(from + lanes).loadUnaligned(as: Vector.self)
        UnsafeMutableRawPointer(to).storeBytes(of: left, as: Vector.self)
        UnsafeMutableRawPointer(to + lanes).storeBytes(of: right, as: Vector.self)
      } else {
        to.update(from: from, count: columns)
      }
    }
  } else {
    for p in 0..<depth {
      for j in 0..<columns { packed[p * tileColumns + j] = b[p * row + j * column] }
    }
  }
}

/// One tile of C; at the edges of C it may be smaller than `tileRows` × `tileColumns`.
private func multiplyTile(
  _ a: UnsafePointer<Float>, aRow: Int, aColumn: Int,
  aOffsets: (rows: UnsafePointer<Int>, columns: UnsafePointer<Int>)?, _ b: UnsafePointer<Float>, bRow: Int,
  _ c: UnsafeMutablePointer<Float>, cRow: Int, depth: Int, rows: Int, columns: Int, accumulate: Bool,
  bias: UnsafePointer<Float>?
) {
  // Each call is a copy of its own, without the sums that so small a tile does not need.
  @inline(__always) func multiply(height: Int, isWide: Bool) {
    multiplySums(
      height: height, isWide: isWide, a, aRow: aRow, aColumn: aColumn, aOffsets: aOffsets, b, bRow: bRow, c,
      cRow: cRow,
      depth: depth, rows: rows, columns: columns, accumulate: accumulate, bias: bias)
  }
  if columns > lanes {
    if rows > 4 {
      multiply(height: tileRows, isWide: true)
    } else if rows > 2 {
      multiply(height: 4, isWide: true)
    } else {
      multiply(height: 2, isWide: true)
    }
  } else if rows > 4 {
    multiply(height: tileRows, isWide: false)
  } else {
    multiply(height: 4, isWide: false)
  }
}

/// The sums of the first `height` rows of a tile, of two vectors each or of one.
@inline(__always)
private func multiplySums(
  height: Int, isWide: Bool,
  _ a: UnsafePointer<Float>, aRow: Int, aColumn: Int,
  aOffsets: (rows: UnsafePointer<Int>, columns: UnsafePointer<Int>)?, _ b: UnsafePointer<Float>, bRow: Int,
  _ c: UnsafeMutablePointer<Float>, cRow: Int, depth: Int, rows: Int, columns: Int, accumulate: Bool,
  bias: UnsafePointer<Float>?
) {
  // Rows beyond the edge repeat the last one; their sums are not stored.
  let last = rows - 1
  @inline(__always) func rowStart(_ index: Int) -> UnsafePointer<Float> {
    let row = min(index, last)
    return a + (aOffsets?.rows[row] ?? row &* aRow)
  }
  let a0 = rowStart(0)
  let a1 = rowStart(1)
  let a2 = rowStart(2)
  let a3 = rowStart(3)
  let a4 = rowStart(4)
  let a5 = rowStart(5)
  var (c00, c01, c10, c11) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
  var (c20, c21, c30, c31) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
  var (c40, c41, c50, c51) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
  #if AVX512
    let a6 = rowStart(6)
    let a7 = rowStart(7)
    var (c60, c61, c70, c71) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
  #endif

  var offset = 0
  var row = UnsafeRawPointer(b)
  for step in 0..<depth {
    if let aOffsets { offset = aOffsets.columns[step] }
    let b0 = row.loadUnaligned(as: Vector.self)
    let b1 = isWide ? (row + 4 * lanes).loadUnaligned(as: Vector.self) : b0
    @inline(__always) func add(_ left: inout Vector, _ right: inout Vector, _ scale: Float) {
      let scale = Vector(repeating: scale)
      #if NO_FMA
        left += scale * b0
        if isWide { right += scale * b1 }
      #else
        left.addProduct(scale, b0)
        if isWide { right.addProduct(scale, b1) }
      #endif
    }
    add(&c00, &c01, a0[offset])
    add(&c10, &c11, a1[offset])
    if height > 2 {
      add(&c20, &c21, a2[offset])
      add(&c30, &c31, a3[offset])
    }
    if height > 4 {
      add(&c40, &c41, a4[offset])
      add(&c50, &c51, a5[offset])
      #if AVX512
        add(&c60, &c61, a6[offset])
        add(&c70, &c71, a7[offset])
      #endif
    }
    offset &+= aColumn
    row += bRow &* 4
  }

  @inline(__always) func store(_ left: Vector, _ right: Vector, row: Int) {
    guard row < rows else { return }
    let target = c + row * cRow
    if columns == tileColumns {
      var (left, right) = (left, right)
      let addend = accumulate ? UnsafePointer(target) : bias
      if let addend {
        left += UnsafeRawPointer(addend).loadUnaligned(as: Vector.self)
        right += UnsafeRawPointer(addend + lanes).loadUnaligned(as: Vector.self)
      }
      UnsafeMutableRawPointer(target).storeBytes(of: left, as: Vector.self)
      UnsafeMutableRawPointer(target + lanes).storeBytes(of: right, as: Vector.self)
    } else {
      for j in 0..<columns {
        target[j] = (j < lanes ? left[j] : right[j - lanes]) + (accumulate ? target[j] : bias?[j] ?? 0)
      }
    }
  }
  store(c00, c01, row: 0)
  store(c10, c11, row: 1)
  store(c20, c21, row: 2)
  store(c30, c31, row: 3)
  store(c40, c41, row: 4)
  store(c50, c51, row: 5)
  #if AVX512
    store(c60, c61, row: 6)
    store(c70, c71, row: 7)
  #endif
}
