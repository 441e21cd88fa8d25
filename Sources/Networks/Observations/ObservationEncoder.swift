import Tensors

/// From observations to embeddings: dense layers for vectors, convolutions for pictures.
///
/// A picture of 64×64 pixels goes through the four convolutions of World Models, which the Dreamers took over: kernels
/// of 4 pixels in steps of 2, without padding, 64 → 31 → 14 → 6 → 2, with `depth`, 2·`depth`, 4·`depth` and 8·`depth`
/// channels. Half the side needs one convolution less: 32 → 15 → 6 → 2, and 16 → 7 → 2.
///
/// ```swift
/// let encoder = ObservationEncoder([64, 64, 3], units: 400, hiddenLayers: 4, depth: 32, using: &random)
/// encoder(.zeros([2, 3, 64 * 64 * 3])).shape  // [2, 3, 1024]
/// ```
/// Source: Ha and Schmidhuber 2018, appendix A.1; Hafner et al. 2020, appendix A.
public struct ObservationEncoder: Module {
  /// For vectors.
  public var layers: MLP?
  /// For pictures, each followed by the activation.
  public var convolutions: [Conv2d]
  /// The extent of an embedding.
  public let embeddingSize: Int
  private let shape: [Int]
  private let activation: @Sendable (Tensor) -> Tensor

  /// An encoder with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - shape: of one observation: `[count]` for vectors, `[side, side, channels]` for pictures, whose side is a
  ///     power of two from 16 on.
  ///   - units: the width of the dense layers, and the extent of the embedding of a vector.
  ///   - hiddenLayers: how many dense layers there are before the last, linear one.
  ///   - depth: the channels of the first convolution.
  ///   - activation: applied after each hidden layer, and after every convolution. DreamerV1 takes ELU for vectors
  ///     and ReLU for pictures, V2 ELU for both.
  ///   - random: draws the weights.
  public init(
    _ shape: [Int], units: Int, hiddenLayers: Int, depth: Int,
    activation: @escaping @Sendable (Tensor) -> Tensor = { elu($0) }, using random: inout SplitMix64
  ) {
    (self.shape, self.activation) = (shape, activation)
    convolutions = []
    guard shape.count == 3 else {
      layers = MLP(
        shape[0], units, units: units, hiddenLayers: hiddenLayers, activation: activation, using: &random)
      embeddingSize = units
      return
    }
    var channels = shape[2]
    for level in 0..<PictureSizes.levels(shape) {
      convolutions.append(Conv2d(channels, depth << level, kernel: 4, stride: 2, using: &random))
      channels = depth << level
    }
    embeddingSize = PictureSizes.embedding(shape, depth: depth)
  }

  /// Encodes `[…, observation]` to `[…, embedding]`.
  ///
  /// A picture comes as a row of numbers in [0, 1], in the order row, column, channel; they are moved to [−½, ½].
  public func callAsFunction(_ observations: Tensor) -> Tensor {
    if let layers { return layers(observations) }
    var picture = (observations - 0.5).reshaped([-1] + shape)
    for convolution in convolutions { picture = activation(convolution(picture)) }
    return picture.reshaped(observations.shape.dropLast() + [embeddingSize])
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("layers", &layers)
    visitor("convolutions", &convolutions)
  }
}

/// How many halvings lie between a picture and the 2×2 pixels that are left of it.
enum PictureSizes {
  /// The convolutions for pictures of a shape `[side, side, channels]`.
  static func levels(_ shape: [Int]) -> Int {
    let side = shape[0]
    require(
      shape[1] == side && side >= 16 && side & (side - 1) == 0,
      "pictures must be square, with a power of two from 16 on as their side, not of shape \(shape)")
    return side.trailingZeroBitCount - 2
  }

  /// The numbers in the 2×2 pixels that the last convolution leaves.
  static func embedding(_ shape: [Int], depth: Int) -> Int { 4 * (depth << (levels(shape) - 1)) }
}
