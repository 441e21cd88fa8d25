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

/// Judgements of 2 dreams of 4 steps, by a critic and a target critic that disagree.
@Suite(.exercise("3.9")) struct JudgeTests {
  let behavior = Behavior.example(.tiny(), actionSize: 3, isChoice: true, seed: 101)
  let model = WorldModel.example(.tiny(), actionSize: 3, seed: 105)
  let dream = Dream(
    features: .sample([2, 5, 11], seed: 107), actions: .zeros([2, 5, 3]),
    discounts: concatenate([Tensor([[0.9], [0]]), .sample([2, 4], seed: 108, low: 0.5, high: 0.95)]))

  private func read(_ head: MLP, _ features: [[Double]]) -> [[Double]] {
    features.map { Oracle.mlp($0, head)[0] }.chunks(5)
  }

  /// Returns of the dream, or of a dream like it.
  private func returns(
    _ features: [[Double]]? = nil, rewardFeatures: [[Double]]? = nil, critic: MLP? = nil,
    discounts: [[Double]]? = nil, lambda: Double = 0.7
  ) -> [[Double]] {
    let features = features ?? dream.features.vectors
    return Oracle.lambdaReturns(
      rewards: read(model.rewardHead, rewardFeatures ?? features),
      values: read(critic ?? behavior.targetCritic, features),
      discounts: discounts ?? dream.discounts.vectors,
      lambda: lambda)
  }

  private var predicted: [[Double]] {
    read(model.discountHead!, dream.features.vectors).map { $0.map(Oracle.sigmoid) }
  }
  private let fixed = [[Double]](repeating: [0.9, 0.9, 0.9, 0.9, 0.9], count: 2)

  @Test func shapes() {
    let judgement = behavior.judge(dream, model: model)
    expectShape(judgement.returns, [2, 4], "the returns: all states but the last")
    expectShape(
      judgement.values, [2, 5], "the values: all states",
      mistakes: [
        ("values that keep an axis of extent 1", [2, 5, 1]), ("values without the last state's", [2, 4]),
      ])
    expectShape(judgement.weights, [2, 4], "the weights: one for each return")
  }

  @Test func returnsAreTheTargetCritics() throws {
    let judgement = behavior.judge(dream, model: model)
    try #require(judgement.returns.shape == [2, 4], "the shape, see shapes")
    expectClose(
      judgement.returns, returns(), "the λ-returns",
      mistakes: [
        Mistake(
          "the critic that learns: returns are judged by the target critic",
          gives: returns(critic: behavior.critic)),
        Mistake(
          "discounts predicted anew: the dream's own know whether the episode goes on at the start",
          gives: returns(discounts: predicted)),
        Mistake(
          "a fixed discount: the dream's own say how likely it goes on", gives: returns(discounts: fixed)),
        Mistake("λ = 1: it is configuration.lambda", gives: returns(lambda: 1)),
        Mistake("λ and 1 − λ swapped", gives: returns(lambda: 0.3)),
      ])
  }

  @Test func valuesAreTheTargetCritics() throws {
    let judgement = behavior.judge(dream, model: model)
    try #require(judgement.values.shape == [2, 5], "the shape, see shapes")
    expectClose(
      judgement.values, read(behavior.targetCritic, dream.features.vectors), "the values",
      mistakes: [
        Mistake(
          "the critic that learns: the baseline is the target critic's",
          gives: read(behavior.critic, dream.features.vectors))
      ])
  }

  @Test func weightsFollowTheDream() throws {
    let judgement = behavior.judge(dream, model: model)
    try #require(judgement.weights.shape == [2, 4], "the shape, see shapes")
    expectClose(
      judgement.weights, Oracle.discountWeights(dream.discounts.vectors), "the weights",
      mistakes: [
        Mistake("discounts predicted anew", gives: Oracle.discountWeights(predicted)),
        Mistake("a fixed discount", gives: Oracle.discountWeights(fixed)),
        Mistake("no weights", gives: Tensor.ones([2, 4])),
        Mistake(
          "the discounts themselves: weights are their products", gives: dream.discounts.slice(0..<4, axis: 1)
        ),
      ])
  }

  @Test func gradientsReachTheStates() throws {
    let weights = Tensor.sample([2, 4], seed: 109)
    try #require(behavior.judge(dream, model: model).returns.shape == [2, 4], "the shape, see shapes")
    let found = valueWithGradient(at: [dream.features, dream.discounts]) {
      let judgement = behavior.judge(
        Dream(features: $0[0], actions: dream.actions, discounts: $0[1]), model: model)
      return (weights * judgement.returns).sum()
    }.gradients
    let still = dream.features.vectors
    func gradient(_ returns: @escaping ([[Double]]) -> [[Double]]) -> Tensor {
      Tensor(
        Oracle.gradient(at: still) { Oracle.weightedSum(returns($0), weights.vectors) }, shape: [2, 5, 11])
    }
    func returns(rewards: [[Double]], values: [[Double]]) -> [[Double]] {
      Oracle.lambdaReturns(
        rewards: read(model.rewardHead, rewards), values: read(behavior.targetCritic, values),
        discounts: dream.discounts.vectors, lambda: 0.7)
    }
    expectClose(
      found[0], gradient { returns(rewards: $0, values: $0) }, "the gradient of the returns at the features",
      mistakes: [
        Mistake(
          "returns without a gradient: through the dynamics the actor needs it",
          gives: Tensor.zeros([2, 5, 11])),
        Mistake("rewards without a gradient", gives: gradient { returns(rewards: still, values: $0) }),
        Mistake("values without a gradient", gives: gradient { returns(rewards: $0, values: still) }),
      ])
    let ofDiscounts = Oracle.gradient(at: dream.discounts.vectors) {
      Oracle.weightedSum(self.returns(discounts: $0), weights.vectors)
    }
    expectClose(
      found[1], ofDiscounts, "the gradient of the returns at the discounts",
      mistakes: [Mistake("discounts without a gradient", gives: Tensor.zeros([2, 5]))])
  }
}
