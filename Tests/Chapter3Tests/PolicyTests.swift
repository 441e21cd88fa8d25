import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV2
#else
  import Chapter3
#endif

/// Policies for features of 11 numbers in a batch of 2, with 3 steps: 3 choices, or actions of 2 numbers.
@Suite(.exercise("3.7")) struct PolicyTests {
  let features = Tensor.sample([2, 3, 11], seed: 71, low: -2, high: 2)
  let choices = Behavior.example(.tiny(), actionSize: 3, isChoice: true, seed: 72).actor
  let numbers = Behavior.example(.tiny(), actionSize: 2, isChoice: false, seed: 76).actor

  private typealias Parameters = (means: [Double], deviations: [Double])

  /// The numbers of every state, from the layers' output.
  private func parameters(_ rule: ([Double]) -> Parameters) -> [Parameters] {
    features.vectors.map { rule(Oracle.mlp($0, numbers.layers)) }
  }

  private func right(_ output: [Double]) -> Parameters {
    (output[..<2].map(tanh), output[2...].map { 2 * Oracle.sigmoid($0 / 2) + 0.1 })
  }

  private let action = Tensor.sample([2, 3, 2], seed: 73, low: -0.9, high: 0.9)

  /// The log-density of the actions with other parameters, or another density.
  private func logDensity(
    _ rule: ([Double]) -> Parameters,
    _ density: (Double, Double, Double) -> Double = { Oracle.logTruncated($0, mean: $1, deviation: $2) }
  ) -> Tensor {
    let sums = zip(parameters(rule), action.vectors).map { parameters, action in
      (0..<2).reduce(0) { $0 + density(action[$1], parameters.means[$1], parameters.deviations[$1]) }
    }
    return Tensor([sums], shape: [2, 3])
  }

  @Test func densityOfNumbers() {
    func changed(_ mean: @escaping (Double) -> Double, _ deviation: @escaping (Double) -> Double) -> Tensor {
      logDensity { ($0[..<2].map(mean), $0[2...].map(deviation)) }
    }
    let deviation = { 2 * Oracle.sigmoid($0 / 2) + 0.1 }
    expectClose(
      numbers(features).logProbability(of: action), logDensity(right),
      "the log-density of actions of two numbers",
      mistakes: [
        Mistake("deviations without + 0.1", gives: changed(tanh) { 2 * Oracle.sigmoid($0 / 2) }),
        Mistake("deviations 2σ(y) + 0.1: y is halved", gives: changed(tanh) { 2 * Oracle.sigmoid($0) + 0.1 }),
        Mistake(
          "deviations σ(y/2) + 0.1: they are doubled", gives: changed(tanh) { Oracle.sigmoid($0 / 2) + 0.1 }),
        Mistake(
          "deviations softplus(y) + 0.1, which are V1's", gives: changed(tanh) { Oracle.softplus($0) + 0.1 }),
        Mistake("means that are not squashed: they are tanh(x)", gives: changed({ $0 }, deviation)),
        Mistake("V1's means, 5·tanh(x/5)", gives: changed({ 5 * tanh($0 / 5) }, deviation)),
        Mistake(
          "means in the second half of the output: they are in the first",
          gives: logDensity { right(Array($0[2...] + $0[..<2])) }),
        Mistake(
          "means and deviations in turns: first all means, then all deviations",
          gives: logDensity { right([$0[0], $0[2], $0[1], $0[3]]) }),
        Mistake(
          "V1's squashed Normal: V2's is truncated",
          gives: logDensity(right) { x, mean, deviation in
            Oracle.logNormal(atanh(x), mean: mean, deviation: deviation) - log(1 - x * x)
          }),
        Mistake(
          "a Normal that is not truncated",
          gives: logDensity(right) { Oracle.logNormal($0, mean: $1, deviation: $2) }),
      ])
  }

  @Test func modeAndEntropyOfNumbers() {
    var random = SplitMix64(seed: 74)
    let policy = numbers(features)
    expectClose(
      policy.mode(using: &random), Tensor(parameters(right).map(\.means), shape: [2, 3, 2]),
      "the likeliest actions")
    let entropies = parameters(right).map { parameters in
      zip(parameters.means, parameters.deviations).reduce(0) {
        $0 + Oracle.truncatedEntropy(mean: $1.0, deviation: $1.1)
      }
    }
    expectClose(
      policy.entropy(using: &random), Tensor([entropies], shape: [2, 3]), "the entropy, by integration",
      within: Tolerance(relative: 1e-3, absolute: 1e-4))
  }

  @Test func choicesAreCategories() {
    let policy = choices(features)
    let logits = features.vectors.map { Oracle.mlp($0, choices.layers) }
    let actions = (0..<6).map { [2, 0, 1, 1, 0, 2][$0] }
    let expected = zip(logits, actions).map { log(Oracle.softmax($0)[$1]) }
    expectClose(
      policy.logProbability(of: Tensor.oneHot(actions, count: 3).reshaped([2, 3, 3])),
      Tensor([expected], shape: [2, 3]), "the log-probability of choices",
      mistakes: [
        Mistake(
          "logits in place of log-probabilities",
          gives: Tensor([zip(logits, actions).map { $0[$1] }], shape: [2, 3])),
        Mistake(
          "logits that are squashed: only numbers are",
          gives: Tensor([zip(logits, actions).map { log(Oracle.softmax($0.map(tanh))[$1]) }], shape: [2, 3])),
      ])
    var random = SplitMix64(seed: 75)
    let draw = policy.sample(using: &random)
    expectShape(
      draw, [2, 3, 3], "a draw of 3 choices: one-hot",
      mistakes: [("a policy of numbers: look at isChoice", [2, 3, 1])])
    expectClose(draw.sum(-1), Tensor.ones([2, 3]), "the sum of a draw of 3 choices: one-hot")
  }

  @Test func drawsStayInside() {
    var random = SplitMix64(seed: 78)
    let many = Tensor.sample([400, 11], seed: 79, low: -3, high: 3)
    let draws = numbers(many).sample(using: &random)
    expectShape(draws, [400, 2], "draws of actions of two numbers")
    let isInside = draws.scalars.allSatisfy { abs($0) <= 1 }
    #expect(isInside, "an action outside [−1, 1]")
  }

  @Test func officialValuesAndGradients() throws {
    let golden = try GoldenCase.named("truncated_normal_actor", in: "dreamerv2")
    let action = try golden.input("action").tensor
    let weights = try ["log_prob", "entropy"].map { try golden.input("weights_\($0)").tensor }
    // One feature for each state, so that the weights of the only layer are the raw numbers.
    var random = SplitMix64(seed: 70)
    let settings = DreamerV2Configuration.tiny {
      ($0.groups, $0.classes, $0.deterministicSize, $0.headLayers) = (1, 1, 1, 0)
    }
    var actor = Behavior(actionSize: 3, isChoice: false, configuration: settings, using: &random).actor
    let raw = try concatenate([golden.input("mean_raw").tensor, golden.input("std_raw").tensor])
    let features = Tensor([[1, 0], [0, 1]])
    let found = valueWithGradient(at: [raw]) { x in
      actor.layers.layers[0].weight = x[0]
      let policy = actor(features)
      return (weights[0] * policy.logProbability(of: action) + weights[1] * policy.entropy(using: &random))
        .sum()
    }.gradients[0]
    actor.layers.layers[0].weight = raw
    let policy = actor(features)
    let tolerance = Tolerance(relative: 1e-3, absolute: 1e-4)
    expectClose(
      policy.logProbability(of: action), try golden.output("log_prob").tensor, "the official log-density",
      within: tolerance)
    expectClose(
      policy.entropy(using: &random), try golden.output("entropy").tensor, "the official entropy",
      within: tolerance)
    let slopes = try ["mean_raw", "std_raw"].map { try #require(golden.gradients[$0]).tensor }
    expectClose(found, concatenate(slopes), "the official gradient at the raw numbers", within: tolerance)
  }
}
