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
/// In the first an episode ends at step 2 and the next begins at step 3. In the second episodes are cut at steps 0
/// and 3, and the next ones begin at steps 1 and 4: fewer predictions count there.
@Suite(.exercise("1.7")) struct MemoryLossesTests {
  let memory = MDNRNN.example
  let latents = Tensor.sample([2, 6, 4], seed: 71, low: -1.5, high: 1.5)
  let batch = SequenceBatch(
    observations: .zeros([2, 6, 1]), actions: .sample([2, 6, 3], seed: 72),
    rewards: .sample([2, 6], seed: 73, low: -4, high: 4),
    continues: Tensor([[1, 1, 0, 1, 1, 1], [1, 1, 1, 1, 1, 0]]),
    isFirst: Tensor([[1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0]]))

  private func losses() -> MDNRNN.Losses { memory.losses(latents: latents, batch, doneWeight: 7) }

  // MARK: Oracles

  /// Which step's numbers are used for the prediction of step t + 1 from step t: 0 for t, 1 for t + 1.
  private struct Alignment {
    var action = 1
    /// nil if the memory is never emptied.
    var isFirst: Int? = 0
    var target = 1
    /// The step whose `isFirst` decides whether a prediction counts; nil if all do.
    var mask: Int? = 1
    /// Whether `continues` of step t decides instead.
    var masksEnds = false
    /// Whether the mean divides by all predictions, not by those that count.
    var dividesByAll = false
    /// Whether it is the mean of the windows' means.
    var isRowByRow = false
  }

  private typealias Loss = (_ memory: [Double], _ index: Int) -> Double

  /// The mean of a loss over the predictions that count.
  private func mean(_ loss: Loss, _ alignment: Alignment = Alignment()) -> Double {
    let (z, a, isFirst) = (latents.vectors, batch.actions.vectors, batch.isFirst.vectors)
    var (sums, counts) = ([0.0, 0.0], [0.0, 0.0])
    for row in 0..<2 {
      let steps = (0..<5).map { t in
        let keep = alignment.isFirst.map { 1 - isFirst[row][t + $0] } ?? 1
        return Oracle.MemoryStep(
          input: z[6 * row + t] + a[6 * row + t + alignment.action], hidden: keep, cell: keep)
      }
      for (t, state) in Oracle.memories(memory.cell, steps).enumerated() {
        let follows = alignment.mask.map { 1 - isFirst[row][t + $0] } ?? 1
        let weight = alignment.masksEnds ? batch.continues.vectors[row][t] : follows
        sums[row] += weight * loss(state.hidden, 6 * row + t + alignment.target)
        counts[row] += alignment.dividesByAll ? 1 : weight
      }
    }
    if alignment.isRowByRow { return (sums[0] / counts[0] + sums[1] / counts[1]) / 2 }
    return (sums[0] + sums[1]) / (counts[0] + counts[1])
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

  private func doneLoss(_ hidden: [Double], _ index: Int, weight: Double = 7, inverted: Bool = false)
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
        "the mean of each window's mean: all steps that count weigh the same",
        gives: mean(loss, Alignment(isRowByRow: true))),
      Mistake(
        "a mask by continues: an episode that is cut does not end, and yet nothing follows",
        gives: mean(loss, Alignment(masksEnds: true))),
      Mistake("a memory without resets", gives: mean(loss, Alignment(isFirst: nil))),
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
      losses().done, mean(loss), "the loss of the end, which counts 7 times",
      mistakes: [
        Mistake(
          "every step weighted: only an end counts more", gives: 7 * mean { doneLoss($0, $1, weight: 1) }),
        Mistake("an end that counts like any other step", gives: mean { doneLoss($0, $1, weight: 1) }),
        Mistake(
          "continues as the target: the end is where it is 0",
          gives: mean { doneLoss($0, $1, inverted: true) }),
      ] + mistakes(loss))
  }

  @Test func nothingToPredict() {
    var begins = batch
    begins.isFirst = .ones([2, 6])
    let losses = memory.losses(latents: latents, begins, doneWeight: 7)
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
      memory.expectGradients(
        of: "the \(name) loss", for: ["cell.", head],
        likely: "a gradient stopped on its way: all three losses shape the memory"
      ) { $0.losses(latents: latents, batch, doneWeight: 7)[keyPath: loss] }
    }
  }
}
