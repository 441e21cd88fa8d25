import Kernels
import Tensors

/// The gradient of a value with respect to every parameter of a module, in the visitor's order.
public struct Gradients: Sendable {
  /// One gradient per parameter, each in its parameter's shape.
  public var tensors: [Tensor]

  /// Gradients given one by one, in the visitor's order.
  public init(tensors: [Tensor]) {
    self.tensors = tensors
  }

  /// The Euclidean norm over all parameters together: what clipping compares with its limit.
  public var norm: Float {
    Float(tensors.reduce(0) { $0 + squares(of: $1) }.squareRoot())
  }

  /// Each single number moved into ±`limit`, as World Models trains its memory (limit 1).
  ///
  /// Clipping by the norm of all gradients together is a part of the optimisers.
  public func clipped(toValue limit: Float) -> Gradients {
    Gradients(tensors: tensors.map { $0.clamped(-limit, limit) })
  }

  /// Each tensor shortened to a part of the norm of its own parameter, as DreamerV3's code of 2024 does.
  ///
  /// Source: Brock et al. 2021, "High-performance large-scale image recognition without normalization", with one
  /// norm per tensor.
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
