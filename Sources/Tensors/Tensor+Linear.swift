import Kernels

extension Tensor {
  /// The matrix product of `[…, m, k]` with `[…, k, n]`, giving `[…, m, n]`; leading axes are broadcast.
  ///
  /// ```swift
  /// Tensor([[1, 2]]).matmul(Tensor([[3], [4]]))  // [[11]]
  /// ```
  ///
  /// - Parameters:
  ///   - other: the right operand.
  ///   - transposingLeft: whether this tensor is given as `[…, k, m]`; nothing is copied.
  ///   - transposingRight: whether `other` is given as `[…, n, k]`; nothing is copied.
  public func matmul(
    _ other: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false
  ) -> Tensor {
    require(
      rank >= 2 && other.rank >= 2, "matmul: shapes \(shape) and \(other.shape) must have two axes or more")
    let inner = (
      shape[rank - (transposingLeft ? 2 : 1)], other.shape[other.rank - (transposingRight ? 1 : 2)]
    )
    require(
      inner.0 == inner.1,
      "matmul: shapes \(shape) and \(other.shape) do not fit: \(inner.0) columns against \(inner.1) rows")
    // With one matrix on the right, the leading axes of the left count as further rows.
    if other.rank == 2 && !transposingLeft && !transposingRight {
      return linear(self, weight: other, bias: nil)
    }
    var y = Tensor.products(self, transposingLeft, other, transposingRight)
    if let node {
      y.record(
        node,
        .value { [b = other.value, shape] gradient in
          let result =
            transposingLeft
            ? Tensor.products(b, transposingRight, gradient, true)
            : Tensor.products(gradient, false, b, !transposingRight)
          return result.summed(to: shape)
        })
    }
    if let node = other.node {
      y.record(
        node,
        .value { [a = value, shape = other.shape] gradient in
          let result =
            transposingRight
            ? Tensor.products(gradient, true, a, transposingLeft)
            : Tensor.products(a, !transposingLeft, gradient, false)
          return result.summed(to: shape)
        })
    }
    return y
  }

  /// The products of all pairs of matrices, as plain values.
  private static func products(
    _ a: Tensor, _ transposingA: Bool, _ b: Tensor, _ transposingB: Bool
  ) -> Tensor {
    let (aRows, aColumns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let (bRows, bColumns) = (b.shape[b.rank - 2], b.shape[b.rank - 1])
    let (m, k) = transposingA ? (aColumns, aRows) : (aRows, aColumns)
    let n = transposingB ? bRows : bColumns
    let (aLeading, bLeading) = (Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
    let leading = Broadcasting.shape(aLeading, bLeading, "matmul of \(a.shape) and \(b.shape)")
    let result = Tensor(uninitialized: leading + [m, n])
    matrixProducts(
      shape: leading, m: m, n: n, k: k,
      a.pointer, aStrides: Broadcasting.strides(of: aLeading, in: leading),
      aRow: transposingA ? 1 : aColumns, aColumn: transposingA ? aColumns : 1,
      b.pointer, bStrides: Broadcasting.strides(of: bLeading, in: leading),
      bRow: transposingB ? 1 : bColumns, bColumn: transposingB ? bColumns : 1, into: result.pointer)
    return result
  }
}

/// x·W + b in one pass.
///
/// ```swift
/// linear(Tensor([[1, 2]]), weight: Tensor([[3], [4]]), bias: Tensor([0.5]))  // [[11.5]]
/// ```
///
/// - Parameters:
///   - x: `[…, in]`.
///   - weight: `[in, out]`.
///   - bias: `[out]`, or nil.
/// - Returns: `[…, out]`.
public func linear(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
  require(
    weight.rank == 2 && x.rank >= 1 && x.shape[x.rank - 1] == weight.shape[0],
    "linear: an input of shape \(x.shape) does not fit a weight of shape \(weight.shape)")
  let (inputs, outputs) = (weight.shape[0], weight.shape[1])
  require(
    bias == nil || bias?.shape == [outputs],
    "linear: a bias of shape \(bias?.shape ?? []) does not fit a weight of shape \(weight.shape)")
  let rows = x.shape.dropLast().reduce(1, *)
  var y = Tensor(uninitialized: x.shape.dropLast() + [outputs])
  matrixProduct(
    m: rows, n: outputs, k: inputs, x.pointer, aRow: inputs, aColumn: 1,
    weight.pointer, bRow: outputs, bColumn: 1, y.pointer, cRow: outputs, accumulate: false,
    bias: bias?.pointer)
  if let node = x.node {
    y.record(
      node,
      .value { [weight = weight.value, node = weight.node, shape = x.shape] gradient in
        // d/dx = gradient · Wᵀ; all time steps share one transposed copy of a tracked weight.
        let result = Tensor(uninitialized: shape)
        let transposed = node?.transposed(weight)
        matrixProduct(
          m: rows, n: inputs, k: outputs, gradient.pointer, aRow: outputs, aColumn: 1,
          (transposed ?? weight).pointer, bRow: transposed == nil ? 1 : inputs,
          bColumn: transposed == nil ? outputs : 1, result.pointer, cRow: inputs, accumulate: false, bias: nil
        )
        return result
      })
  }
  if let node = weight.node {
    y.record(
      node,
      .adding { [x = x.value] gradient, sum in
        // d/dW = xᵀ · gradient, added to the time steps before
        sum.accumulate(shape: [inputs, outputs]) {
          matrixProduct(
            m: inputs, n: outputs, k: rows, x.pointer, aRow: 1, aColumn: inputs,
            gradient.pointer, bRow: outputs, bColumn: 1, $0, cRow: outputs, accumulate: $1, bias: nil)
        }
      })
  }
  if let bias, let node = bias.node {
    y.record(node, .value { gradient in gradient.summed(to: [outputs]) })
  }
  return y
}
