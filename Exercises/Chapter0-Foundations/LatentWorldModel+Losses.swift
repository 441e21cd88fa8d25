import Networks
import Tensors
import Training

extension LatentWorldModel {
  /// The parts of the loss on a batch, each a single number.
  public struct Losses: Sendable {
    /// The squared error of the predicted observations, and of the first one, which is only
    /// reconstructed; in units of the change of one step (see `changeVariance`).
    public var observation: Tensor
    /// The squared error of the predicted rewards.
    public var reward: Tensor
    /// −log p of the flags that say whether the episode goes on.
    public var `continue`: Tensor
    /// KL(belief ‖ standard normal) of the first latent.
    public var divergence: Tensor

    /// What is minimised: the sum, in which the divergence counts just enough to keep latents near zero.
    public var total: Tensor { observation + reward + `continue` + 1e-4 * divergence }
  }

  /// Looks at the first observation of each window, and predicts the rest of it from the actions alone.
  ///
  /// - Parameters:
  ///   - batch: windows inside episodes, `[batch, time, …]`, observations on the model's scale. The action
  ///     at t *led to* the observation at t: the first action and reward of a window predict nothing.
  ///   - random: draws the first latent.
  /// - Returns: means over batch and time.
  public func losses(_ batch: SequenceBatch, using random: inout SplitMix64) -> Losses {
    let steps = batch.observations.shape[1] - 1
    let later = 1..<(steps + 1)
    let first = batch.observations.at(0, axis: 1)
    let belief = belief(first)
    let start = belief.sample(using: &random)
    let predicted = rollout(from: start, steps: steps) { _, t in batch.actions.at(t + 1, axis: 1) }

    let variance = changeVariance(batch.observations)
    let predictionErrors = square(predicted.observation - batch.observations.slice(later, axis: 1))
    let reconstructionErrors = square(decoder(start) - first)
    return Losses(
      observation: (predictionErrors / variance).mean() + (reconstructionErrors / variance).mean(),
      reward: square(predicted.reward - batch.rewards.slice(later, axis: 1)).mean(),
      continue: bernoulliLoss(
        logits: predicted.continueLogit, target: batch.continues.slice(later, axis: 1)
      ).mean(),
      divergence: belief.divergence().mean())
  }
}

/// The variance of the change of each number from one observation to the next: how wrong it is to say
/// that nothing happens but the usual.
///
/// A position moves a little in a step and a speed much. Errors in units of the change weigh both alike,
/// whatever their scale.
///
/// - Parameter observations: windows inside episodes, `[batch, time, observation]`.
/// - Returns: `[observation]`, at least 1e-12.
public func changeVariance(_ observations: Tensor) -> Tensor {
  let time = observations.shape[1]
  let change = observations.slice(1..<time, axis: 1) - observations.slice(0..<(time - 1), axis: 1)
  return square(change - change.mean(0, 1)).mean(0, 1) + 1e-12
}
