import Kernels
import Tensors

/// The gradient of a value with respect to every parameter of a module, in the visitor's order.
///
/// ```swift
/// Gradients(tensors: [Tensor([3]), Tensor([4])]).norm  // 5
/// ```
public struct Gradients: Sendable {
  /// One gradient per parameter, each in its parameter's shape.
  public var tensors: [Tensor]

  /// Gradients given one by one, in the visitor's order.
  public init(tensors: [Tensor]) {
    self.tensors = tensors
  }

  /// The Euclidean norm over all parameters together: what clipping compares with its limit.
  ///
  /// ```swift
  /// Gradients(tensors: [Tensor([1, 2]), Tensor([2])]).norm  // 3
  /// ```
  public var norm: Float {
    Float(tensors.reduce(0) { $0 + squares(of: $1) }.squareRoot())
  }

  /// Each single number moved into ±`limit`, as World Models trains its memory (limit 1).
  ///
  /// Clipping by the norm of all gradients together is a part of the optimisers.
  ///
  /// ```swift
  /// Gradients(tensors: [Tensor([-3, 0.5])]).clipped(toValue: 1).tensors[0]  // [-1, 0.5]
  /// ```
  public func clipped(toValue limit: Float) -> Gradients {
    Gradients(tensors: tensors.map { $0.clamped(-limit, limit) })
  }

  /// Each tensor shortened to a part of the norm of its own parameter, as DreamerV3's code of 2024 does.
  ///
  /// Source: Brock et al. 2021, "High-performance large-scale image recognition without normalization", with one
  /// norm per tensor.
  ///
  /// ```swift
  /// let layer = Linear(weight: Tensor([[3, 4]]), bias: nil)
  /// Gradients(tensors: [Tensor([[6, 8]])]).clippedAdaptively(for: layer).tensors[0]  // [[0.9, 1.2]]
  /// ```
  ///
  /// - Parameters:
  ///   - module: the parameters.
  ///   - fraction: the longest gradient relative to its parameter's norm.
  ///   - minimum: the least norm a parameter counts with, so that one of zeros can leave them.
  public func clippedAdaptively(
    for module: some Module, to fraction: Float = 0.3, minimum: Float = 1e-3
  ) -> Gradients {
    var (module, result) = (module, self)
    module.forEachParameter(with: tensors, "clippedAdaptively", "a gradient") {
      index, _, parameter, gradient in
      let limit = fraction * max(minimum, Float(squares(of: parameter).squareRoot()))
      let norm = Float(squares(of: gradient).squareRoot())
      if norm > limit { result.tensors[index] = gradient * (limit / norm) }
    }
    return result
  }
}

private func squares(of tensor: Tensor) -> Double {
  tensor.withPointer { sumOfSquares($0, count: tensor.count) }
}
