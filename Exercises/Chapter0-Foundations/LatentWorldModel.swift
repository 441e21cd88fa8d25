import Curriculum
import Foundation
import Networks
import Tensors

/// The simplest world model: see, then go on with closed eyes.
///
/// ```text
///  o₀ ─ encoder ─ z₀ ─┬─ dynamics ─ z₁ ─┬─ dynamics ─ z₂ …
///                 a₁ ─┘    │        a₂ ─┘    │
///                     decoder, reward,  decoder, reward,
///                     continue          continue
/// ```
/// The encoder turns one observation into a belief about the latent; everything after that is a
/// deterministic function of the latent and the actions. (Chapter 2 adds a memory, and looks again.)
/// Encoder and decoder are linear: a few exact numbers need other coordinates, not feature detectors.
public struct LatentWorldModel: Module {
  /// Observation → mean and log σ² of the latent.
  public var encoder: Linear
  /// [z, a] → what is added to z.
  public var dynamics: MLP
  /// z → observation.
  public var decoder: Linear
  /// z → the reward that came with the observation.
  public var rewardHead: MLP
  /// z → logit of "the episode goes on".
  public var continueHead: MLP

  /// A model with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - observationSize: the extent of an observation.
  ///   - actionSize: the extent of an action.
  ///   - latentSize: the extent of z.
  ///   - units: the width of the hidden layers.
  ///   - random: draws the weights.
  public init(
    observationSize: Int, actionSize: Int, latentSize: Int = 8, units: Int = 64,
    using random: inout SplitMix64
  ) {
    encoder = Linear(observationSize, 2 * latentSize, using: &random)
    dynamics = MLP(latentSize + actionSize, latentSize, units: units, hiddenLayers: 1, using: &random)
    decoder = Linear(latentSize, observationSize, using: &random)
    rewardHead = MLP(latentSize, 1, units: units, hiddenLayers: 1, using: &random)
    continueHead = MLP(latentSize, 1, units: units, hiddenLayers: 1, using: &random)
  }

  /// What an observation `[…, observation]` says about the latent, over `[…, latent]`.
  public func belief(_ observation: Tensor) -> Belief {
    let output = encoder(observation)
    let size = output.shape[output.rank - 1] / 2
    return Belief(
      mean: output.slice(0..<size, axis: -1), logVariance: output.slice(size..<(2 * size), axis: -1))
  }

  /// What the model expects of one step or, with further axes, of many.
  public struct Prediction: Sendable {
    /// z after the step, `[…, latent]`.
    public var latent: Tensor
    /// `[…, observation]`.
    public var observation: Tensor
    /// The reward that comes with the observation, `[…]`.
    public var reward: Tensor
    /// The logit of "the episode goes on", `[…]`.
    public var continueLogit: Tensor

    /// A prediction with these parts.
    public init(latent: Tensor, observation: Tensor, reward: Tensor, continueLogit: Tensor) {
      self.latent = latent
      self.observation = observation
      self.reward = reward
      self.continueLogit = continueLogit
    }

    /// One prediction of `[batch, time, …]` from those of every step, `[batch, …]` each.
    public init(steps: [Prediction]) {
      latent = stack(steps.map(\.latent), axis: 1)
      observation = stack(steps.map(\.observation), axis: 1)
      reward = stack(steps.map(\.reward), axis: 1)
      continueLogit = stack(steps.map(\.continueLogit), axis: 1)
    }
  }

  /// One step in latent space, z′ = z + dynamics([z, a]), and what the heads make of z′.
  ///
  /// The dynamics adds to the latent instead of replacing it: little changes in a step, so "nothing
  /// changes" is where learning should begin.
  ///
  /// - Parameters:
  ///   - latent: z, `[batch, latent]`.
  ///   - action: the action taken in it, `[batch, action]`.
  /// - Returns: what comes after the action, `[batch, …]`; reward and logit are `[batch]`.
  public func step(_ latent: Tensor, action: Tensor) -> Prediction {
    // BEGIN EXERCISE 0.6: replace the next line; for help: course hint 0.6
    todo("0.6")
    // END EXERCISE 0.6
  }

  /// Several steps with closed eyes: each starts from the latent that the model itself predicted.
  ///
  /// With recorded actions this is open-loop prediction, with a policy it is imagination:
  ///
  /// ```swift
  /// model.rollout(from: z, steps: 15) { _, t in actions.at(t, axis: 1) }
  /// model.rollout(from: z, steps: 15) { latent, _ in policy(latent) }
  /// ```
  /// - Parameters:
  ///   - start: the first latent, `[batch, latent]`; it is not part of the result.
  ///   - steps: how many, at least 1.
  ///   - action: chooses the action `[batch, action]` from the current latent `[batch, latent]` and the
  ///     number of the step, from 0.
  /// - Returns: `[batch, steps, …]`.
  public func rollout(
    from start: Tensor, steps: Int, action: (_ latent: Tensor, _ step: Int) -> Tensor
  ) -> Prediction {
    var predictions: [Prediction] = []
    // BEGIN EXERCISE 0.7: replace the next line; for help: course hint 0.7
    todo("0.7")
    // END EXERCISE 0.7
    return Prediction(steps: predictions)
  }

  /// Shows the parts to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("encoder", &encoder)
    visitor("dynamics", &dynamics)
    visitor("decoder", &decoder)
    visitor("rewardHead", &rewardHead)
    visitor("continueHead", &continueHead)
  }
}
