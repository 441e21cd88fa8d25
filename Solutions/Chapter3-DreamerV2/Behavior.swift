import Curriculum
import DreamerV1
import Foundation
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

  /// Judges a dream: rewards by the model, values by the target critic, discounts as the dream has them.
  ///
  /// The critic that learns would chase its own tail: its targets would move with every update. The copy stands still
  /// for `targetInterval` of them. Everything but the weights carries gradients to the dream's states.
  /// `lambdaReturns` and `discountWeights` are chapter 2's. Source: Hafner et al. 2021, equations 4 and 5.
  public func judge(_ dream: Dream, model: WorldModel) -> Judgement {
    // BEGIN SOLUTION 3.9
    let values = targetCritic(dream.features).at(0, axis: -1)
    let returns = lambdaReturns(
      rewards: model.reward(dream.features), values: values, discounts: dream.discounts,
      lambda: Float(configuration.lambda))
    return Judgement(returns: returns, values: values, weights: discountWeights(dream.discounts))
    // END SOLUTION 3.9
  }

  /// The actor's loss: −mean(weight · (ρ · log π(a) · advantage + (1 − ρ) · return + η · entropy)).
  ///
  /// The action chosen in state t leads to state t + 1, so it is paired with the return *there*; the return at t has
  /// state t's own reward in it, which the action could not change. The advantage is that return less the value of state
  /// t. The policy's features, advantages and the actions whose log-probability is taken are constants.
  /// The sum has H − 1 terms: t = 0 … H − 2, and each counts with the weight of state t.
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
    // BEGIN SOLUTION 3.10
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
    // END SOLUTION 3.10
  }

  /// The critic's loss: −log p of the returns under Normals of unit variance, weighted.
  ///
  /// The return at t belongs to state t, from the start on: here nothing is shifted. States and returns are constants.
  /// Source: Hafner et al. 2021, equation 5; the Normals are the official code's.
  ///
  /// - Parameters:
  ///   - critic: the recorded copy.
  ///   - dream: `[batch, H + 1, …]`; the last state has no return.
  ///   - judgement: of that dream, by the target critic.
  /// - Returns: a single number.
  public func criticLoss(_ critic: MLP, dream: Dream, judgement: Judgement) -> Tensor {
    // BEGIN SOLUTION 3.11
    let states = stopGradient(dream.features.slice(0..<dream.horizon, axis: 1))
    let prediction = Normal(mean: critic(states).at(0, axis: -1), standardDeviation: Tensor(1))
    return -(judgement.weights * prediction.logProbability(of: stopGradient(judgement.returns))).mean()
    // END SOLUTION 3.11
  }

  /// Dreams, judges the dream, and says what the actor should minimise; the critic learns from the same dream.
  ///
  /// - Parameters:
  ///   - recorded: the recorded copy of the actor.
  ///   - start: states to dream from, `[batch, …]`, constants.
  ///   - goesOn: 1 where the episode goes on at the start, else 0, `[batch]`.
  ///   - model: the world model, constant.
  ///   - random: draws actions and latents.
  /// - Returns: the actor's loss, a single number, and the dream with its judgement.
  public func imagine(
    _ recorded: Actor, from start: LatentState, goesOn: Tensor, model: WorldModel,
    using random: inout SplitMix64
  ) -> (loss: Tensor, (dream: Dream, judgement: Judgement)) {
    // Without a gradient through the dynamics there is nothing to record in the dream.
    let dreamer = configuration.actorGradientMix < 1 ? recorded : actor
    let dreamt = dream(
      from: start, goesOn: goesOn, horizon: configuration.horizon, model: model, actor: dreamer,
      using: &random)
    let judgement = judge(dreamt, model: model)
    return (actorLoss(recorded, dream: dreamt, judgement: judgement, using: &random), (dreamt, judgement))
  }

  /// One update of actor and critic on dreams.
  ///
  /// First the target critic becomes a copy of the critic, in every update whose number `targetInterval` divides; the
  /// 0th is one of them. Then actor and critic learn from one dream, as in V1: `imagine` has it, with the actor's loss.
  ///
  /// - Parameters:
  ///   - start: states to dream from, `[batch, …]`, constants.
  ///   - goesOn: 1 where the episode goes on at the start, else 0, `[batch]`.
  ///   - model: the world model.
  ///   - update: how many updates came before.
  ///   - random: draws actions and latents.
  /// - Returns: `actor/loss` and `critic/loss`, the norms before clipping, `actor/gradient norm` and
  ///   `critic/gradient norm`, and the mean of the dream's values, `critic/value`.
  public mutating func learn(
    from start: LatentState, goesOn: Tensor, model: WorldModel, update: Int, using random: inout SplitMix64
  ) -> Metrics {
    // BEGIN SOLUTION 3.12
    if update % configuration.targetInterval == 0 { targetCritic = critic }
    let (actorLoss, actorGradients, (dreamt, judgement)) = valueWithGradientAndResult(at: actor) {
      self.imagine($0, from: start, goesOn: goesOn, model: model, using: &random)
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
    // END SOLUTION 3.12
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
