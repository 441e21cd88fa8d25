import Networks
import Tensors

/// A small language model on tokens, as large as one that models a world.
private struct TokenModel: Module {
  static let vocabulary = 512, width = 128, time = 170
  var tokens: Embedding
  var positions: Embedding
  var transformer: Transformer
  var head: Linear

  init() {
    var random = SplitMix64(seed: 0)
    tokens = Embedding(Self.vocabulary, size: Self.width, using: &random)
    positions = Embedding(Self.time, size: Self.width, using: &random)
    transformer = Transformer(Self.width, layers: 4, heads: 4, using: &random)
    head = Linear(Self.width, Self.vocabulary, using: &random)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("tokens", &tokens)
    visitor("positions", &positions)
    visitor("transformer", &transformer)
    visitor("head", &head)
  }

  /// The cross-entropy of the next token, mean over batch and time; both lists hold row after row.
  func loss(_ inputs: [Int], targets: [Int]) -> Tensor {
    let vectors = tokens(inputs).reshaped([-1, Self.time, Self.width]) + positions.weight
    return crossEntropy(logits: head(transformer(vectors)), target: targets).mean()
  }
}

extension Workload {
  /// A training step of a causal transformer on 16 sequences of 170 tokens: loss, gradients, AdamW.
  static var tokenTraining: Workload {
    let batch = 16
    var workload = Workload("transformer-train") {
      var model = TokenModel().withFormulaWeights()
      let rate: Float = 3e-4
      var optimizer = Adam(for: model, rate: rate, epsilon: .pyTorch(1e-8), decay: { _ in 0.01 * rate })
      let rows = (0..<batch).map { row in
        Tensor.formula([TokenModel.time + 1], seed: 100 + row).scalars.map { min(Int(($0 + 1) * 256), 511) }
      }
      let (inputs, targets) = (rows.flatMap { $0.dropLast() }, rows.flatMap { $0.dropFirst() })
      return {
        let (loss, gradients) = valueWithGradient(at: model) { $0.loss(inputs, targets: targets) }
        optimizer.update(&model, along: gradients)
        return loss
      }
    }
    workload.goals = ["PyTorch": 2]
    return workload
  }
}
