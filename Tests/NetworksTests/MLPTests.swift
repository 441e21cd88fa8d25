import CourseTesting
import Networks
import Tensors
import Testing

/// Fully connected layers, alone and in a row.
@Suite struct MLPTests {
  private var random = SplitMix64(seed: 1)

  @Test mutating func linearLayer() {
    var layer = Linear(2, 3, using: &random)
    layer.weight = Tensor([[1, 2, 3], [4, 5, 6]])
    layer.bias = Tensor([10, 20, 30])
    #expect(layer(Tensor([1, 2])).scalars == [19, 32, 45])
    #expect(
      layer(Tensor.ones([4, 5, 2])).shape == [4, 5, 3] && layer(Tensor.ones([4, 5, 2]))[3, 4, 2] == 39)
  }

  @Test mutating func linearLayerWithoutBias() {
    var layer = Linear(2, 3, hasBias: false, using: &random)
    #expect(layer.parameters.map(\.name) == ["weight"] && layer.bias == .zeros([3]))
    layer.weight = Tensor([[1, 2, 3], [4, 5, 6]])
    #expect(layer(Tensor([1, 2])).scalars == [9, 12, 15])
    layer.bias = Tensor([10, 20, 30])
    #expect(layer(Tensor([1, 2])).scalars == [19, 32, 45] && layer.parameterCount == 9)
  }

  @Test mutating func networkOfLayers() {
    let network = MLP(2, 3, units: 5, hiddenLayers: 2, activation: { tanh($0) }, using: &random)
    #expect(network.layers.map(\.weight.shape) == [[2, 5], [5, 5], [5, 3]])
    let x = Tensor.normal([4, 2], using: &random)
    let expected = network.layers[2](tanh(network.layers[1](tanh(network.layers[0](x)))))
    #expect(network(x).scalars == expected.scalars)
    #expect(MLP(2, 3, units: 5, hiddenLayers: 0, using: &random).layers.map(\.weight.shape) == [[2, 3]])
    expectGradientsMatchFiniteDifferences(at: [x]) { network($0[0]) }
  }

  @Test mutating func theUsualActivationIsELU() {
    let network = MLP(2, 3, units: 5, hiddenLayers: 1, using: &random)
    let x = Tensor.normal([4, 2], using: &random)
    #expect(network(x).scalars == network.layers[1](elu(network.layers[0](x))).scalars)
  }

  /// An encoder ends with its last hidden layer.
  @Test mutating func networkWithoutOutput() {
    let network = MLP(2, units: 5, hiddenLayers: 2, activation: { tanh($0) }, using: &random)
    #expect(network.layers.map(\.weight.shape) == [[2, 5], [5, 5]])
    let x = Tensor.normal([4, 2], using: &random)
    #expect(network(x).scalars == tanh(network.layers[1](tanh(network.layers[0](x)))).scalars)
  }

  @Test mutating func initialWeightsAndBiases() {
    let network = MLP(
      2, 3, units: 5, hiddenLayers: 2, norm: { LayerNorm($0, epsilon: 1e-3) }, weights: .orthogonal,
      outputWeights: .zeros, hasBias: false, using: &random)
    #expect(
      network.parameters.map(\.name) == [
        "layers.0.weight", "layers.1.weight", "layers.2.weight", "layers.2.bias", "norms.0.scale",
        "norms.0.offset", "norms.1.scale", "norms.1.offset",
      ])
    #expect(abs(square(network.layers[1].weight).sum().scalar - 5) < 1e-4)
    #expect(network(.normal([4, 2], using: &random)) == .zeros([4, 3]))
  }

  // MARK: DreamerV3

  /// Its networks, with given weights.
  private func network(_ layers: [Linear], scales: [Tensor]) -> MLP {
    var random = SplitMix64(seed: 1)
    let (inputs, outputs) = (layers[0].weight.shape[0], layers[layers.count - 1].weight.shape[1])
    var network = MLP(
      inputs, outputs, units: layers[0].weight.shape[1], hiddenLayers: scales.count,
      norm: { RMSNorm($0) }, activation: { silu($0) }, weights: .truncatedNormal, using: &random)
    #expect(network.layers.map(\.weight.shape) == layers.map(\.weight.shape))
    network.layers = layers
    network.norms = scales.map { scale in
      var norm = RMSNorm(scale.count)
      norm.scale = scale
      return norm
    }
    return network
  }

  @Test func oneHiddenLayer() throws {
    try GoldenCase.named("mlp_rmsnorm_silu", in: "tensor_nn").check(
      at: ["x", "W1", "b1", "g1", "W2", "b2"]
    ) { tensors in
      let layers = [
        Linear(weight: tensors[1].transposed(), bias: tensors[2]),
        Linear(weight: tensors[4].transposed(), bias: tensors[5]),
      ]
      return ["loss": square(network(layers, scales: [tensors[3]])(tensors[0])).mean()]
    }
  }

  /// The prior of the official code: from the memory to the logits of the latent variables.
  @Test func twoHiddenLayers() throws {
    let golden = try GoldenCase.named("rssm_observe_2024", in: "dreamerv3_rssm")
    let layers = try ["prior0", "prior1", "priorlogit"].map { name in
      Linear(
        weight: try golden.input("\(name)_kernel").tensor, bias: try golden.input("\(name)_bias").tensor)
    }
    let scales = try ["prior0", "prior1"].map { try golden.input("\($0)norm_scale").tensor }
    let logits = network(layers, scales: scales)(try golden.output("deter").tensor)
    try golden.expect(logits.reshaped([3, 2, 3]), is: "prior_logits")
  }
}
