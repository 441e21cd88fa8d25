import Kernels

extension Tensor {
  /// Each row of the last axis brought to mean 0 and variance 1, then scaled and shifted.
  ///
  /// (x − mean) / √(variance + epsilon)·scale + offset, with the population variance. Without
  /// centring it is x / √(mean of x² + epsilon)·scale.
  ///
  /// ```swift
  /// Tensor([[1, 3]]).normalized(epsilon: 0)  // [[-1, 1]]
  /// ```
  ///
  /// - Parameters:
  ///   - scale: `[feature]`, or nil for 1.
  ///   - offset: `[feature]`, or nil for 0.
  ///   - centers: whether the mean is taken off.
  ///   - epsilon: added to the variance.
  public func normalized(
    scale: Tensor? = nil, offset: Tensor? = nil, centers: Bool = true, epsilon: Float
  ) -> Tensor {
    require(rank >= 1, "normalized: a single number has no rows")
    let width = shape[rank - 1]
    let parameters = [scale, offset].compactMap { $0 }
    for parameter in parameters {
      require(
        parameter.shape == [width],
        "normalized: a scale or offset of shape \(parameter.shape) does not fit rows of shape \(shape)")
    }
    let rows = shape.dropLast().reduce(1, *)
    let (means, inverses) = (Storage(count: rows), Storage(count: rows))
    var y = Tensor(uninitialized: shape)
    normalizeRows(
      pointer, rows: rows, width: width, centers: centers, epsilon: epsilon, scale: scale?.pointer,
      offset: offset?.pointer, into: y.pointer, means: means.pointer, inverses: inverses.pointer)
    guard isRecorded || parameters.contains(where: \.isRecorded) else { return y }
    y.recordTogether([self] + parameters) { [x = value, scale = scale?.value] gradient in
      let result = Tensor(uninitialized: x.shape)
      let (forScale, forOffset) = (Tensor(uninitialized: [width]), Tensor(uninitialized: [width]))
      normalizeRowsGradient(
        gradient.pointer, x: x.pointer, rows: rows, width: width, centers: centers, means: means.pointer,
        inverses: inverses.pointer, scale: scale?.pointer, into: result.pointer,
        scaleGradient: forScale.pointer, offsetGradient: forOffset.pointer)
      return [result] + (scale == nil ? [] : [forScale]) + (offset == nil ? [] : [forOffset])
    }
    return y
  }
}
