import Tensors

/// A convolution of images: `[batch, height, width, in]` to `[batch, height′, width′, out]`.
///
/// ```swift
/// let layer = Conv2d(3, 8, kernel: 4, stride: 2, using: &random)
/// layer(Tensor.ones([1, 64, 64, 3])).shape  // [1, 31, 31, 8]
/// ```
public struct Conv2d: Module {
  /// `[kernel, kernel, in, out]`.
  public var weight: Tensor
  /// `[out]`, or nil, before a norm that has its own.
  public var bias: Tensor?
  private let stride: Int, padding: Int

  /// A layer with freshly drawn weights and zero bias.
  ///
  /// - Parameters:
  ///   - inputs: the channels of the input.
  ///   - outputs: the channels of the result.
  ///   - kernel: the height and width of the kernel.
  ///   - stride: its step from one result to the next.
  ///   - padding: how many zeros surround the image on each side.
  ///   - weights: how the weights are drawn.
  ///   - hasBias: whether a bias is added.
  ///   - random: draws the weights.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    weights: Initializer = .glorotUniform, hasBias: Bool = true, using random: inout SplitMix64
  ) {
    weight = weights([kernel, kernel, inputs, outputs], using: &random)
    bias = hasBias ? .zeros([outputs]) : nil
    (self.stride, self.padding) = (stride, padding)
  }

  /// Applies the layer; see ``conv2d(_:weight:bias:stride:padding:)``.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    conv2d(x, weight: weight, bias: bias, stride: stride, padding: padding)
  }

  /// Shows weight and bias to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("weight", &weight)
    visitor("bias", &bias)
  }
}

/// A transposed convolution, which enlarges images: `[batch, height, width, in]` to
/// `[batch, height′, width′, out]`.
///
/// ```swift
/// let layer = ConvTranspose2d(8, 3, kernel: 4, stride: 2, using: &random)
/// layer(Tensor.ones([1, 31, 31, 8])).shape  // [1, 64, 64, 3]
/// ```
public struct ConvTranspose2d: Module {
  /// `[kernel, kernel, out, in]`.
  public var weight: Tensor
  /// `[out]`, or nil, before a norm that has its own.
  public var bias: Tensor?
  private let stride: Int, padding: Int

  /// A layer with Glorot-uniform weights and zero bias.
  ///
  /// - Parameters:
  ///   - inputs: the channels of the input.
  ///   - outputs: the channels of the result.
  ///   - kernel: the height and width of the patch that each input position spreads over.
  ///   - stride: the step from one patch to the next.
  ///   - padding: how much of the result is cut off on each side.
  ///   - hasBias: whether a bias is added.
  ///   - random: draws the weights.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, hasBias: Bool = true,
    using random: inout SplitMix64
  ) {
    weight = Initializer.glorotUniform([kernel, kernel, outputs, inputs], using: &random)
    bias = hasBias ? .zeros([outputs]) : nil
    (self.stride, self.padding) = (stride, padding)
  }

  /// Applies the layer; see ``convTranspose2d(_:weight:bias:stride:padding:)``.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    convTranspose2d(x, weight: weight, bias: bias, stride: stride, padding: padding)
  }

  /// Shows weight and bias to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("weight", &weight)
    visitor("bias", &bias)
  }
}
