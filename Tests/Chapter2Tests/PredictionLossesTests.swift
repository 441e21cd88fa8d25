import CourseTesting
import Tensors
import Testing
import Training

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// What was seen in 2 windows of 5 steps, an episode beginning in each, and features of 15 numbers.
@Suite(.exercise("2.13")) struct PredictionLossesTests {
  let features = Tensor.sample([2, 5, 15], seed: 131)
  let batch = SequenceBatch(
    observations: .sample([2, 5, 3], seed: 132), actions: .sample([2, 5, 1], seed: 133),
    rewards: .sample([2, 5], seed: 134, low: -2, high: 2),
    continues: Tensor([[1, 1, 1, 1, 0], [1, 0, 1, 1, 1]]),
    isFirst: Tensor([[1, 0, 0, 0, 0], [0, 0, 1, 0, 0]]))

  let model = Self.model()

  private static func model(predictsContinue: Bool = true) -> WorldModel {
    var configuration = DreamerV1Configuration.preset(.smoke)
    (configuration.observationDeviation, configuration.rewardDeviation) = (0.7, 1.3)
    (configuration.predictsContinue, configuration.discount) = (predictsContinue, 0.9)
    var random = SplitMix64(seed: 135)
    return WorldModel(
      observationSize: 3, actionSize: 1, configuration: configuration, using: &random
    ).withRandomParameters(seed: 136)
  }

  // MARK: Oracles, from features as vectors, batch by batch

  private func observationLoss(_ features: [[Double]]) -> Double {
    let losses = zip(features, batch.observations.vectors).map { feature, observation in
      -zip(Oracle.mlp(feature, model.decoder), observation)
        .reduce(0) { $0 + Oracle.logNormal($1.1, mean: $1.0, deviation: 0.7) }
    }
    return losses.reduce(0, +) / 10
  }

  /// The mean of −log p(reward), `shift` steps after the state, over the steps that count.
  private func rewardLoss(_ features: [[Double]], shift: Int = 0, masks: Bool = true) -> Double {
    let (rewards, isFirst) = (batch.rewards.vectors, batch.isFirst.vectors)
    var losses: [Double] = []
    for row in 0..<2 {
      for step in 0..<(5 - shift) {
        let mean = Oracle.mlp(features[5 * row + step], model.rewardHead)[0]
        let loss = -Oracle.logNormal(rewards[row][step + shift], mean: mean, deviation: 1.3)
        losses.append(masks && isFirst[row][step + shift] == 1 ? 0 : loss)
      }
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  private func continueLoss(_ features: [[Double]], discount: Double = 0.9) -> Double {
    let losses = zip(features, batch.continues.vectors.joined()).map { feature, goesOn in
      let logit = Oracle.mlp(feature, model.continueHead!)[0]
      return Oracle.softplus(logit) - discount * goesOn * logit
    }
    return losses.reduce(0, +) / 10
  }

  // MARK: Checks

  @Test func observations() {
    let expected = observationLoss(features.vectors)
    expectClose(
      model.predictionLosses(features, batch).observation, expected, "the observation loss",
      mistakes: [
        Mistake("the mean over an observation's numbers: sum them", gives: expected / 3),
        Mistake("the sum over batch and time: take the mean", gives: expected * 10),
      ])
  }

  @Test func rewards() {
    expectClose(
      model.predictionLosses(features, batch).reward, rewardLoss(features.vectors), "the reward loss",
      mistakes: [
        Mistake(
          "the reward of the next step: the one of state t came with observation t",
          gives: rewardLoss(features.vectors, shift: 1)),
        Mistake(
          "a reward predicted for an episode's first step: none comes with it",
          gives: rewardLoss(features.vectors, masks: false)),
        Mistake(
          "a mean over the steps that have a reward: those without count as 0",
          gives: rewardLoss(features.vectors) * 10 / 8),
      ])
  }

  @Test func continues() throws {
    let found = try #require(
      model.predictionLosses(features, batch).continue, "a continue head, but no continue loss")
    expectClose(
      found, continueLoss(features.vectors), "the continue loss",
      mistakes: [
        Mistake(
          "a target without γ: what the head predicts is used as the discount",
          gives: continueLoss(features.vectors, discount: 1))
      ])
    let without = Self.model(predictsContinue: false).predictionLosses(features, batch)
    #expect(without.continue == nil, "no continue head, but a continue loss")
  }

  @Test func gradients() throws {
    let parts = ["observation", "reward", "continue"]
    let losses = [observationLoss, { self.rewardLoss($0) }, { self.continueLoss($0) }]
    for (index, loss) in losses.enumerated() {
      let found = valueWithGradient(at: [features]) {
        let losses = model.predictionLosses($0[0], batch)
        // A loss that is a constant leaves the zero to find.
        return [losses.observation, losses.reward, losses.continue ?? Tensor(0)][index] + 0 * $0[0].sum()
      }.gradients[0]
      let expected = Tensor(Oracle.gradient(at: features.vectors, of: loss), shape: [2, 5, 15])
      expectClose(
        found, expected, "the gradient of the \(parts[index]) loss with respect to the features",
        mistakes: [
          Mistake(
            "a stopped gradient: the \(parts[index])s must shape the latent", gives: Tensor.zeros([2, 5, 15]))
        ])
    }
  }
}
