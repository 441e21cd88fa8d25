import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

/// Distributions against the papers' code, their moments and their gradients.
@Suite struct DistributionTests {
  private var random = SplitMix64(seed: 1)

  /// The mean and the standard deviation over the first axis.
  private func moments(_ sample: Tensor) -> (mean: [Float], deviation: [Float]) {
    let mean = sample.mean(0)
    return (mean.scalars, sqrt(square(sample - mean).mean(0)).scalars)
  }

  // MARK: Normal and truncated normal

  @Test func normalActor() throws {
    let golden = try GoldenCase.named("actor_continuous", in: "dreamerv3")
    let action = try golden.input("action").tensor
    try golden.check(at: ["mean_raw", "std_raw"]) { tensors in
      let normal = Normal(mean: tanh(tensors[0]), standardDeviation: 0.9 * sigmoid(tensors[1] + 2) + 0.1)
      return [
        "mean": normal.mean, "std": normal.standardDeviation,
        "log_prob": normal.logProbability(of: action).sum(-1), "entropy": normal.entropy.sum(-1),
      ]
    }
  }

  private func truncatedActor(_ mean: Tensor, _ deviation: Tensor) -> TruncatedNormal {
    TruncatedNormal(Normal(mean: tanh(mean), standardDeviation: 2 * sigmoid(deviation / 2) + 0.1))
  }

  @Test func truncatedActor() throws {
    let golden = try GoldenCase.named("truncated_normal_actor", in: "dreamerv2")
    let action = try golden.input("action").tensor
    try golden.check(at: ["mean_raw", "std_raw"]) { tensors in
      let actor = truncatedActor(tensors[0], tensors[1])
      return [
        "loc": actor.normal.mean, "scale": actor.normal.standardDeviation,
        "log_prob": actor.logProbability(of: action), "entropy": actor.entropy,
        // The moments are tested with samples.
        "mean": try golden.output("mean").tensor, "std": try golden.output("std").tensor,
      ]
    }
    let actor = truncatedActor(try golden.input("mean_raw").tensor, try golden.input("std_raw").tensor)
    #expect(actor.mode == actor.normal.mean)

    let count = 20_000
    var random = SplitMix64(seed: 1)
    let many = TruncatedNormal(
      Normal(
        mean: actor.normal.mean.broadcast(to: [count, 2, 3]),
        standardDeviation: actor.normal.standardDeviation))
    let sample = many.sample(using: &random)
    #expect(sample.scalars.allSatisfy { abs($0) < 1 })
    let (mean, deviation) = moments(sample)
    let (means, deviations) = (try golden.output("mean").data, try golden.output("std").data)
    for index in mean.indices {
      // Five standard errors.
      let error = 5 * deviations[index] / Double(count).squareRoot()
      #expect(abs(Double(mean[index]) - means[index]) < error)
      #expect(abs(Double(deviation[index]) - deviations[index]) < error)
    }
  }

  /// Each draw is the quantile of one uniform number.
  @Test func truncatedQuantiles() throws {
    func share(_ x: Double, _ mean: Double, _ deviation: Double) -> Double {
      func below(_ x: Double) -> Double { 0.5 * erfc(-(x - mean) / deviation / 2.0.squareRoot()) }
      return (below(x) - below(-1)) / (below(1) - below(-1))
    }
    let golden = try GoldenCase.named("truncated_normal_quantile", in: "dreamerv2")
    let (means, deviations) = (try golden.input("loc"), try golden.input("scale"))
    let normal = Normal(mean: means.tensor, standardDeviation: deviations.tensor)
    var (random, twin) = (SplitMix64(seed: 4), SplitMix64(seed: 4))
    let sample = TruncatedNormal(normal).sample(using: &random).scalars
    let official = (try golden.input("u").data, try golden.output("sample").data)
    for index in sample.indices {
      let (mean, deviation) = (means.data[index], deviations.data[index])
      #expect(abs(share(official.1[index], mean, deviation) - official.0[index]) < 1e-6)
      #expect(abs(share(Double(sample[index]), mean, deviation) - twin.uniform()) < 1e-5)
    }
    #expect(random == twin)
  }

