import Curriculum
import Foundation
import Networks
import Tensors
import Training

/// What the agent does: an actor that maximises imagined returns, and a critic that estimates them.
public struct Behavior: Module {
  /// The policy.
  public var actor: Actor
  /// Features → value: the expected return from a state on, its own reward included.
  public var critic: MLP
  private var actorOptimizer: Adam
  private var criticOptimizer: Adam
  private let configuration: DreamerV1Configuration

  /// Actor and critic with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - actionSize: the extent of an action, or how many choices there are.
  ///   - isDiscrete: whether an action is one of some choices.
  ///   - configuration: sizes, rates and horizons.
  ///   - random: draws the weights.
  public init(
    actionSize: Int, isDiscrete: Bool = false, configuration: DreamerV1Configuration,
    using random: inout SplitMix64
  ) {
    self.configuration = configuration
    actor = Actor(
      actionSize: actionSize, isDiscrete: isDiscrete, configuration: configuration, using: &random)
    critic = MLP(
      configuration.featureSize, 1, units: configuration.units, hiddenLayers: configuration.valueLayers,
      using: &random)
    let clipNorm = Float(configuration.clipNorm)
    actorOptimizer = Adam(for: actor, rate: Float(configuration.actorRate), clipNorm: clipNorm)
    criticOptimizer = Adam(for: critic, rate: Float(configuration.criticRate), clipNorm: clipNorm)
  }

  /// Sets both optimisers' step sizes to a fraction of the configured ones.
  mutating func scaleRates(by scale: Float) {
    actorOptimizer.rate = Float(configuration.actorRate) * scale
    criticOptimizer.rate = Float(configuration.criticRate) * scale
  }

  /// A dream with what the critic needs of it, all constants.
  public struct Dream: Sendable {
    /// `[batch, horizon, feature]`.
    public var features: Tensor
    /// λ-returns, `[batch, horizon − 1]`.
    public var returns: Tensor
    /// How much each return counts, `[batch, horizon − 1]`.
    public var weights: Tensor

    /// A dream with these parts; gradients stop here.
    public init(features: Tensor, returns: Tensor, weights: Tensor) {
      self.features = stopGradient(features)
      self.returns = stopGradient(returns)
      self.weights = stopGradient(weights)
    }
  }

  /// The actor's loss: the negative weighted mean of the imagined λ-returns (equation 7), to which the
  /// entropy bonus is added (0 in the paper).
  ///
  /// The gradient flows through values, rewards and dynamics back to the actions. None of these is
  /// changed by it: only what the caller records is, and that is the actor.
  ///
  /// - Parameters:
  ///   - actor: the recorded copy.
  ///   - start: states to dream from, `[batch, …]`, constants.
  ///   - model: the world model, constant.
  ///   - random: draws actions and latents.
  /// - Returns: the loss, a single number, and the dream for the critic.
  public func actorLoss(
    _ actor: Actor, from start: LatentState, model: WorldModel, using random: inout SplitMix64
  ) -> (loss: Tensor, dream: Dream) {
    let features = imagine(
      from: start, horizon: configuration.horizon, rssm: model.rssm, actor: actor, using: &random)
    let bonus = entropyBonus(actor, features, using: &random)
    // BEGIN EXERCISE 2.10: replace the next line; for help: course hint 2.10
    todo("2.10")
    // END EXERCISE 2.10
  }

  /// What keeps the actor from settling on an extreme action before it knows better: its entropy at the
  /// imagined states, scaled; 0 in the paper.
  ///
  /// - Returns: `[batch, horizon − 1]`, or a single 0 if the scale is 0.
  private func entropyBonus(_ actor: Actor, _ features: Tensor, using random: inout SplitMix64) -> Tensor {
    guard configuration.actorEntropyScale > 0 else { return Tensor(0) }
    let steps = features.shape[1] - 1
    let policy = actor(stopGradient(features.slice(0..<steps, axis: 1)))
    return Float(configuration.actorEntropyScale) * policy.entropy(using: &random)
  }

  /// The critic's loss: the negative log-likelihood of the λ-returns under Normal distributions of
  /// unit variance around the predicted values, weighted like the actor's loss (equation 8).
  ///
  /// - Parameters:
  ///   - critic: the recorded copy.
  ///   - dream: the targets; the last imagined state has none.
  /// - Returns: a single number.
  public func criticLoss(_ critic: MLP, dream: Dream) -> Tensor {
    // BEGIN EXERCISE 2.11: replace the next line; for help: course hint 2.11
    todo("2.11")
    // END EXERCISE 2.11
  }

  /// One update of actor and critic on dreams from `start`.
  ///
  /// Each gradient is taken at the part that it changes: the actor's crosses the world model and the
  /// critic as constants, the critic's stays inside the critic. Both learn from the same dream.
  ///
  /// - Parameters:
  ///   - start: states to dream from, `[batch, …]`, constants.
  ///   - model: the world model.
  ///   - random: draws actions and latents.
  /// - Returns: `actor/loss` and `critic/loss`, and the norms before clipping, `actor/gradient norm` and
  ///   `critic/gradient norm`.
  public mutating func learn(
    from start: LatentState, model: WorldModel, using random: inout SplitMix64
  ) -> Metrics {
    // BEGIN EXERCISE 2.12: replace the next line; for help: course hint 2.12
    todo("2.12")
    // END EXERCISE 2.12
  }

  /// Shows both networks and their optimisers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("actor", &actor)
    visitor("critic", &critic)
    visitor("actorOptimizer", &actorOptimizer)
    visitor("criticOptimizer", &criticOptimizer)
  }
}
