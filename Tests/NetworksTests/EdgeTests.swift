import CourseTesting
import Networks
import Tensors
import Testing

/// Distributions and losses at probabilities of 0 and at huge numbers, against `Fixtures/edges.json`.
@Suite struct EdgeTests {
  private func rows(_ classes: [Int], of logits: Tensor) -> Tensor {
    .oneHot(classes, count: logits.shape[1])
  }

  @Test func classesWithoutProbability() throws {
    let golden = try GoldenCase.named("categorical", in: "edges")
    try golden.check(at: ["p", "q"]) { tensors in
      let (p, q) = (Categorical(logits: tensors[0]), Categorical(logits: tensors[1]))
      return [
        "entropy": p.entropy, "divergence": p.klDivergence(to: q), "to_itself": p.klDivergence(to: p),
        "log_probability": q.logProbability(of: rows([0, 1, 2, 2, 0], of: tensors[1])),
      ]
    }
    let mixed = try GoldenCase.named("categorical_mixed", in: "edges")
    try mixed.check(at: ["p"]) { tensors in
      let categorical = Categorical(logits: tensors[0], uniformShare: 0.01)
      return ["entropy": categorical.entropy, "log_probabilities": categorical.logProbabilities]
    }
  }

  @Test func excludedClasses() throws {
    let golden = try GoldenCase.named("categorical_excluded", in: "edges")
    let logits = [try golden.input("p").tensor, try golden.input("q").tensor]
    let (_, gradients) = valueWithGradient(at: logits) { tensors in
      let (p, q) = (Categorical(logits: tensors[0]), Categorical(logits: tensors[1]))
      return p.klDivergence(to: q).sum() + q.entropy.sum()
    }
    #expect(gradients.allSatisfy { $0.scalars.allSatisfy(\.isFinite) })
    try golden.check(at: []) { _ in
      let (p, q) = (Categorical(logits: logits[0]), Categorical(logits: logits[1]))
      return [
        "divergence": p.klDivergence(to: q),
        "log_probability": q.logProbability(of: rows([2, 1], of: logits[1])),
      ]
    }
  }

  @Test func losses() throws {
    let golden = try GoldenCase.named("cross_entropy", in: "edges")
    let target = try golden.input("target").tensor
    try golden.check(at: ["logits"]) { tensors in
      [
        "soft": crossEntropy(logits: tensors[0], target: target),
        "hard": crossEntropy(logits: tensors[0], target: [0, 0, 0, 0]),
      ]
    }
    let bernoulli = try GoldenCase.named("bernoulli", in: "edges")
    let flags = try bernoulli.input("target").tensor
    try bernoulli.check(at: ["logits"]) { ["loss": bernoulliLoss(logits: $0[0], target: flags)] }
  }

  @Test func twoHotNumbers() throws {
    let golden = try GoldenCase.named("two_hot", in: "edges")
    let x = try golden.input("x").tensor
    let bins: [Float] = [-20, -3, 0, 1.5, 20]
    try golden.check(at: ["logits"]) { tensors in
      let distribution = TwoHot(logits: tensors[0], bins: bins)
      return [
        "weights": TwoHot.weights(of: x, bins: bins), "mean": distribution.mean,
        "log_probability": distribution.logProbability(of: x),
      ]
    }
    // What V3 does with numbers beyond all bounds.
    let infinite = Tensor([-.infinity, .infinity])
    let ends = TwoHot.weights(of: symlog(infinite), bins: TwoHot.linearBins(5))
    #expect(ends == Tensor([[1, 0, 0, 0, 0], [0, 0, 0, 0, 1]]))
  }

  @Test func truncatedFarFromItsBounds() throws {
    let golden = try GoldenCase.named("truncated_normal", in: "edges")
    let x = try golden.input("x").tensor.reshaped([-1, 1])
    try golden.check(at: ["mean", "deviation"]) { tensors in
      let parts = tensors.map { $0.reshaped([-1, 1]) }
      let distribution = TruncatedNormal(Normal(mean: parts[0], standardDeviation: parts[1]))
      return ["log_probability": distribution.logProbability(of: x), "entropy": distribution.entropy]
    }
    var random = SplitMix64(seed: 1)
    let narrow = Normal(mean: Tensor([-1, 0, 1]), standardDeviation: Tensor(1e-3))
    let sample = TruncatedNormal(narrow).sample(using: &random)
    #expect(maximum(abs(sample - narrow.mean), Tensor(0)).maximum().scalar < 6e-3)
  }
}