  @Test func gradientsOfTheTruncatedNormal() {
    let parts = [
      Tensor([[-0.9, 0.1, 0.6], [0.3, -0.4, 0.85]]), Tensor([[0.6, 1.2, 0.7], [1.9, 0.9, 0.8]]),
    ]
    let x = Tensor([[-0.7, 0.2, 0.99], [0.1, -0.95, 0.4]])
    func distribution(_ tensors: [Tensor]) -> TruncatedNormal {
      TruncatedNormal(Normal(mean: tensors[0], standardDeviation: tensors[1]))
    }
    expectGradientsMatchFiniteDifferences(at: parts) { distribution($0).logProbability(of: x) }
    expectGradientsMatchFiniteDifferences(at: parts) { distribution($0).entropy }
    expectGradientsMatchFiniteDifferences(at: parts, tolerance: 1e-3) { tensors in
      var random = SplitMix64(seed: 2)
      return distribution(tensors).sample(using: &random)
    }
  }

  /// A narrow distribution at the bound: the draw stays inside, and so does what it passes back.
  @Test func samplesAtTheBound() {
    var random = SplitMix64(seed: 3)
    let (sample, gradients) = valueWithGradient(at: [
      Tensor.ones([1000]), Tensor(repeating: 0.1, shape: [1000]),
    ]) {
      TruncatedNormal(Normal(mean: $0[0], standardDeviation: $0[1])).sample(using: &random).mean()
    }
    #expect(sample.scalar < 0.95 && sample.scalar > 0.9)
    #expect(gradients.allSatisfy { $0.scalars.allSatisfy { $0.isFinite && abs($0) < 0.01 } })
  }

  // MARK: Policies

  /// Whole actions of every kind: one number each for probability and entropy.
  @Test func policiesJudgeWholeActions() {
    var random = SplitMix64(seed: 5)
    let normal = Normal(mean: .zeros([4, 2, 3]), standardDeviation: .ones([4, 2, 3]))
    let policies: [any Distribution] = [
      TruncatedNormal(normal), Categorical(logits: .sample([4, 2, 3], seed: 6)),
    ]
    for policy in policies {
      let (draw, mode) = (policy.sample(using: &random), policy.mode(using: &random))
      #expect(draw.shape == [4, 2, 3] && mode.shape == [4, 2, 3])
      #expect(policy.logProbability(of: draw).shape == [4, 2])
      #expect(policy.entropy(using: &random).shape == [4, 2])
      let better = policy.logProbability(of: mode) - policy.logProbability(of: draw)
      #expect(better.scalars.allSatisfy { $0 >= 0 })
    }
  }

  // MARK: Categorical

  @Test func mixingWithTheUniformDistribution() throws {
    let golden = try GoldenCase.named("unimix", in: "dreamerv3")
    let event = try golden.input("event").tensor
    try golden.check(at: ["logits"]) { tensors in
      let categorical = Categorical(logits: tensors[0], uniformShare: 0.01)
      return [
        "log_probs": categorical.logProbabilities, "probs": categorical.probabilities,
        "entropy_per_group": categorical.entropy, "entropy": categorical.entropy.sum(-1),
        "log_prob": categorical.logProbability(of: event).sum(-1),
      ]
    }
  }

  @Test(arguments: [("straight_through", "dreamerv2"), ("straight_through_unimix", "dreamerv3")])
  func straightThrough(name: String, file: String) throws {
    let golden = try GoldenCase.named(name, in: file)
    let sample = try golden.input("sample").tensor
    try golden.check(at: ["logits"]) { tensors in
      let categorical = Categorical(logits: tensors[0], uniformShare: name == "straight_through" ? 0 : 0.01)
      return ["y": categorical.straightThrough(sample.argmax())]
    }
  }

  /// The numbers are exactly 0 and 1, the gradient is exactly that of the probabilities.
  @Test mutating func samplesPassGradientsStraightThrough() {
    let logits = Tensor.normal([2, 3, 4], using: &random)
    let weights = Tensor.normal([2, 3, 4], using: &random)
    func gradient(_ function: @escaping (Categorical) -> Tensor) -> [Float] {
      valueWithGradient(at: [logits]) {
        (function(Categorical(logits: $0[0], uniformShare: 0.01)) * weights).sum()
      }
      .gradients[0].scalars
    }
    let expected = gradient { $0.probabilities }
    for isMode in [true, false] {
      let found = gradient { categorical in
        var random = SplitMix64(seed: 5)
        let sample = isMode ? categorical.mode : categorical.sample(using: &random)
        #expect(sample.scalars.allSatisfy { $0 == 0 || $0 == 1 } && sample.sum(-1) == .ones([2, 3]))
        return sample
      }
      #expect(found == expected)
    }
  }

