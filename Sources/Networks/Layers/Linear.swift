import Tensors

/// A fully connected layer: y = x·W + b, or x·W without a bias.
///
/// ```swift
/// let layer = Linear(3, 5, using: &random)
/// layer(Tensor.ones([2, 3])).shape  // [2, 5]
/// ```
public struct Linear: Module {
  /// `[in, out]`.
  public var weight: Tensor
  private var ownBias: Tensor?

  /// `[out]`; zeros where the layer has none, and what is set here is learned.
  ///
  /// ```swift
  /// Linear(weight: Tensor([[1, 2]]), bias: nil).bias  // [0, 0]
  /// ```
  public var bias: Tensor {
    get { ownBias ?? .zeros([weight.shape[1]]) }
    set { ownBias = newValue }
  }

  /// A layer with the given `[in, out]` weight and `[out]` bias, or none.
  public init(weight: Tensor, bias: Tensor?) {
    self.weight = weight
    ownBias = bias
  }

  /// A layer with freshly drawn weights and zero bias.
  ///
  /// - Parameters:
  ///   - inputs: the extent of the last axis of the input.
  ///   - outputs: the extent of the last axis of the output.
  ///   - weights: how the weights are drawn.
  ///   - hasBias: whether a bias is added; a norm that comes next may have its own.
  ///   - random: draws the weights.
  public init(
    _ inputs: Int, _ outputs: Int, weights: Initializer = .glorotUniform, hasBias: Bool = true,
    using random: inout SplitMix64
  ) {
    self.init(
      weight: weights([inputs, outputs], using: &random), bias: hasBias ? .zeros([outputs]) : nil)
  }

  /// Applies the layer to `[…, in]`, giving `[…, out]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    linear(x, weight: weight, bias: ownBias)
  }

  /// Shows weight and bias to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("weight", &weight)
    visitor("bias", &ownBias)
  }
}
