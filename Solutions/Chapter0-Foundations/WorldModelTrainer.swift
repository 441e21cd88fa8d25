import Curriculum
import Foundation
import Networks
import Tensors
import Training

/// Teaches a world model what a memory of episodes holds.
///
/// ```swift
/// var trainer = WorldModelTrainer(replay: replay, seed: 0)
/// trainer.train(updates: 2000)
/// let errors = trainer.model.errors(on: trainer.scaled(heldOut.sample(…)))
/// ```
public struct WorldModelTrainer: Sendable {
  /// What has been learned so far.
  public private(set) var model: LatentWorldModel
  /// Brings observations to the model's scale.
  public let scaling: ObservationScaling
  /// The windows of a batch.
  public let batchSize: Int
  /// The most steps of a window; the model looks at the first and predicts the others.
  public let maximumLength: Int
  private let rate: Float
  private let replay: ReplayBuffer
  private var optimizer: Adam
  private var random: SplitMix64

  /// A trainer with a fresh model.
  ///
  /// - Parameters:
  ///   - replay: the episodes to learn from; windows must not cross their ends.
  ///   - batchSize: the windows of a batch.
  ///   - maximumLength: the most steps of a window, at least 2; each batch draws its length anew.
  ///   - rate: the optimiser's step size; `train` lets it fall to zero in its second half.
  ///   - seed: fixes the weights and the order of the windows.
  public init(
    replay: ReplayBuffer, batchSize: Int = 32, maximumLength: Int = 8, rate: Float = 0.008, seed: UInt64
  ) {
    precondition(!replay.crossesEpisodes, "WorldModelTrainer needs windows that lie inside episodes")
    self.replay = replay
    self.batchSize = batchSize
    self.maximumLength = maximumLength
    self.rate = rate
    random = SplitMix64(seed: seed)
    var scaling = ObservationScaling(size: replay.observationSize)
    scaling.fit(replay.allObservations, in: replay.observationSpace)
    self.scaling = scaling
    model = LatentWorldModel(
      observationSize: replay.observationSize, actionSize: replay.actionSize, using: &random)
    optimizer = Adam(for: model, rate: rate, clipNorm: 1)
  }

  /// The same windows with observations on the model's scale.
  public func scaled(_ batch: SequenceBatch) -> SequenceBatch {
    var result = batch
    result.observations = scaling(batch.observations)
    return result
  }

  /// One training step: draws a batch, takes the gradient of its total loss at the model, and moves the
  /// model against it.
  ///
  /// The batch has `batchSize` windows, all of one length, which is drawn uniformly from 2 to
  /// `maximumLength`. Only the last step of a window can end an episode: were they always equally long,
  /// the model would learn to count its steps instead of looking where the pole is.
  ///
  /// - Returns: the losses before the step.
  @discardableResult
  public mutating func learn() -> LatentWorldModel.Losses {
    // BEGIN SOLUTION 0.8
    let length = 2 + random.index(below: maximumLength - 1)
    let batch = scaled(replay.sample(batchSize: batchSize, length: length, using: &random))
    let (_, gradients, losses) = valueWithGradientAndResult(at: model) { model in
      let result = model.losses(batch, using: &random)
      return (result.total, result)
    }
    optimizer.update(&model, along: gradients)
    return losses
    // END SOLUTION 0.8
  }

  /// Many training steps; the step size stays for the first half and then falls to zero.
  ///
  /// - Returns: the observation loss of every step.
  @discardableResult
  public mutating func train(updates: Int) -> [Double] {
    (0..<updates).map { update in
      optimizer.rate = rate * min(1, 2 * (1 - Float(update) / Float(updates)))
      return Double(learn().observation.scalar)
    }
  }
}
