import Tensors

/// A fully connected layer within each of some blocks of the features: the recurrent layers of DreamerV3's code
/// since 2024, where a wide state costs a fraction of the weights.
///
/// ```swift
/// let layer = BlockLinear(4, 6, blocks: 2, using: &random)
/// layer(Tensor.ones([3, 4])).shape  // [3, 6]
/// ```
public struct BlockLinear: Module {
  /// `[block, in / blocks, out / blocks]`.
  public var weight: Tensor
  /// `[out]`.
  public var bias: Tensor

  /// A layer with truncated-normal weights for all inputs together, as the official code has, and zero bias.
  public init(_ inputs: Int, _ outputs: Int, blocks: Int, using random: inout SplitMix64) {
    require(
      blocks > 0 && inputs % blocks == 0 && outputs % blocks == 0,
      "BlockLinear: \(inputs) inputs and \(outputs) outputs do not make \(blocks) blocks")
    weight = Initializer.truncatedNormal([blocks, inputs / blocks, outputs / blocks], using: &random)
    bias = .zeros([outputs])
  }

  /// Applies the layer to `[batch, in]`, giving `[batch, out]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let (blocks, inputs) = (weight.shape[0], weight.shape[1])
    require(
      x.rank == 2 && x.shape[1] == blocks * inputs,
      "BlockLinear: an input of shape \(x.shape) does not fit a weight of shape \(weight.shape)")
    let parts = x.reshaped([x.shape[0], blocks, inputs]).transposed(1, 0, 2)
    return parts.matmul(weight).transposed(1, 0, 2).reshaped([x.shape[0], bias.count]) + bias
  }

  /// Shows weight and bias to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("weight", &weight)
    visitor("bias", &bias)
  }
}
