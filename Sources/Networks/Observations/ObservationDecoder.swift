import Tensors

/// From features to the observations that they stand for: dense layers for vectors, transposed convolutions for
/// pictures.
///
/// For 64×64 pixels they are those of World Models, with a linear output: from one pixel of 32·`depth` channels with
/// kernels of 5, 5, 6 and 6 pixels in steps of 2, 1 → 5 → 13 → 30 → 64, with 4·`depth`, 2·`depth` and `depth` channels
/// in between. Half the side needs one less: 1 → 5 → 14 → 32 with kernels of 5, 6, 6, and 1 → 6 → 16 with 6, 6.
///
/// ```swift
/// let decoder = ObservationDecoder(
///   [64, 64, 3], features: 230, units: 400, hiddenLayers: 4, depth: 32, using: &random)
/// decoder(.zeros([2, 3, 230])).shape  // [2, 3, 12288]
/// ```
/// Source: Ha and Schmidhuber 2018, appendix A.1; Hafner et al. 2020, appendix A.
public struct ObservationDecoder: Module {
  /// For vectors, features → observation; for pictures one layer, features → the pixel that is enlarged.
  public var layers: MLP
  /// For pictures, each but the last followed by the activation.
  public var convolutions: [ConvTranspose2d]
  private let observationSize: Int
  private let activation: @Sendable (Tensor) -> Tensor

  /// A decoder with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - shape: of one observation: `[count]` for vectors, `[side, side, channels]` for pictures, whose side is a
  ///     power of two from 16 on.
  ///   - features: the extent of the input.
  ///   - units: the width of the dense layers.
  ///   - hiddenLayers: how many dense layers there are before the last, linear one.
  ///   - depth: the channels before the last convolution.
  ///   - activation: applied after each hidden layer, and between the convolutions. DreamerV1 takes ELU for vectors
  ///     and ReLU for pictures, V2 ELU for both.
  ///   - random: draws the weights.
  public init(
    _ shape: [Int], features: Int, units: Int, hiddenLayers: Int, depth: Int,
    activation: @escaping @Sendable (Tensor) -> Tensor = { elu($0) }, using random: inout SplitMix64
  ) {
    self.activation = activation
    observationSize = shape.reduce(1, *)
    convolutions = []
    guard shape.count == 3 else {
      layers = MLP(
        features, observationSize, units: units, hiddenLayers: hiddenLayers, activation: activation,
        using: &random)
      return
    }
    let levels = PictureSizes.levels(shape)
    var channels = PictureSizes.embedding(shape, depth: depth)
    layers = MLP(features, channels, units: 0, hiddenLayers: 0, using: &random)
    for level in (0..<levels).reversed() {
      let next = level == 0 ? shape[2] : depth << (level - 1)
      convolutions.append(
        ConvTranspose2d(channels, next, kernel: level < 2 ? 6 : 5, stride: 2, using: &random))
      channels = next
    }
  }

  /// Decodes `[…, feature]` to the means of observations, `[…, observation]`.
  ///
  /// A picture is a row of numbers around ½, in the order row, column, channel; nothing keeps them in [0, 1].
  public func callAsFunction(_ features: Tensor) -> Tensor {
    let output = layers(features)
    guard let last = convolutions.last else { return output }
    var picture = output.reshaped([-1, 1, 1, output.shape[output.rank - 1]])
    for convolution in convolutions.dropLast() { picture = activation(convolution(picture)) }
    return last(picture).reshaped(features.shape.dropLast() + [observationSize]) + 0.5
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("layers", &layers)
    visitor("convolutions", &convolutions)
  }
}
