import Kernels

extension Tensor {
  /// The sum over some axes, or over all.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).sum(0)  // [4, 6]
  /// ```
  ///
  /// - Parameters:
  ///   - axes: negative numbers count from the end; none means all axes.
  ///   - keepingAxes: whether the summed axes stay with extent 1.
  public func sum(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
    summed("sum", over: axes, keepingAxes: keepingAxes)
  }

  /// The mean over some axes, or over all.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).mean(1)  // [1.5, 3.5]
  /// ```
  ///
  /// - Parameters:
  ///   - axes: negative numbers count from the end; none means all axes.
  ///   - keepingAxes: whether the averaged axes stay with extent 1.
  public func mean(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
    let sum = summed("mean", over: axes, keepingAxes: keepingAxes)
    return sum / Float(count / max(sum.count, 1))
  }

  /// The largest number over some axes, or over all; equal ones share the gradient.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).maximum(1, keepingAxes: true)  // [[2], [4]]
  /// ```
  ///
  /// - Parameters:
  ///   - axes: negative numbers count from the end; none means all axes.
  ///   - keepingAxes: whether the axes stay with extent 1.
  public func maximum(_ axes: Int..., keepingAxes: Bool = false) -> Tensor {
    let (kept, dropped) = shapes("maximum", over: axes)
    require(count > 0 || kept.contains(0), "maximum: there is nothing to choose from in shape \(shape)")
    var result = value.reduced(.maximum, to: kept)
    if let node {
      result.record(
        node,
        .value { [x = value, y = result] gradient in
          let isLargest = Tensor.combined(.equal, x, y, "maximum")
          return isLargest * (gradient / isLargest.summed(to: kept))
        })
    }
    return keepingAxes ? result : result.viewed(as: dropped)
  }

  private func summed(_ operation: String, over axes: [Int], keepingAxes: Bool) -> Tensor {
    let (kept, dropped) = shapes(operation, over: axes)
    var result = value.summed(to: kept)
    if let node {
      result.record(node, as: operation, .value { [shape] gradient in gradient.broadcast(to: shape) })
    }
    return keepingAxes ? result : result.viewed(as: dropped)
  }

  /// The shapes of a reduction that keeps its axes, and of one that drops them.
  private func shapes(_ operation: String, over axes: [Int]) -> (kept: [Int], dropped: [Int]) {
    let chosen = axes.isEmpty ? Array(0..<rank) : axes.map { resolved(axis: $0, operation) }.sorted()
    require(
      zip(chosen, chosen.dropFirst()).allSatisfy { $0 < $1 },
      "\(operation): axes \(axes) of shape \(shape) name one axis twice")
    var kept = shape
    for axis in chosen { kept[axis] = 1 }
    return (kept, shape.indices.filter { !chosen.contains($0) }.map { shape[$0] })
  }

  /// Folds `folding` axes from `axis` on into one number; a plain value with those axes gone.
  private func reduced(_ operation: ReductionOperation, axis: Int, folding: Int) -> Tensor {
    let outer = shape[..<axis].reduce(1, *)
    let middle = shape[axis..<(axis + folding)].reduce(1, *)
    let inner = shape[(axis + folding)...].reduce(1, *)
    let result = Tensor(uninitialized: Array(shape[..<axis] + shape[(axis + folding)...]))
    reduce(operation, pointer, outer: outer, reduced: middle, inner: inner, into: result.pointer)
    return result
  }

  /// Folds all axes that `target` lacks or has with extent 1. (A plain value, never recorded.)
  func reduced(_ operation: ReductionOperation, to target: [Int]) -> Tensor {
    if shape == target { return self }
    if target.allSatisfy({ $0 == 1 }) {
      return reduced(operation, axis: 0, folding: rank).viewed(as: target)
    }
    var result = rank > target.count ? reduced(operation, axis: 0, folding: rank - target.count) : self
    for axis in target.indices where target[axis] == 1 && result.shape[axis] != 1 {
      var kept = result.shape
      kept[axis] = 1
      result = result.reduced(operation, axis: axis, folding: 1).viewed(as: kept)
    }
    return result
  }

  /// The gradient of a broadcast: the sum over all repetitions. (A plain value, never recorded.)
  func summed(to target: [Int]) -> Tensor { reduced(.sum, to: target) }

  /// The index of the largest number along an axis; the first one where several are equal, and NaN before all.
  ///
  /// ```swift
  /// Tensor([[1, 2], [4, 3]]).argmax()  // [1, 0]
  /// ```
  ///
  /// - Returns: one index for each remaining position, row by row.
  public func argmax(_ axis: Int = -1) -> [Int] {
    let axis = resolved(axis: axis, "argmax")
    let (_, inner) = extents(around: axis)
    let extent = shape[axis]
    require(extent > 0, "argmax: axis \(axis) of shape \(shape) is empty")
    let numbers = scalars
    return (0..<(numbers.count / extent)).map { position in
      let start = position / inner * extent * inner + position % inner
      return (0..<extent).reduce(0) { best, index in
        let (number, largest) = (numbers[start + index * inner], numbers[start + best * inner])
        return number > largest || number.isNaN && !largest.isNaN ? index : best
      }
    }
  }

  /// An axis number from 0 on; stops when the axis does not exist.
  func resolved(axis: Int, _ operation: String) -> Int {
    require(
      axis >= -rank && axis < rank, "\(operation): axis \(axis) does not exist in a tensor of shape \(shape)")
    return axis < 0 ? axis + rank : axis
  }
}