  @Test func balancedDivergence() throws {
    let golden = try GoldenCase.named("kl_balance_0.8", in: "dreamerv2")
    try golden.check(at: ["post", "prior"]) { tensors in
      func divergence(_ posterior: Tensor, _ prior: Tensor) -> Tensor {
        Categorical(logits: posterior).klDivergence(to: Categorical(logits: prior)).sum(-1)
      }
      let forPrior = divergence(stopGradient(tensors[0]), tensors[1])
      let forPosterior = divergence(tensors[0], stopGradient(tensors[1]))
      return ["kl": forPrior, "loss": (0.8 * forPrior + 0.2 * forPosterior).mean()]
    }
  }

  @Test func divergenceOfMixedDistributions() throws {
    let golden = try GoldenCase.named("kl_dyn_rep_2024", in: "dreamerv3")
    try golden.check(at: ["post", "prior"]) { tensors in
      func divergence(_ posterior: Tensor, _ prior: Tensor) -> Tensor {
        Categorical(logits: posterior, uniformShare: 0.01)
          .klDivergence(to: Categorical(logits: prior, uniformShare: 0.01)).sum(-1)
      }
      let dynamics = maximum(divergence(stopGradient(tensors[0]), tensors[1]), Tensor(1))
      let representation = maximum(divergence(tensors[0], stopGradient(tensors[1])), Tensor(1))
      return [
        "kl": divergence(tensors[0], tensors[1]), "dyn": dynamics, "rep": representation,
        "loss": dynamics.mean() + 0.1 * representation.mean(),
      ]
    }
  }

  @Test mutating func gradientsOfTheCategorical() {
    let parts = [Tensor.normal([2, 3, 4], using: &random), .normal([2, 3, 4], using: &random)]
    for share in [Float(0), 0.1] {
      expectGradientsMatchFiniteDifferences(at: parts) { tensors in
        let (a, b) = (
          Categorical(logits: tensors[0], uniformShare: share),
          Categorical(logits: tensors[1], uniformShare: share)
        )
        return stack([a.klDivergence(to: b), a.entropy, b.logProbability(of: parts[0])])
      }
    }
  }

  @Test mutating func frequenciesOfSamples() {
    let probabilities: [Float] = [0.5, 0, 0.2, 0.3]
    let count = 20_000
    let logits = Tensor(probabilities.map { $0 == 0 ? -200 : log($0) }).broadcast(to: [count, 4])
    let sample = Categorical(logits: logits).sample(using: &random)
    #expect(sample.shape == [count, 4])
    let shares = sample.mean(0).scalars
    for (share, probability) in zip(shares, probabilities) {
      let error = 5 * (probability * (1 - probability) / Float(count)).squareRoot()
      #expect(abs(share - probability) <= error)
    }
    let mixed = Categorical(logits: logits, uniformShare: 0.2).sample(using: &random).mean(0)
    #expect(abs(mixed[1] - 0.05) < 0.008 && abs(mixed[0] - 0.45) < 0.018)
  }

  // MARK: Bernoulli

  @Test func discountAndReward() throws {
    let golden = try GoldenCase.named("discount_and_reward_heads", in: "dreamerv2")
    let target = 0.99 * (1 - (try golden.input("term").tensor))
    let reward = tanh(try golden.input("rew").tensor)
    try golden.check(at: ["logit", "rew_pred"]) { tensors in
      let discount = bernoulliLoss(logits: tensors[0], target: target)
      let rewards = -Normal(mean: tensors[1], standardDeviation: Tensor(1)).logProbability(of: reward)
      return [
        "discount_nll": discount, "reward_nll": rewards, "loss": 5 * discount.mean() + rewards.mean(),
      ]
    }
  }
}
