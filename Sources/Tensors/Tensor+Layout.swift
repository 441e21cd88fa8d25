import Kernels

extension Tensor {
  /// The same numbers in another shape; one extent may be −1 and is worked out.
  ///
  /// ```swift
  /// Tensor([1, 2, 3, 4]).reshaped([2, -1])  // [[1, 2], [3, 4]]
  /// ```
  public func reshaped(_ newShape: [Int]) -> Tensor {
    var target = newShape
    if let free = target.firstIndex(of: -1) {
      target[free] = 1
      let rest = target.reduce(1, *)
      target[free] = rest > 0 && count % rest == 0 ? count / rest : -1
    }
    require(
      target.allSatisfy { $0 >= 0 },
      "reshaped: \(count) numbers of shape \(shape) cannot be arranged as \(newShape)")
    require(
      target.reduce(1, *) == count,
      "reshaped: shape \(shape) holds \(count) numbers, shape \(newShape) needs \(target.reduce(1, *))")
    return viewed(as: target)
  }

  /// Reshapes to a shape that is known to fit; the numbers are shared.
  func viewed(as target: [Int]) -> Tensor {
    var result = Tensor(shape: target, storage: storage)
    if let node { result.record(node, .value { [shape] gradient in gradient.viewed(as: shape) }) }
    return result
  }

  /// The axes in another order; without arguments the last two are exchanged.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).transposed()  // [[1, 3], [2, 4]]
  /// ```
  ///
  /// - Parameter axes: for each axis of the result, the axis of this tensor that it was.
  public func transposed(_ axes: Int...) -> Tensor {
    let natural = Array(0..<rank)
    let order = axes.isEmpty && rank >= 2 ? natural.dropLast(2) + [rank - 1, rank - 2] : axes
    require(
      order.sorted() == natural, "transposed: \(axes) is not an order of the axes of shape \(shape)")
    return permuted(Array(order))
  }

  func permuted(_ order: [Int]) -> Tensor {
    let strides = Broadcasting.strides(of: shape, in: shape)
    let target = order.map { shape[$0] }
    var result = Tensor(uninitialized: target)
    copyStrided(shape: target, pointer, strides: order.map { strides[$0] }, to: result.pointer)
    if let node {
      let inverse = order.indices.map { order.firstIndex(of: $0)! }
      result.record(node, .value { gradient in gradient.permuted(inverse) })
    }
    return result
  }

  /// The positions of an axis backwards.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).reversed(0)  // [[3, 4], [1, 2]]
  /// ```
  public func reversed(_ axis: Int) -> Tensor {
    let axis = resolved(axis: axis, "reversed")
    var strides = Broadcasting.strides(of: shape, in: shape)
    let last = max(shape[axis] - 1, 0) * strides[axis]
    strides[axis] = -strides[axis]
    var result = Tensor(uninitialized: shape)
    copyStrided(shape: shape, pointer + last, strides: strides, to: result.pointer)
    if let node { result.record(node, .value { gradient in gradient.reversed(axis) }) }
    return result
  }

  /// The part of an axis in `range`, for instance `features.slice(0..<30, axis: -1)`.
  ///
  /// ```swift
  /// Tensor([[1, 2, 3], [4, 5, 6]]).slice(0..<2, axis: -1)  // [[1, 2], [4, 5]]
  /// ```
  public func slice(_ range: Range<Int>, axis: Int) -> Tensor {
    let axis = resolved(axis: axis, "slice")
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice: \(range) reaches outside axis \(axis) of shape \(shape)")
    var target = shape
    target[axis] = range.count
    return part(range, axis: axis, shape: target)
  }

  /// One position of an axis, which disappears: `sequence.at(t, axis: 1)` is time step t of a
  /// `[batch, time, feature]` tensor, shape `[batch, feature]`.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).at(1, axis: 1)  // [2, 4]
  /// ```
  public func at(_ index: Int, axis: Int) -> Tensor {
    let axis = resolved(axis: axis, "at")
    require(
      index >= 0 && index < shape[axis], "at: index \(index) is outside axis \(axis) of shape \(shape)")
    var target = shape
    target.remove(at: axis)
    return part(index..<(index + 1), axis: axis, shape: target)
  }

  private func part(_ range: Range<Int>, axis: Int, shape target: [Int]) -> Tensor {
    let (outer, inner) = extents(around: axis)
    let (full, width, start) = (shape[axis] * inner, range.count * inner, range.lowerBound * inner)
    var result = Tensor(uninitialized: target)
    copyRows(
      outer, width: width, from: pointer + start, stride: full, to: result.pointer, stride: width,
      adding: false)
    if let node {
      result.record(
        node,
        .adding { [shape] gradient, sum in
          sum = sum ?? .zeros(shape)
          sum.accumulate(shape: shape) { total, _ in
            copyRows(
              outer, width: width, from: gradient.pointer, stride: width, to: total + start, stride: full,
              adding: true)
          }
        })
    }
    return result
  }

  /// How many positions there are before an axis, and how many numbers behind each.
  func extents(around axis: Int) -> (outer: Int, inner: Int) {
    var (outer, inner) = (1, 1)
    for other in 0..<axis { outer *= shape[other] }
    for other in (axis + 1)..<rank { inner *= shape[other] }
    return (outer, inner)
  }
}

/// Joins tensors along an existing axis; all other extents must agree.
///
/// ```swift
/// concatenate([Tensor([1, 2]), Tensor([3])])  // [1, 2, 3]
/// ```
public func concatenate(_ parts: [Tensor], axis: Int = -1) -> Tensor {
  require(!parts.isEmpty, "concatenate: there is nothing to join")
  let first = parts[0]
  let axis = first.resolved(axis: axis, "concatenate")
  for part in parts {
    require(
      part.rank == first.rank
        && part.shape.indices.allSatisfy { $0 == axis || part.shape[$0] == first.shape[$0] },
      "concatenate: shapes \(first.shape) and \(part.shape) differ outside axis \(axis)")
  }
  let (outer, inner) = first.extents(around: axis)
  var shape = first.shape
  shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
  let full = shape[axis] * inner
  var result = Tensor(uninitialized: shape)
  var start = 0
  for part in parts {
    let width = part.shape[axis] * inner
    copyRows(
      outer, width: width, from: part.pointer, stride: width, to: result.pointer + start, stride: full,
      adding: false)
    start += width
  }
  start = 0
  for part in parts {
    let range = start..<(start + part.shape[axis])
    if let node = part.node { result.record(node, .value { $0.slice(range, axis: axis) }) }
    start = range.upperBound
  }
  return result
}

/// Joins tensors of one shape along a new axis: time steps `[batch, feature]` with `axis: 1` become
/// a sequence `[batch, time, feature]`.
///
/// ```swift
/// stack([Tensor([1, 2]), Tensor([3, 4])], axis: 1)  // [[1, 3], [2, 4]]
/// ```
public func stack(_ parts: [Tensor], axis: Int = 0) -> Tensor {
  require(!parts.isEmpty, "stack: there is nothing to join")
  let shape = parts[0].shape
  require(
    parts.allSatisfy { $0.shape == shape }, "stack: the shapes differ: \(parts.map(\.shape))")
  require(
    axis >= -shape.count - 1 && axis <= shape.count, "stack: a new axis \(axis) does not fit shape \(shape)")
  let position = axis < 0 ? axis + shape.count + 1 : axis
  var widened = shape
  widened.insert(1, at: position)
  return concatenate(parts.map { $0.viewed(as: widened) }, axis: position)
}
