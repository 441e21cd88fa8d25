import DreamerV1
import Networks
import Tensors
import Training

/// What the agent does: an actor, a critic, and a slow copy of the critic that both learn from.
public struct Behavior: Module {
  /// The policy.
  public var actor: Actor
  /// Features → value: the expected return from a state on, its own reward included.
  public var critic: MLP
  /// The critic as it was some updates ago: what returns are estimated with.
  public var targetCritic: MLP
  private var actorOptimizer: Adam
  private var criticOptimizer: Adam
  private let configuration: DreamerV2Configuration

  /// Actor and critic with freshly drawn weights.
  public init(
    actionSize: Int, isChoice: Bool, configuration: DreamerV2Configuration, using random: inout SplitMix64
  ) {
    self.configuration = configuration
    actor = Actor(
      actionSize: actionSize, isChoice: isChoice, configuration: configuration, using: &random)
    critic = MLP(
      configuration.featureSize, 1, units: configuration.units, hiddenLayers: configuration.headLayers,
      using: &random)
    targetCritic = critic
    actorOptimizer = configuration.optimizer(for: actor, rate: configuration.actorRate)
    criticOptimizer = configuration.optimizer(for: critic, rate: configuration.criticRate)
  }

  /// Sets both optimisers' step sizes to a fraction of the configured ones.
  mutating func scaleRates(by scale: Float) {
    actorOptimizer.rate = Float(configuration.actorRate) * scale
    criticOptimizer.rate = Float(configuration.criticRate) * scale
  }

  /// What actor and critic learn of a dream, all `[batch, …]` along its steps.
  public struct Judgement: Sendable {
    /// λ-returns by the target critic, `[batch, H]`: the return at t belongs to state t and includes its reward.
    public var returns: Tensor
    /// The target critic's values, `[batch, H + 1]`.
    public var values: Tensor
    /// How much each state counts, `[batch, H]`, constants.
    public var weights: Tensor

    /// A judgement with these parts.
    public init(returns: Tensor, values: Tensor, weights: Tensor) {
      (self.returns, self.values, self.weights) = (returns, values, weights)
    }
  }

  /// Judges a dream: rewards by the model, values by the target critic.
  public func judge(_ dream: Dream, model: WorldModel) -> Judgement {
    let values = targetCritic(dream.features).at(0, axis: -1)
    return Judgement(
      returns: lambdaReturns(
        rewards: model.reward(dream.features), values: values, discounts: dream.discounts,
        lambda: Float(configuration.lambda)),
      values: values, weights: discountWeights(dream.discounts))
  }

  /// The actor's loss: −mean(weight · (ρ · log π(a) · advantage + (1 − ρ) · return + η · entropy)).
  ///
  /// The action chosen in state t leads to state t + 1, so it is paired with the return *there*; the return at t has
  /// state t's own reward in it, which the action could not change. The baseline is the value of state t.
  /// Source: Hafner et al. 2021, equation 6; the pairing is the official code's.
  ///
  /// - Parameters:
  ///   - actor: the recorded copy.
  ///   - dream: `[batch, H + 1, …]`; its actions carry gradients only where ρ < 1.
  ///   - judgement: of that dream.
  ///   - random: draws what an entropy without a formula needs.
  /// - Returns: a single number.
  public func actorLoss(
    _ actor: Actor, dream: Dream, judgement: Judgement, using random: inout SplitMix64
  ) -> Tensor {
    let steps = dream.horizon - 1
    let mix = Float(configuration.actorGradientMix)
    let policy = actor(stopGradient(dream.features.slice(0..<steps, axis: 1)))
    let returns = judgement.returns.slice(1..<dream.horizon, axis: 1)
    var objective = Float(configuration.actorEntropyScale) * policy.entropy(using: &random)
    if mix > 0 {
      let advantage = stopGradient(returns - judgement.values.slice(0..<steps, axis: 1))
      let actions = stopGradient(dream.actions.slice(1..<dream.horizon, axis: 1))
      objective = objective + mix * policy.logProbability(of: actions) * advantage
    }
    if mix < 1 { objective = objective + (1 - mix) * returns }
    return -(judgement.weights.slice(0..<steps, axis: 1) * objective).mean()
  }

  /// The critic's loss: −log p of the returns under Normals of unit variance, weighted.
  public func criticLoss(_ critic: MLP, dream: Dream, judgement: Judgement) -> Tensor {
    let states = stopGradient(dream.features.slice(0..<dream.horizon, axis: 1))
    let prediction = Normal(mean: critic(states).at(0, axis: -1), standardDeviation: Tensor(1))
    return -(judgement.weights * prediction.logProbability(of: stopGradient(judgement.returns))).mean()
  }

  /// One update of actor and critic on dreams.
  ///
  /// - Parameters:
  ///   - start: states to dream from, `[batch, …]`, constants.
  ///   - goesOn: 1 where the episode goes on at the start, else 0, `[batch]`.
  ///   - model: the world model.
  ///   - update: how many updates came before; the target critic is renewed every `targetInterval` of them.
  ///   - random: draws actions and latents.
  /// - Returns: losses and norms before clipping.
  public mutating func learn(
    from start: LatentState, goesOn: Tensor, model: WorldModel, update: Int, using random: inout SplitMix64
  ) -> Metrics {
    if update % configuration.targetInterval == 0 { targetCritic = critic }
    let constantActor = actor
    let (actorLoss, actorGradients, (dreamt, judgement)) = valueWithGradientAndResult(at: actor) { actor in
      // Without a gradient through the dynamics there is nothing to record in the dream.
      let dreamer = configuration.actorGradientMix < 1 ? actor : constantActor
      let dreamt = dream(
        from: start, goesOn: goesOn, horizon: configuration.horizon, model: model, actor: dreamer,
        using: &random)
      let judgement = self.judge(dreamt, model: model)
      return (self.actorLoss(actor, dream: dreamt, judgement: judgement, using: &random), (dreamt, judgement))
    }
    let (criticLoss, criticGradients) = valueWithGradient(at: critic) {
      self.criticLoss($0, dream: dreamt, judgement: judgement)
    }
    let actorNorm = actorOptimizer.update(&actor, along: actorGradients)
    let criticNorm = criticOptimizer.update(&critic, along: criticGradients)
    return [
      "actor/loss": Double(actorLoss.scalar), "actor/gradient norm": Double(actorNorm),
      "critic/loss": Double(criticLoss.scalar), "critic/gradient norm": Double(criticNorm),
      "critic/value": Double(judgement.values.mean().scalar),
    ]
  }

  /// Shows the networks and their optimisers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("actor", &actor)
    visitor("critic", &critic)
    visitor("targetCritic", &targetCritic)
    visitor("actorOptimizer", &actorOptimizer)
    visitor("criticOptimizer", &criticOptimizer)
  }
}
