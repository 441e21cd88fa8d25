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

/// The critic's loss on 2 dreams of 4 steps, with returns and weights that belong to no dream.
@Suite(.exercise("3.11")) struct CriticLossTests {
  let behavior = Behavior.example(.tiny(), actionSize: 3, isChoice: true, seed: 121)
  let critic = Behavior.example(.tiny(), actionSize: 3, isChoice: true, seed: 125).critic
  let dream = Dream(
    features: .sample([2, 5, 11], seed: 127), actions: .zeros([2, 5, 3]), discounts: .ones([2, 5]))
  let judgement = Behavior.Judgement(
    returns: .sample([2, 4], seed: 128, low: -1, high: 3),
    values: .sample([2, 5], seed: 129, low: -1, high: 3),
    weights: .sample([2, 4], seed: 120, low: 0.3, high: 1))

  /// The values of all five states of each dream.
  private func values(_ critic: MLP, bias: Double = 0) -> [[Double]] {
    dream.features.vectors.map { Oracle.mlp($0, critic)[0] + bias }.chunks(5)
  }

  /// The weighted mean of `term` over values and returns.
  private func loss(
    _ values: [[Double]], _ returns: [[Double]]? = nil, weights: [[Double]]? = nil,
    _ term: (Double, Double) -> Double = { -Oracle.logNormal($1, mean: $0, deviation: 1) }
  ) -> Double {
    let terms = zip(values, returns ?? judgement.returns.vectors).map { zip($0, $1).map(term) }
    return Oracle.mean(weights ?? judgement.weights.vectors, terms)
  }

  @Test func value() {
    let (all, returns, weights) = (values(critic), judgement.returns.vectors, judgement.weights.vectors)
    let right = loss(all)
    let found = behavior.criticLoss(critic, dream: dream, judgement: judgement)
    expectShape(
      found, [], "the loss, a single number", mistakes: [("a loss for each state: take the mean", [2, 4])])
    func late(_ rows: [[Double]]) -> [[Double]] { rows.map { Array($0[1...]) } }
    expectClose(
      found, right, "the critic's loss",
      mistakes: [
        Mistake(
          "values one step late: the return at t belongs to state t, here nothing is shifted",
          gives: loss(late(all))),
        Mistake(
          "the actor's pairing, returns of t + 1: here nothing is shifted",
          gives: loss(all, late(returns), weights: weights.map { Array($0[..<3]) })),
        Mistake("self.critic instead of the recorded copy", gives: loss(values(behavior.critic))),
        Mistake("the target critic, which does not learn", gives: loss(values(behavior.targetCritic))),
        Mistake(
          "the judgement's values, which are the target critic's", gives: loss(judgement.values.vectors)),
        Mistake("missing weights", gives: loss(all, weights: [[1, 1, 1, 1], [1, 1, 1, 1]])),
        Mistake("the squared error without its ½", gives: loss(all) { ($0 - $1) * ($0 - $1) }),
        Mistake("half the squared error without log √(2π)", gives: loss(all) { 0.5 * ($0 - $1) * ($0 - $1) }),
        Mistake("a missing minus sign: the likelihood would fall", gives: -right),
        Mistake("the sum instead of the mean", gives: 8 * right),
        Mistake(
          "a critic of advantages: it predicts whole returns",
          gives: loss(all, zip(returns, judgement.values.vectors).map { zip($0, $1).map(-) })),
      ])
  }

  @Test func gradientOfTheRecordedCritic() {
    let found = valueWithGradient(at: [critic.layers[1].bias]) { parameters in
      var recorded = critic
      recorded.layers[1].bias = parameters[0]
      return behavior.criticLoss(recorded, dream: dream, judgement: judgement)
    }.gradients[0]
    let right = Oracle.gradient(at: [[0]]) { loss(values(critic, bias: $0[0][0])) }[0]
    expectClose(
      found, right, "the gradient of the loss at the critic's output bias",
      mistakes: [Mistake("a loss that does not use the recorded critic", gives: Tensor.zeros([1]))])
  }

  @Test func whatIsConstant() throws {
    let inputs = [dream.features, judgement.returns, judgement.values]
    try #require(
      behavior.criticLoss(critic, dream: dream, judgement: judgement).shape == [], "the shape, see value")
    let found = valueWithGradient(at: inputs) { x in
      let loss = behavior.criticLoss(
        critic, dream: Dream(features: x[0], actions: dream.actions, discounts: dream.discounts),
        judgement: .init(returns: x[1], values: x[2], weights: judgement.weights))
      return loss
    }.gradients
    for (index, what) in ["features", "returns", "values"].enumerated() {
      expectClose(
        found[index], Tensor.zeros(inputs[index].shape),
        "the gradient at the dream's \(what); looks like \(what) that are no constants: the critic may only move itself"
      )
    }
  }

  @Test func theLastStateDoesNotCount() {
    var other = dream
    other.features = concatenate(
      [dream.features.slice(0..<4, axis: 1), .sample([2, 1, 11], seed: 126)], axis: 1)
    expectClose(
      behavior.criticLoss(critic, dream: other, judgement: judgement),
      behavior.criticLoss(critic, dream: dream, judgement: judgement),
      "the loss after only the last state changed, which has no return")
  }

  @Test func officialLoss() throws {
    let golden = try GoldenCase.named("critic_loss", in: "dreamerv2")
    func input(_ name: String) throws -> Tensor { try golden.input(name).tensor.transposed() }
    let (values, discounts) = try (input("val"), input("disc"))
    let returns = Oracle.lambdaReturns(
      rewards: try input("rew").vectors, values: values.vectors, discounts: discounts.vectors, lambda: 0.95)
    var (critic, random) = (critic, SplitMix64(seed: 122))
    critic = MLP(18, 1, units: 1, hiddenLayers: 0, using: &random)
    critic.layers[0].weight = try input("pred").reshaped([18, 1])
    let loss = behavior.criticLoss(
      critic,
      dream: Dream(
        features: Tensor.oneHot(Array(0..<18), count: 18).reshaped([3, 6, 18]), actions: .zeros([3, 6, 4]),
        discounts: discounts),
      judgement: .init(
        returns: Tensor(returns), values: values, weights: Tensor(Oracle.discountWeights(discounts.vectors))))
    expectClose(loss, try golden.output("loss").number, "the official loss")
  }
}
