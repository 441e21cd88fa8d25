import Tensors

/// Gradient descent: each parameter moves against its gradient, `rate` times as far.
///
/// ```swift
/// var layer = Linear(weight: Tensor([[1]]), bias: nil)
/// SGD(rate: 0.1).update(&layer, along: Gradients(tensors: [Tensor([[5]])]))
/// layer.weight  // [[0.5]]
/// ```
public struct SGD: Sendable {
  /// The step size.
  public var rate: Float
  /// The largest norm of all gradients together; longer ones are shortened to it.
  public var clipNorm: Float

  /// An optimiser, which has no memory.
  public init(rate: Float, clipNorm: Float = .infinity) {
    self.rate = rate
    self.clipNorm = clipNorm
  }

  /// Takes one step against the gradients.
  ///
  /// ```swift
  /// var layer = Linear(weight: Tensor([[1]]), bias: nil)
  /// SGD(rate: 0.1).update(&layer, along: Gradients(tensors: [Tensor([[-5]])]))  // 5
  /// ```
  ///
  /// - Returns: the norm of the gradients before clipping.
  @discardableResult
  public func update(_ module: inout some Module, along gradients: Gradients) -> Float {
    let norm = gradients.norm
    let scale = norm > clipNorm ? clipNorm / norm : 1
    module.forEachParameter(with: gradients.tensors, "SGD", "a gradient") { _, _, parameter, gradient in
      parameter.update { numbers in
        gradient.withPointer { addScaled($0, scale: -rate * scale, to: numbers, count: gradient.count) }
      }
    }
    return norm
  }
}
