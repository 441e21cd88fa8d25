/// y = x·B (+ bias), or y += x·B, for one vector x of k values and B of [k, n] with unit stride along its rows
/// or along its columns: B is read once, where it lies.
///
/// The stride of `bias` may be 0 to add one value to all.
func vectorProduct(
  n: Int, k: Int, _ x: UnsafePointer<Float>, stride xStride: Int,
  _ b: UnsafePointer<Float>, bRow: Int, bColumn: Int,
  _ y: UnsafeMutablePointer<Float>, stride yStride: Int,
  accumulate: Bool, bias: UnsafePointer<Float>?, biasStride: Int
) {
  withUnsafeTemporaryAllocation(of: Float.self, capacity: n + k) { scratch in
    let sums = scratch.baseAddress!
    let vector = sums + n
    for p in 0..<k { vector[p] = x[p * xStride] }
    parallelFor(n, costPerItem: (k + 1) / 2) { columns in
      if bColumn == 1 {
        addRows(vector, b, bRow, k, columns, into: sums)
      } else {
        multiplyColumns(vector, b, bColumn, k, columns, into: sums)
      }
      for j in columns {
        y[j * yStride] = sums[j] + (accumulate ? y[j * yStride] : bias?[j * biasStride] ?? 0)
      }
    }
  }
}

/// The sums over contiguous rows of B, four rows at a time.
@inline(__always)
private func addRows(
  _ x: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ bRow: Int, _ k: Int, _ columns: Range<Int>,
  into sums: UnsafeMutablePointer<Float>
) {
  @inline(__always) func add(_ scale: Float, _ value: Float, _ sum: Float) -> Float {
    #if NO_FMA
      sum + scale * value
    #else
      sum.addingProduct(scale, value)
    #endif
  }
  for j in columns { sums[j] = 0 }
  for p in stride(from: 0, to: k & ~3, by: 4) {
    let (x0, x1, x2, x3) = (x[p], x[p + 1], x[p + 2], x[p + 3])
    let b0 = b + p * bRow
    let (b1, b2, b3) = (b0 + bRow, b0 + 2 * bRow, b0 + 3 * bRow)
    for j in columns { sums[j] = add(x3, b3[j], add(x2, b2[j], add(x1, b1[j], add(x0, b0[j], sums[j])))) }
  }
  for p in k & ~3..<k {
    let (scale, row) = (x[p], b + p * bRow)
    for j in columns { sums[j] = add(scale, row[j], sums[j]) }
  }
}

/// The inner products with contiguous columns of B, four columns at a time.
@inline(__always)
private func multiplyColumns(
  _ x: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ bColumn: Int, _ k: Int, _ columns: Range<Int>,
  into sums: UnsafeMutablePointer<Float>
) {
  typealias Vector = SIMD16<Float>
  for first in stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
    // Columns beyond the edge repeat the last one; their sums are not stored.
    let last = columns.upperBound - 1
    let (j1, j2, j3) = (min(first + 1, last), min(first + 2, last), min(first + 3, last))
    let (b0, b1) = (b + first * bColumn, b + j1 * bColumn)
    let (b2, b3) = (b + j2 * bColumn, b + j3 * bColumn)
    var (s0, s1, s2, s3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    var p = 0
    while p &+ 16 <= k {
      let scale = UnsafeRawPointer(x + p).loadUnaligned(as: Vector.self)
      @inline(__always) func add(_ sum: inout Vector, _ column: UnsafePointer<Float>) {
        let values = UnsafeRawPointer(column + p).loadUnaligned(as: Vector.self)
        #if NO_FMA
          sum += scale * values
        #else
          sum.addProduct(scale, values)
        #endif
      }
      add(&s0, b0)
      add(&s1, b1)
      add(&s2, b2)
      add(&s3, b3)
      p &+= 16
    }
    @inline(__always) func store(_ sum: Vector, _ column: UnsafePointer<Float>, _ j: Int) {
      let eight = sum.lowHalf + sum.highHalf
      let four = eight.lowHalf + eight.highHalf
      var total = (four[0] + four[2]) + (four[1] + four[3])
      for rest in p..<k { total += x[rest] * column[rest] }
      sums[j] = total
    }
    store(s3, b3, j3)
    store(s2, b2, j2)
    store(s1, b1, j1)
    store(s0, b0, first)
  }
}
