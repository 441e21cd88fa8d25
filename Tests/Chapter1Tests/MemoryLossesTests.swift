import CourseTesting
import Foundation
import Networks
import Tensors
import Testing
import Training

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// M's losses on 2 windows of 6 steps.
///
/// In the first an episode ends at step 2 and the next begins at step 3, in the
/// second one is cut at step 3 and the next begins at step 4.
@Suite(.exercise("1.7")) struct MemoryLossesTests {
  let memory = MDNRNN.example
  let latents = Tensor.sample([2, 6, 4], seed: 71, low: -1.5, high: 1.5)
  let batch = SequenceBatch(
    observations: .zeros([2, 6, 1]), actions: .sample([2, 6, 3], seed: 72),
    rewards: .sample([2, 6], seed: 73, low: -2, high: 2),
    continues: Tensor([[1, 1, 0, 1, 1, 1], [1, 1, 1, 1, 1, 0]]),
    isFirst: Tensor([[1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0]]))

  private func losses() -> MDNRNN.Losses { memory.losses(latents: latents, batch, doneWeight: 10) }

  // MARK: Oracles

  /// Which step's numbers are used for the prediction of step t + 1 from step t: 0 for t, 1 for t + 1.
  private struct Alignment {
    var action = 1
    var isFirst = 0
    var target = 1
    /// The step whose `isFirst` decides whether a prediction counts; nil if all do.
    var mask: Int? = 1
    /// Whether the mean divides by all predictions, not by those that count.
    var dividesByAll = false
  }

  private typealias Loss = (_ memory: [Double], _ index: Int) -> Double

  /// The mean of a loss over the predictions that count.
  private func mean(_ loss: Loss, _ alignment: Alignment = Alignment(), latents: [[Double]]? = nil) -> Double
  {
    let (z, a, isFirst) = (latents ?? self.latents.vectors, batch.actions.vectors, batch.isFirst.vectors)
    var (sum, count) = (0.0, 0.0)
    for row in 0..<2 {
      let steps = (0..<5).map { t in
        let keep = 1 - isFirst[row][t + alignment.isFirst]
        return Oracle.MemoryStep(
          input: z[6 * row + t] + a[6 * row + t + alignment.action], hidden: keep, cell: keep)
      }
      for (t, state) in Oracle.memories(memory.cell, steps).enumerated() {
        let counts = alignment.mask.map { 1 - isFirst[row][t + $0] } ?? 1
        sum += counts * loss(state.hidden, 6 * row + t + alignment.target)
        count += alignment.dividesByAll ? 1 : counts
      }
    }
    return sum / count
  }

  /// −log p of z at a position, the mean over its numbers.
  private func latentLoss(_ hidden: [Double], _ z: [Double]) -> Double {
    let raw = Oracle.linear(hidden, memory.mixtureLayer)
    let losses = z.enumerated().map { number, z in
      let weights = (0..<5).map { exp(raw[15 * number + $0]) }
      let density = (0..<5).reduce(0.0) { sum, k in
        let (mean, deviation) = (raw[15 * number + 5 + k], exp(raw[15 * number + 10 + k]))
        return sum + weights[k] * exp(Oracle.logNormal(z, mean: mean, deviation: deviation))
      }
      return -log(density / weights.reduce(0, +))
    }
    return losses.reduce(0, +) / Double(z.count)
  }

  private func rewardLoss(_ hidden: [Double], _ index: Int) -> Double {
    let error = Oracle.linear(hidden, memory.rewardLayer)[0] - Double(batch.rewards.scalars[index])
    return error * error
  }

  private func doneLoss(_ hidden: [Double], _ index: Int, weight: Double = 10, inverted: Bool = false)
    -> Double
  {
    let logit = Oracle.linear(hidden, memory.doneLayer)[0]
    let ended = (batch.continues.scalars[index] == 0) != inverted
    return ended ? weight * Oracle.softplus(-logit) : Oracle.softplus(logit)
  }

  /// What all three losses may have wrong.
  private func mistakes(_ loss: Loss) -> [Mistake] {
    [
      Mistake(
        "the action that led to z, not the one taken there: actions[t + 1] was taken at latents[t]",
        gives: mean(loss, Alignment(action: 0))),
      Mistake(
        "a target of the same step: predict what comes at t + 1", gives: mean(loss, Alignment(target: 0))),
      Mistake(
        "a prediction across episodes: an episode's first step follows from nothing",
        gives: mean(loss, Alignment(mask: nil))),
      Mistake(
        "a mask of the step before: it is the target that must not be an episode's first",
        gives: mean(loss, Alignment(mask: 0))),
      Mistake(
        "a mean over all steps: divide by how many count", gives: mean(loss, Alignment(dividesByAll: true))),
      Mistake(
        "a memory emptied one step early: isFirst belongs to the z that goes in",
        gives: mean(loss, Alignment(isFirst: 1))),
    ]
  }

  // MARK: Checks

  @Test func theNextLatent() {
    let z = latents.vectors
    let loss: Loss = { latentLoss($0, z[$1]) }
    expectClose(
      losses().latent, mean(loss), "the loss of the next latent",
      mistakes: mistakes(loss) + [
        Mistake("the sum over the numbers of z: take the mean", gives: 4 * mean(loss))
      ])
  }

  @Test func itsReward() {
    expectClose(
      losses().reward, mean(rewardLoss), "the loss of the reward",
      mistakes: mistakes(rewardLoss) + [
        Mistake("half the squared error", gives: mean(rewardLoss) / 2)
      ])
  }

  @Test func theEndOfTheEpisode() {
    let loss: Loss = { doneLoss($0, $1) }
    expectClose(
      losses().done, mean(loss), "the loss of the end, which counts 10 times",
      mistakes: [
        Mistake("an end that counts like any other step", gives: mean { doneLoss($0, $1, weight: 1) }),
        Mistake(
          "continues as the target: the end is where it is 0",
          gives: mean { doneLoss($0, $1, inverted: true) }),
      ] + mistakes(loss))
  }

  @Test func nothingToPredict() {
    var begins = batch
    begins.isFirst = .ones([2, 6])
    let losses = memory.losses(latents: latents, begins, doneWeight: 10)
    expectClose(
      [losses.latent.scalar, losses.reward.scalar, losses.done.scalar], [0, 0, 0] as [Float],
      "the losses where every step is an episode's first: nothing can be predicted, 0 / 0 is no number")
  }

  @Test func gradientsReachEveryLayer() {
    let parts: [(name: String, head: String, loss: KeyPath<MDNRNN.Losses, Tensor>)] = [
      ("latent", "mixtureLayer", \.latent), ("reward", "rewardLayer", \.reward),
      ("done", "doneLayer", \.done),
    ]
    for (name, head, loss) in parts {
      let gradients = valueWithGradient(at: memory) {
        $0.losses(latents: latents, batch, doneWeight: 10)[keyPath: loss] + 0 * $0.rewardLayer.weight.sum()
      }.gradients
      for ((parameter, _), gradient) in zip(memory.parameters, gradients.tensors)
      where parameter.hasPrefix("cell.") || parameter.hasPrefix(head) {
        expectNonzero(
          gradient, "the gradient of the \(name) loss for \(parameter)",
          likely: "a gradient stopped on its way: all three losses shape the memory")
      }
    }
  }

  /// Both as what goes in and as what is predicted.
  @Test func gradientsForTheLatents() {
    let found = valueWithGradient(at: [latents]) {
      memory.losses(latents: $0[0], batch, doneWeight: 10).latent + 0 * $0[0].sum()
    }.gradients[0]
    let expected = Oracle.gradient(at: latents.vectors) { z in mean({ latentLoss($0, z[$1]) }, latents: z) }
    expectClose(
      found, Tensor(expected, shape: [2, 6, 4]), "the gradient of the latent loss for the latents",
      within: Tolerance(relative: 1e-3, absolute: 1e-5))
  }
}
