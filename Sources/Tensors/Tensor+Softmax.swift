import Kernels

/// eˣ divided by its sum along an axis: probabilities from logits, however large.
///
/// ```swift
/// softmax(Tensor([0, 1000]))  // [0, 1]
/// ```
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  x.alongLastAxis(axis, "softmax") { $0.softmaxed(.softmax) }
}

/// log softmax(x) along an axis, exact for probabilities too small for `log`.
///
/// ```swift
/// logSoftmax(Tensor([0, 1000]))  // [-1000, 0]
/// ```
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  x.alongLastAxis(axis, "logSoftmax") { $0.softmaxed(.logSoftmax) }
}

extension Tensor {
  /// log Σ eˣ along an axis, without overflow.
  ///
  /// ```swift
  /// Tensor([1000, 1000]).logSumExp()  // 1000.693
  /// ```
  ///
  /// - Parameters:
  ///   - axis: negative numbers count from the end.
  ///   - keepingAxes: whether the axis stays with extent 1.
  public func logSumExp(_ axis: Int = -1, keepingAxes: Bool = false) -> Tensor {
    let result = alongLastAxis(axis, "logSumExp") { $0.softmaxed(.logSumExp) }
    var target = shape
    target[resolved(axis: axis, "logSumExp")] = 1
    if !keepingAxes { target.remove(at: resolved(axis: axis, "logSumExp")) }
    return result.viewed(as: target)
  }

  /// The result of `function`, which works along the last axis, for another one: the two change places.
  fileprivate func alongLastAxis(
    _ axis: Int, _ operation: String, _ function: (Tensor) -> Tensor
  ) -> Tensor {
    let axis = resolved(axis: axis, operation)
    if axis == rank - 1 { return function(self) }
    var order = Array(0..<rank)
    order.swapAt(axis, rank - 1)
    return function(permuted(order)).permuted(order)
  }

  /// Along the last axis, which `logSumExp` leaves with extent 1.
  fileprivate func softmaxed(_ operation: SoftmaxOperation) -> Tensor {
    let width = shape[rank - 1]
    let rows = shape.dropLast().reduce(1, *)
    var y = Tensor(uninitialized: operation == .logSumExp ? shape.dropLast() + [1] : shape)
    softmaxRows(operation, pointer, rows: rows, width: width, into: y.pointer)
    if let node {
      y.record(
        node, as: "\(operation)",
        .value { [x = value, y = y] gradient in
          let result = Tensor(uninitialized: x.shape)
          softmaxRowsGradient(
            operation, x: x.pointer, y: y.pointer, gradient: gradient.pointer, rows: rows, width: width,
            into: result.pointer)
          return result
        })
    }
    return y
  }
}
