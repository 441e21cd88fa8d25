import CourseTesting
import Foundation
import Networks
import Tensors
import Testing
import Training

#if SOLUTIONS
  import DreamerV2
#else
  import Chapter3
#endif

/// What was seen in 2 windows of 5 steps, an episode beginning in each, and features of 11 numbers.
@Suite(.exercise("3.6")) struct PredictionLossesTests {
  let features = Tensor.sample([2, 5, 11], seed: 61)
  let batch = SequenceBatch(
    observations: .sample([2, 5, 4], seed: 62), actions: .sample([2, 5, 2], seed: 63),
    rewards: .sample([2, 5], seed: 64, low: -2, high: 2),
    continues: Tensor([[1, 1, 1, 1, 0], [1, 0, 1, 1, 1]]),
    isFirst: Tensor([[1, 0, 0, 0, 0], [0, 0, 1, 0, 0]]))

  let model = Self.model()

  private static func model(canTerminate: Bool = true) -> WorldModel {
    .example(
      .tiny { ($0.observationDeviation, $0.rewardDeviation, $0.discount) = (0.7, 1.3, 0.9) }, actionSize: 2,
      canTerminate: canTerminate, seed: 65)
  }

  // MARK: Oracles, from features as vectors, batch by batch

  private func observationLoss(_ features: [[Double]]) -> Double {
    let losses = zip(features, batch.observations.vectors).map { feature, observation in
      -zip(Oracle.mlp(feature, model.decoder), observation)
        .reduce(0) { $0 + Oracle.logNormal($1.1, mean: $1.0, deviation: 0.7) }
    }
    return losses.reduce(0, +) / 10
  }

  /// The mean of −log p(reward), `shift` steps after the state, times a mask.
  private func rewardLoss(_ features: [[Double]], shift: Int = 0, mask: Tensor? = nil) -> Double {
    let (rewards, counts) = (batch.rewards.vectors, (mask ?? 1 - batch.isFirst).vectors)
    var losses: [Double] = []
    for row in 0..<2 {
      for step in 0..<(5 - shift) {
        let mean = Oracle.mlp(features[5 * row + step], model.rewardHead)[0]
        let loss = -Oracle.logNormal(rewards[row][step + shift], mean: mean, deviation: 1.3)
        losses.append(loss * counts[row][step + shift])
      }
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  private func discountLoss(
    _ features: [[Double]], _ term: (_ logit: Double, _ goesOn: Double) -> Double
  ) -> Double {
    let losses = zip(features, batch.continues.vectors.joined()).map { feature, goesOn in
      term(Oracle.mlp(feature, model.discountHead!)[0], goesOn)
    }
    return losses.reduce(0, +) / 10
  }

  private func soft(_ logit: Double, _ goesOn: Double) -> Double {
    Oracle.softplus(logit) - 0.9 * goesOn * logit
  }

  // MARK: Checks

  @Test func observations() {
    let expected = observationLoss(features.vectors)
    expectClose(
      model.predictionLosses(features, batch).observation, expected, "the observation loss",
      mistakes: [
        Mistake("the mean over an observation's numbers: sum them", gives: expected / 4),
        Mistake("the sum over batch and time: take the mean", gives: expected * 10),
      ])
  }

  @Test func rewards() {
    let right = rewardLoss(features.vectors)
    expectClose(
      model.predictionLosses(features, batch).reward, right, "the reward loss",
      mistakes: [
        Mistake(
          "the reward of the next step: the one of state t came with observation t",
          gives: rewardLoss(features.vectors, shift: 1)),
        Mistake(
          "a reward predicted for an episode's first step: none comes with it",
          gives: rewardLoss(features.vectors, mask: .ones([2, 5]))),
        Mistake(
          "a mask of the steps that end the task: their rewards count, those of first steps do not",
          gives: rewardLoss(features.vectors, mask: batch.continues)),
        Mistake("a mean over the steps that have a reward: those without count as 0", gives: right * 10 / 8),
      ])
  }

  @Test func discounts() throws {
    let found = try #require(
      model.predictionLosses(features, batch).discount, "a discount head, but no discount loss")
    expectClose(
      found, discountLoss(features.vectors, soft), "the discount loss",
      mistakes: [
        Mistake(
          "a hard target, 1 where the episode goes on: what the head predicts is used as the discount, so γ belongs in it",
          gives: discountLoss(features.vectors) { Oracle.softplus($0) - $1 * $0 }),
        Mistake(
          "γ everywhere: the target is 0 where the task has ended",
          gives: discountLoss(features.vectors) { logit, _ in soft(logit, 1) }),
        Mistake(
          "a squared error: it is the cross-entropy of a Bernoulli",
          gives: discountLoss(features.vectors) { pow(Oracle.sigmoid($0) - 0.9 * $1, 2) }),
        Mistake(
          "a loss times γ: it is the target that is",
          gives: 0.9 * discountLoss(features.vectors) { Oracle.softplus($0) - $1 * $0 }),
        Mistake(
          "a target upside down: γ where the episode goes on",
          gives: discountLoss(features.vectors) { logit, goesOn in soft(logit, 1 - goesOn) }),
      ])
    let without = Self.model(canTerminate: false).predictionLosses(features, batch)
    #expect(without.discount == nil, "no discount head, but a discount loss")
  }

  @Test func gradients() throws {
    let parts = ["observation", "reward", "discount"]
    let losses = [observationLoss, { self.rewardLoss($0) }, { self.discountLoss($0, self.soft) }]
    for (index, loss) in losses.enumerated() {
      let found = valueWithGradient(at: [features]) {
        let losses = model.predictionLosses($0[0], batch)
        // A loss that is a constant leaves the zero to find.
        return [losses.observation, losses.reward, losses.discount ?? Tensor(0)][index]
      }.gradients[0]
      let expected = Tensor(Oracle.gradient(at: features.vectors, of: loss), shape: [2, 5, 11])
      expectClose(
        found, expected, "the gradient of the \(parts[index]) loss with respect to the features",
        mistakes: [
          Mistake(
            "a stopped gradient: the \(parts[index])s must shape the latent", gives: Tensor.zeros([2, 5, 11]))
        ])
    }
  }
}
