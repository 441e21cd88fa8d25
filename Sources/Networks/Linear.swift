import Tensors

/// A fully connected layer: y = x·W + b.
public struct Linear: Module {
  /// `[in, out]`.
  public var weight: Tensor
  /// `[out]`.
  public var bias: Tensor

  /// A layer with the given `[in, out]` weight and `[out]` bias.
  public init(weight: Tensor, bias: Tensor) {
    self.weight = weight
    self.bias = bias
  }

  /// A layer with Glorot-uniform weights and zero bias, the initialisation of Keras that DreamerV1 uses.
  public init(_ inputs: Int, _ outputs: Int, using random: inout SplitMix64) {
    weight = .glorotUniform([inputs, outputs], using: &random)
    bias = .zeros([outputs])
  }

  /// Applies the layer to `[…, in]`, giving `[…, out]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    linear(x, weight: weight, bias: bias)
  }

  /// Shows weight and bias to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("weight", &weight)
    visitor("bias", &bias)
  }
}

/// Fully connected layers with an activation between them (none after the last).
public struct MLP: Module {
  /// The layers from input to output.
  public var layers: [Linear]
  private let activation: @Sendable (Tensor) -> Tensor

  /// A network of `hiddenLayers` layers of `units` and a linear output.
  ///
  /// - Parameters:
  ///   - inputs: the extent of the last axis of the input.
  ///   - outputs: the extent of the last axis of the output.
  ///   - units: the width of the hidden layers.
  ///   - hiddenLayers: how many of them; 0 gives a single linear layer.
  ///   - activation: applied after each hidden layer.
  ///   - random: draws the weights.
  public init(
    _ inputs: Int, _ outputs: Int, units: Int, hiddenLayers: Int,
    activation: @escaping @Sendable (Tensor) -> Tensor = { elu($0) }, using random: inout SplitMix64
  ) {
    let widths = [inputs] + Array(repeating: units, count: hiddenLayers) + [outputs]
    layers = []
    for (from, to) in zip(widths, widths.dropFirst()) { layers.append(Linear(from, to, using: &random)) }
    self.activation = activation
  }

  /// Applies the network to `[…, inputs]`, giving `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let hidden = layers.dropLast().reduce(x) { hidden, layer in activation(layer(hidden)) }
    return layers[layers.count - 1](hidden)
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("layers", &layers)
  }
}
