import Kernels

extension Tensor {
  /// The rows (positions of the first axis) with the given indices: an embedding table's look-up.
  ///
  /// A row that is taken twice receives both gradients.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).rows([1, 1, 0])  // [[3, 4], [3, 4], [1, 2]]
  /// ```
  public func rows(_ indices: [Int]) -> Tensor {
    require(rank >= 1, "rows: a single number has no rows")
    requireIndices(indices, axis: 0, "rows")
    let width = shape.dropFirst().reduce(1, *)
    var result = Tensor(uninitialized: [indices.count] + shape.dropFirst())
    for (row, index) in indices.enumerated() {
      copyRows(
        1, width: width, from: pointer + index * width, stride: width, to: result.pointer + row * width,
        stride: width, adding: false)
    }
    if let node {
      result.record(
        node,
        .adding { [shape] gradient, sum in
          sum = sum ?? .zeros(shape)
          sum.accumulate(shape: shape) { total, _ in
            for (row, index) in indices.enumerated() {
              copyRows(
                1, width: width, from: gradient.pointer + row * width, stride: width,
                to: total + index * width, stride: width, adding: true)
            }
          }
        })
    }
    return result
  }

  /// One number of an axis for each position of the others: `y[b, t] = x[b, t, indices[b, t]]` for the
  /// last axis of a `[batch, time, class]` tensor.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).gather([1, 0])  // [2, 3]
  /// ```
  ///
  /// - Parameters:
  ///   - indices: one for each number of the result, row by row, as `argmax` returns them.
  ///   - axis: which axis they count along; it disappears.
  public func gather(_ indices: [Int], axis: Int = -1) -> Tensor {
    let axis = resolved(axis: axis, "gather")
    let (inner, extent) = (extents(around: axis).inner, shape[axis])
    var target = shape
    target.remove(at: axis)
    require(
      indices.count == target.reduce(1, *),
      "gather: shape \(shape) without axis \(axis) needs \(target.reduce(1, *)) indices, got \(indices.count)"
    )
    requireIndices(indices, axis: axis, "gather")
    let positions = indices.enumerated().map { position, index in
      (position / inner * extent + index) * inner + position % inner
    }
    return viewed(as: [count]).rows(positions).viewed(as: target)
  }

  /// Rows that are 1 at their index and 0 elsewhere, `[index, count]`.
  ///
  /// ```swift
  /// Tensor.oneHot([2, 0], count: 3)  // [[0, 0, 1], [1, 0, 0]]
  /// ```
  ///
  /// - Parameters:
  ///   - indices: one for each row, each in 0..<count.
  ///   - count: the length of a row.
  public static func oneHot(_ indices: [Int], count: Int) -> Tensor {
    let result = zeros([indices.count, count])
    result.requireIndices(indices, axis: 1, "oneHot")
    for (row, index) in indices.enumerated() { result.pointer[row * count + index] = 1 }
    return result
  }

  private func requireIndices(_ indices: [Int], axis: Int, _ operation: String) {
    let extent = shape[axis]
    require(
      indices.allSatisfy { $0 >= 0 && $0 < extent },
      "\(operation): index \(indices.first { $0 < 0 || $0 >= extent } ?? 0) is outside axis \(axis) of shape \(shape)"
    )
  }
}
