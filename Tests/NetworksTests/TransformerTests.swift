import CourseTesting
import Networks
import Tensors
import Testing

/// Norms, attention and their losses: against PyTorch, by finite differences, and step by step.
@Suite struct TransformerTests {
  private var random = SplitMix64(seed: 1)

  // MARK: Norms

  @Test(arguments: [
    ("layer_norm_eps1e-05", Float(1e-5)), ("layer_norm_eps0.001", 1e-3), ("layer_norm_small_variance", 1e-3),
  ])
  func layerNorm(_ name: String, epsilon: Float) throws {
    try GoldenCase.named(name, in: "tensor_nn").check(at: ["x", "g", "b"]) { tensors in
      var norm = LayerNorm(5, epsilon: epsilon)
      (norm.scale, norm.offset) = (tensors[1], tensors[2])
      return ["y": norm(tensors[0])]
    }
  }

  @Test(arguments: ["rms_norm_eps1e-4", "rms_norm_tiny"]) func rmsNorm(_ name: String) throws {
    try GoldenCase.named(name, in: "tensor_nn").check(at: ["x", "g"]) { tensors in
      var norm = RMSNorm(5)
      norm.scale = tensors[1]
      return ["y": norm(tensors[0])]
    }
  }

  /// PyTorch's images have the channels first.
  @Test func groupNorm() throws {
    try GoldenCase.named("group_norm", in: "tensor_nn").check(at: ["x", "g", "b"]) { tensors in
      var norm = GroupNorm(6, groups: 3)
      (norm.scale, norm.offset) = (tensors[1], tensors[2])
      return ["y": norm(tensors[0].transposed(0, 2, 3, 1)).transposed(0, 3, 1, 2)]
    }
  }

  @Test func emptyBatches() {
    #expect(LayerNorm(3)(.zeros([0, 3])).shape == [0, 3])
    #expect(GroupNorm(4, groups: 2)(.zeros([0, 2, 3, 4])).shape == [0, 2, 3, 4])
    let x = Tensor.zeros([0, 5, 6])
    let (value, gradients) = valueWithGradient(at: [x]) {
      attention(query: $0[0], key: $0[0], value: $0[0], heads: 2).sum()
    }
    #expect(value.scalar == 0 && gradients[0].shape == x.shape)
  }

  // MARK: Attention

  @Test func causalSelfAttention() throws {
    let golden = try GoldenCase.named("causal_self_attention", in: "tensor_nn")
    try golden.check(at: ["x", "Wq", "Wk", "Wv", "Wo", "bq", "bk", "bv", "bo"]) { tensors in
      var random = SplitMix64(seed: 2)
      var layer = MultiHeadAttention(6, heads: 3, using: &random)
      layer.query = Linear(weight: tensors[1].transposed(), bias: tensors[5])
      layer.key = Linear(weight: tensors[2].transposed(), bias: tensors[6])
      layer.value = Linear(weight: tensors[3].transposed(), bias: tensors[7])
      layer.output = Linear(weight: tensors[4].transposed(), bias: tensors[8])
      return ["y": layer(tensors[0])]
    }
  }

  @Test mutating func theNextPositionsAfterAMemory() {
    let network = Transformer(6, layers: 2, heads: 3, using: &random)
    let x = Tensor.normal([2, 7, 6], using: &random)
    var memory = network.emptyMemory
    let parts = [0..<4, 4..<5, 5..<7].map { network(x.slice($0, axis: 1), after: &memory) }
    #expect(memory.map(\.count) == [7, 7])
    expectClose(
      concatenate(parts, axis: 1).scalars.map(Double.init), network(x).scalars.map(Double.init), rtol: 1e-5,
      atol: 1e-6, "positions one after the other")
  }

  @Test mutating func noPositionSeesLaterOnes() {
    let network = Transformer(6, layers: 2, heads: 2, using: &random)
    let x = Tensor.normal([2, 5, 6], using: &random)
    let other = concatenate([x.slice(0..<3, axis: 1), Tensor.ones([2, 2, 6])], axis: 1)
    let (y, changed) = (network(x), network(other))
    #expect(y.slice(0..<3, axis: 1) == changed.slice(0..<3, axis: 1))
    #expect(y.at(3, axis: 1) != changed.at(3, axis: 1))
  }

  @Test mutating func gradientsOfABlock() {
    var block = TransformerBlock(6, heads: 3, using: &random)
    block.forEachParameter { _, parameter in
      parameter = parameter + 0.3 * .normal(parameter.shape, using: &random)
    }
    let x = Tensor.normal([2, 5, 6], using: &random)
    expectGradientsMatchFiniteDifferences(at: [x, block.attention.key.weight, block.expansion.bias]) {
      tensors in
      var changed = block
      (changed.attention.key.weight, changed.expansion.bias) = (tensors[1], tensors[2])
      return changed(tensors[0])
    }
  }

  @Test mutating func initialWeights() {
    let network = Transformer(64, layers: 3, heads: 4, using: &random)
    // Per block 12 f² + 13 f parameters, and the last norm.
    #expect(network.parameterCount == 3 * (12 * 64 * 64 + 13 * 64) + 128)
    for (name, value) in network.parameters where name.hasSuffix("weight") {
      #expect(abs(sqrt(square(value).mean()).scalar - 0.02) < 0.001, "\(name)")
    }
    let table = Embedding(100, size: 30, using: &random)
    #expect(abs(sqrt(square(table.weight).mean()).scalar - 0.02) < 0.001)
    #expect(table([4, 99, 4]) == table.weight.rows([4, 99, 4]))
  }

  // MARK: Losses

  @Test func crossEntropyOfClasses() throws {
    let golden = try GoldenCase.named("cross_entropy", in: "tensor")
    let target = try golden.input("target").integers
    try golden.check(at: ["logits"]) { tensors in
      let loss = crossEntropy(logits: tensors[0], target: target)
      return ["none": loss, "sum": loss.sum(), "mean": loss.mean()]
    }
  }

  /// Rows without a target (−100 in PyTorch) are left out beforehand.
  @Test func crossEntropyOfSomeRows() throws {
    let golden = try GoldenCase.named("cross_entropy_ignore", in: "tensor")
    let target = try golden.input("target").integers
    let rows = target.indices.filter { target[$0] >= 0 }
    try golden.check(at: ["logits"]) { tensors in
      ["y": crossEntropy(logits: tensors[0].rows(rows), target: rows.map { target[$0] }).mean()]
    }
  }

  @Test func crossEntropyOfSoftTargets() throws {
    let golden = try GoldenCase.named("cross_entropy_soft", in: "tensor")
    let target = try golden.input("target").tensor
    try golden.check(at: ["logits"]) { ["y": crossEntropy(logits: $0[0], target: target)] }
  }

  @Test mutating func crossEntropyByFiniteDifferences() {
    let logits = Tensor.normal([2, 3, 4], using: &random)
    let target = softmax(Tensor.normal([2, 3, 4], using: &random))
    expectGradientsMatchFiniteDifferences(at: [logits]) {
      crossEntropy(logits: $0[0], target: [0, 3, 1, 1, 2, 0])
    }
    expectGradientsMatchFiniteDifferences(at: [logits]) { crossEntropy(logits: $0[0], target: target) }
  }
}
