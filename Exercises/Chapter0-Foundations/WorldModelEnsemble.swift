import Curriculum
import Foundation
import Tensors
import Training

/// Several models of the same world, which differ in their first weights and in the order of what they
/// saw: where there was much to learn from they agree, elsewhere each goes its own way.
///
/// Source: Lakshminarayanan et al. 2017, "Simple and Scalable Predictive Uncertainty Estimation using Deep
/// Ensembles"; as a measure of what a world model does not know, Sekar et al. 2020, "Planning to Explore".
public struct WorldModelEnsemble: Sendable {
  /// The models; all see observations on the same scale.
  public var members: [LatentWorldModel]

  /// An ensemble of these models.
  public init(members: [LatentWorldModel]) {
    self.members = members
  }

  /// Trains models with seeds of their own on the same episodes.
  ///
  /// - Parameters:
  ///   - replay: the episodes.
  ///   - size: how many models.
  ///   - updates: the training steps of each.
  ///   - seed: the first model's seed; the others count on from it.
  public init(learning replay: ReplayBuffer, size: Int = 5, updates: Int = 2000, seed: UInt64) {
    members = (0..<UInt64(size)).map { index in
      var trainer = WorldModelTrainer(replay: replay, seed: seed + index)
      trainer.train(updates: updates)
      return trainer.model
    }
  }

  /// How far the members' predictions of the next observation are apart: the squared distance from
  /// the members' mean, averaged over the members and over the numbers of an observation.
  ///
  /// Only observations can be compared: a latent means something else in every model.
  ///
  /// - Parameters:
  ///   - observation: what is seen now, `[batch, observation]`, on the models' scale; each member encodes
  ///     it by the mean of its belief.
  ///   - action: `[batch, action]`.
  /// - Returns: `[batch]`, in squared units of that scale; 0 where all say the same.
  public func disagreement(observation: Tensor, action: Tensor) -> Tensor {
    // BEGIN EXERCISE 0.12: replace the next line; for help: course hint 0.12
    todo("0.12")
    // END EXERCISE 0.12
  }
}
