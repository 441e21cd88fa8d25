import Curriculum
import Networks
import Tensors

/// What the agent does: an actor that maximises imagined returns and a critic that estimates them.
public struct Behavior: Sendable {
  /// The policy.
  public var actor: Actor
  /// Features → value: the expected return from a state on, its own reward included.
  public var critic: MLP
  let configuration: DreamerV1Configuration

  /// Actor and critic with freshly drawn weights.
  public init(actionSize: Int, configuration: DreamerV1Configuration, using random: inout SplitMix64) {
    self.configuration = configuration
    let features = configuration.deterministicSize + configuration.stochasticSize
    actor = Actor(
      features: features, actionSize: actionSize, units: configuration.units,
      hiddenLayers: configuration.actorLayers, initialDeviation: configuration.initialDeviation,
      meanLimit: configuration.meanLimit, minimumDeviation: configuration.minimumDeviation, using: &random)
    critic = MLP(
      features, 1, units: configuration.units, hiddenLayers: configuration.valueLayers, using: &random)
  }

  /// A dream with what both losses need, as constants.
  public struct Dream: Sendable {
    /// `[batch, horizon, feature]`.
    public var features: Tensor
    /// λ-returns, `[batch, horizon − 1]`.
    public var returns: Tensor
    /// `[batch, horizon − 1]`.
    public var weights: Tensor
  }

  /// The actor's loss: the negative weighted mean of the imagined λ-returns (equation 7).
  ///
  /// The gradient flows through values, rewards and dynamics back to the actions. None of these is
  /// changed by it: only the actor that the caller records is.
  ///
  /// - Parameters:
  ///   - actor: the recorded copy.
  ///   - start: states to dream from, `[batch, …]`, constants.
  ///   - model: the world model, constant.
  ///   - random: draws actions and latents.
  /// - Returns: the loss, and the dream for the critic.
  public func actorLoss(
    _ actor: Actor, from start: LatentState, model: WorldModel, using random: inout SplitMix64
  ) -> (loss: Tensor, dream: Dream) {
    let imagination = Imagination(
      from: start, horizon: configuration.horizon, rssm: model.rssm, actor: actor, using: &random)
    let features = imagination.features
    // BEGIN SOLUTION 2.11
    let discounts = model.discount(features)
    let returns = lambdaReturns(
      rewards: model.reward(features), values: critic(features).at(0, axis: -1), discounts: discounts,
      lambda: Float(configuration.lambda))
    let weights = discountWeights(discounts)
    let loss = -(weights * (returns + Float(configuration.entropyScale) * imagination.entropies.slice(1..<configuration.horizon, axis: 1))).mean()
    // END SOLUTION 2.11
    let dream = Dream(
      features: stopGradient(features), returns: stopGradient(returns), weights: stopGradient(weights))
    return (loss, dream)
  }

  /// The critic's loss: the negative log-likelihood of the λ-returns under a Normal distribution of
  /// unit variance around the predicted value, weighted like the actor's (equation 8).
  ///
  /// - Parameters:
  ///   - critic: the recorded copy.
  ///   - dream: the targets; the last imagined state has none.
  /// - Returns: a single number.
  public func criticLoss(_ critic: MLP, dream: Dream) -> Tensor {
    // BEGIN SOLUTION 2.12
    let steps = dream.returns.shape[1]
    let values = critic(dream.features.slice(0..<steps, axis: 1)).at(0, axis: -1)
    let prediction = Normal(mean: values, standardDeviation: Tensor(1))
    return -(dream.weights * prediction.logProbability(of: dream.returns)).mean()
    // END SOLUTION 2.12
  }
}
