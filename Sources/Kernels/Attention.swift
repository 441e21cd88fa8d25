/// Queries `[batch, queries, heads·size]` against keys and values `[batch, keys, heads·size]`.
package struct AttentionShape: Sendable {
  fileprivate let batch: Int, heads: Int, queries: Int, keys: Int
  /// The features of one head.
  fileprivate let size: Int
  /// Whether the queries belong to the last keys and each sees none that come after its own.
  fileprivate let isCausal: Bool

  package init(batch: Int, heads: Int, queries: Int, keys: Int, size: Int, isCausal: Bool) {
    (self.batch, self.heads, self.queries, self.keys) = (batch, heads, queries, keys)
    (self.size, self.isCausal) = (size, isCausal)
  }

  /// Queries are worked through in blocks, so that the scores stay in the first-level cache and the keys that
  /// a whole block does not see are left out.
  fileprivate static let blockRows = 32
  fileprivate var width: Int { heads * size }
  /// The distance of rows with a number for each key: rows that start at whole vectors are read faster.
  fileprivate var keyStride: Int { wholeVectors(keys) }

  /// Calls `body` with each sequence and head: where its queries and its keys start.
  fileprivate func forEachHead(cost: Int, _ body: (_ query: Int, _ key: Int) -> Void) {
    parallelFor(batch * heads, costPerItem: cost * queries * keys * size / 6) { range in
      for item in range {
        let (sequence, head) = item.quotientAndRemainder(dividingBy: heads)
        body(sequence * queries * width + head * size, sequence * keys * width + head * size)
      }
    }
  }

  /// Calls `body` with each block of one head: its first query, how many, and how many keys they see.
  fileprivate func forEachBlock(_ body: (_ first: Int, _ count: Int, _ visible: Int) -> Void) {
    for first in stride(from: 0, to: queries, by: Self.blockRows) {
      let end = min(first + Self.blockRows, queries)
      body(first, end - first, isCausal ? keys - queries + end : keys)
    }
  }

  /// The keys or values of one head, [keys, size], as columns `keyStride` apart; 0 beyond the last.
  fileprivate func transposeHead(_ x: UnsafePointer<Float>, into columns: UnsafeMutablePointer<Float>) {
    transpose(rows: keys, columns: size, x, stride: width, to: columns, stride: keyStride)
    for feature in 0..<size {
      (columns + feature * keyStride + keys).update(repeating: 0, count: keyStride - keys)
    }
  }

  /// weights = softmax(query·keyᵀ / √size) for `count` queries, 0 for keys that a query does not see.
  ///
  /// The rows of `weights` are `wholeVectors(visible)` numbers long.
  fileprivate func weigh(
    _ query: UnsafePointer<Float>, _ transposedKeys: UnsafePointer<Float>, count: Int, visible: Int,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let columns = wholeVectors(visible)
    matrixProduct(
      m: count, n: columns, k: size, query, aRow: width, aColumn: 1, transposedKeys, bRow: keyStride,
      bColumn: 1, weights, cRow: columns, accumulate: false, bias: nil)
    for row in 0..<count {
      let seen = isCausal ? visible - (count - 1 - row) : visible
      (weights + row * columns + seen).update(repeating: -.infinity, count: columns - seen)
    }
    softmaxRows(
      .softmax, weights, scale: 1 / Float(size).squareRoot(), rows: count, width: columns, into: weights)
  }
}

private func wholeVectors(_ count: Int) -> Int { (count + 15) & ~15 }

/// out = softmax(query·keyᵀ / √size)·value, head by head.
package func attend(
  _ shape: AttentionShape, query: UnsafePointer<Float>, key: UnsafePointer<Float>,
  value: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
) {
  let (size, stride, width) = (shape.size, shape.keyStride, shape.width)
  shape.forEachHead(cost: 2) { queryStart, keyStart in
    let (query, out) = (query + queryStart, out + queryStart)
    let (key, value) = (key + keyStart, value + keyStart)
    let scratch = Storage(count: (size + AttentionShape.blockRows) * stride)
    let (transposedKeys, weights) = (scratch.pointer, scratch.pointer + size * stride)
    shape.transposeHead(key, into: transposedKeys)
    shape.forEachBlock { first, count, visible in
      shape.weigh(query + first * width, transposedKeys, count: count, visible: visible, into: weights)
      matrixProduct(
        m: count, n: size, k: visible, weights, aRow: wholeVectors(visible), aColumn: 1, value, bRow: width,
        bColumn: 1, out + first * width, cRow: width, accumulate: false, bias: nil)
    }
    withExtendedLifetime(scratch) {}
  }
}

/// The gradients of ``attend``; the weights are computed again, which is faster than to keep them.
package func attendGradient(
  _ shape: AttentionShape, gradient: UnsafePointer<Float>, query: UnsafePointer<Float>,
  key: UnsafePointer<Float>, value: UnsafePointer<Float>, queryGradient: UnsafeMutablePointer<Float>,
  keyGradient: UnsafeMutablePointer<Float>, valueGradient: UnsafeMutablePointer<Float>
) {
  let (size, stride, width) = (shape.size, shape.keyStride, shape.width)
  shape.forEachHead(cost: 5) { queryStart, keyStart in
    let (query, gradient) = (query + queryStart, gradient + queryStart)
    let (key, value) = (key + keyStart, value + keyStart)
    let queryGradient = queryGradient + queryStart
    let (keyGradient, valueGradient) = (keyGradient + keyStart, valueGradient + keyStart)
    let scratch = Storage(count: (2 * size + 2 * AttentionShape.blockRows) * stride)
    let (transposedKeys, transposedValues) = (scratch.pointer, scratch.pointer + size * stride)
    let weights = transposedValues + size * stride
    let scores = weights + AttentionShape.blockRows * stride
    shape.transposeHead(key, into: transposedKeys)
    shape.transposeHead(value, into: transposedValues)
    for row in 0..<shape.keys {
      (keyGradient + row * width).update(repeating: 0, count: size)
      (valueGradient + row * width).update(repeating: 0, count: size)
    }
    shape.forEachBlock { first, count, visible in
      let (query, gradient) = (query + first * width, gradient + first * width)
      let columns = wholeVectors(visible)
      shape.weigh(query, transposedKeys, count: count, visible: visible, into: weights)
      matrixProduct(
        m: visible, n: size, k: count, weights, aRow: 1, aColumn: columns, gradient, bRow: width, bColumn: 1,
        valueGradient, cRow: width, accumulate: true, bias: nil)
      matrixProduct(
        m: count, n: columns, k: size, gradient, aRow: width, aColumn: 1, transposedValues, bRow: stride,
        bColumn: 1, scores, cRow: columns, accumulate: false, bias: nil)
      softmaxRowsGradient(
        .softmax, x: weights, y: weights, gradient: scores, rows: count, width: columns, into: scores)
      scaleAndShift(
        scores, scale: 1 / Float(size).squareRoot(), shift: 0, into: scores, count: count * columns)
      matrixProduct(
        m: count, n: size, k: visible, scores, aRow: columns, aColumn: 1, key, bRow: width, bColumn: 1,
        queryGradient + first * width, cRow: width, accumulate: false, bias: nil)
      matrixProduct(
        m: visible, n: size, k: count, scores, aRow: 1, aColumn: columns, query, bRow: width, bColumn: 1,
        keyGradient, cRow: width, accumulate: true, bias: nil)
    }
    withExtendedLifetime(scratch) {}
  }
}
