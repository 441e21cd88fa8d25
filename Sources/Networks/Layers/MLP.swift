import Tensors

/// Fully connected hidden layers, each with an activation and, where wanted, a norm before it; then a linear output.
///
/// ```swift
/// // The heads of DreamerV1, and those of DreamerV3:
/// let value = MLP(230, 1, units: 400, hiddenLayers: 2, using: &random)
/// value(Tensor.ones([2, 230])).shape  // [2, 1]
/// let critic = MLP(
///   230, 255, units: 64, hiddenLayers: 3, norm: { RMSNorm($0) }, activation: { silu($0) },
///   weights: .truncatedNormal, outputWeights: .zeros, using: &random)
/// critic(Tensor.ones([2, 230])).shape  // [2, 255]
/// ```
public struct MLP: Module {
  /// The layers from input to output.
  public var layers: [Linear]
  /// One norm for each hidden layer, or none at all.
  public var norms: [any Norm]
  private let hasOutput: Bool
  private let activation: @Sendable (Tensor) -> Tensor

  /// A network of `hiddenLayers` layers of `units` and a linear output.
  ///
  /// - Parameters:
  ///   - inputs: the extent of the last axis of the input.
  ///   - outputs: the extent of the last axis of the output; if left out, the last hidden layer is the output.
  ///   - units: the width of the hidden layers.
  ///   - hiddenLayers: how many of them; 0 gives a single linear layer.
  ///   - norm: makes the norm of a hidden layer, which comes before its activation.
  ///   - activation: applied after each hidden layer.
  ///   - weights: how the weights are drawn.
  ///   - outputWeights: the same for the output; nil means as the others.
  ///   - hasBias: whether the hidden layers have a bias; the output always has one.
  ///   - random: draws the weights.
  public init(
    _ inputs: Int, _ outputs: Int? = nil, units: Int, hiddenLayers: Int,
    norm: ((_ features: Int) -> any Norm)? = nil,
    activation: @escaping @Sendable (Tensor) -> Tensor = { elu($0) },
    weights: Initializer = .glorotUniform, outputWeights: Initializer? = nil, hasBias: Bool = true,
    using random: inout SplitMix64
  ) {
    layers = (0..<hiddenLayers).map { index in
      Linear(index == 0 ? inputs : units, units, weights: weights, hasBias: hasBias, using: &random)
    }
    norms = []
    if let norm { norms = (0..<hiddenLayers).map { _ in norm(units) } }
    let last = hiddenLayers == 0 ? inputs : units
    if let outputs { layers.append(Linear(last, outputs, weights: outputWeights ?? weights, using: &random)) }
    hasOutput = outputs != nil
    self.activation = activation
  }

  /// Applies the network to `[…, inputs]`, giving `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    var x = x
    for (index, layer) in layers.dropLast(hasOutput ? 1 : 0).enumerated() {
      x = layer(x)
      if !norms.isEmpty { x = norms[index](x) }
      x = activation(x)
    }
    return hasOutput ? layers[layers.count - 1](x) : x
  }

  /// Shows layers and norms to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("layers", &layers)
    for index in norms.indices { visitor("norms.\(index)", &norms[index]) }
  }
}
