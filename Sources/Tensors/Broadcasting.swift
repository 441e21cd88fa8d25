import Kernels

/// Shapes that stretch: an axis of extent 1, or a missing leading axis, is repeated as often as the
/// other operand needs.
enum Broadcasting {
  /// The common shape of two operands, aligned at their last axes; stops when there is none.
  static func shape(_ a: [Int], _ b: [Int], _ operation: @autoclosure () -> String) -> [Int] {
    if a == b { return a }
    let rank = max(a.count, b.count)
    return (0..<rank).map { axis in
      let left = extent(a, axis, of: rank)
      let right = extent(b, axis, of: rank)
      require(
        left == right || left == 1 || right == 1,
        "\(operation()): shapes \(a) and \(b) do not fit: \(left) against \(right) in axis \(axis - rank)")
      return left == 1 ? right : left
    }
  }

  /// The step in memory along each axis of `target` for a tensor of shape `shape`; 0 repeats it.
  static func strides(of shape: [Int], in target: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: target.count)
    var step = 1
    for axis in stride(from: shape.count - 1, through: 0, by: -1) {
      strides[axis + target.count - shape.count] = shape[axis] == 1 ? 0 : step
      step *= shape[axis]
    }
    return strides
  }

  private static func extent(_ shape: [Int], _ axis: Int, of rank: Int) -> Int {
    let own = axis - (rank - shape.count)
    return own < 0 ? 1 : shape[own]
  }
}

extension Tensor {
  /// The tensor repeated to a larger shape.
  ///
  /// ```swift
  /// Tensor([1, 2]).broadcast(to: [2, 2])  // [[1, 2], [1, 2]]
  /// ```
  public func broadcast(to target: [Int]) -> Tensor {
    if shape == target { return self }
    require(
      Broadcasting.shape(shape, target, "broadcast") == target,
      "broadcast: shape \(shape) cannot be repeated to \(target)")
    var result = Tensor(uninitialized: target)
    copyStrided(
      shape: target, pointer, strides: Broadcasting.strides(of: shape, in: target), to: result.pointer)
    if let node {
      result.record(node, .value { [shape] gradient in gradient.summed(to: shape) })
    }
    return result
  }
}
