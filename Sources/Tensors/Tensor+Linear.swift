extension Tensor {
  /// The matrix product of `[…, m, k]` with `[k, n]`, giving `[…, m, n]`; leading axes of the left
  /// operand count as further rows.
  public func matmul(_ other: Tensor) -> Tensor {
    require(
      rank >= 2 && other.rank == 2 && shape[rank - 1] == other.shape[0],
      "matmul: shapes \(shape) and \(other.shape) do not fit: the last axis of the left must equal the first of a matrix on the right"
    )
    return linear(self, weight: other, bias: nil)
  }
}

/// x·W + b in one pass.
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
        // d/dx = gradient · Wᵀ. A few rows at each of many time steps share one transposed copy; with
        // more rows the product's own transposing costs little.
        let result = Tensor(uninitialized: shape)
        let copy = rows <= 64 ? node?.transposed(weight) : nil
        matrixProduct(
          m: rows, n: inputs, k: outputs, gradient.pointer, aRow: outputs, aColumn: 1,
          (copy ?? weight).pointer, bRow: copy == nil ? 1 : inputs, bColumn: copy == nil ? outputs : 1,
          result.pointer, cRow: inputs, accumulate: false, bias: nil)
        return result
      })
  }
  if let node = weight.node {
    y.record(
      node,
      .adding { [x = x.value] gradient, sum in
        // d/dW = xᵀ · gradient, added to the time steps before
        var total = sum ?? Tensor(uninitialized: [inputs, outputs])
        let accumulate = sum != nil
        sum = nil
        total.update {
          matrixProduct(
            m: inputs, n: outputs, k: rows, x.pointer, aRow: 1, aColumn: inputs,
            gradient.pointer, bRow: outputs, bColumn: 1, $0, cRow: outputs, accumulate: accumulate, bias: nil)
        }
        sum = total
      })
  }
  if let bias, let node = bias.node {
    y.record(node, .value { gradient in gradient.summed(to: [outputs]) })
  }
  return y
}
