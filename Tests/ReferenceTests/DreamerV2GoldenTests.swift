import CourseTesting
import DreamerV1
import DreamerV2
import Networks
import Tensors
import Testing

/// Against the official code of DreamerV2, in TensorFlow.
///
/// Its rows are time and its columns the batch.
@Suite struct DreamerV2GoldenTests {
  @Test(arguments: ["kl_balance_0.8", "kl_balance_0.8_free1_avg"]) func theBalancedDivergence(_ name: String)
    throws
  {
    let golden = try GoldenCase.named(name, in: "dreamerv2")
    let (balance, free) = try (golden.input("balance").number, golden.input("free").number)
    try golden.check(at: ["post", "prior"]) { tensors in
      let (posterior, prior) = (CategoricalBelief(logits: tensors[0]), CategoricalBelief(logits: tensors[1]))
      // Both halves have the value of the plain KL, so one maximum is as good as the official code's two.
      let divergence = balancedKL(posterior, prior, balance: Float(balance))
      return ["kl": divergence, "loss": maximum(divergence.mean(), Tensor(Float(free)))]
    }
  }

  @Test func oneStepOfTheModel() throws {
    let golden = try GoldenCase.named("rssm_step_v2", in: "dreamerv2")
    func input(_ name: String) throws -> Tensor { try golden.input(name).tensor }
    func layer(_ name: String) throws -> Linear {
      Linear(weight: try input(name + "_k"), bias: try input(name + "_b"))
    }
    // The official code keeps the gates in the order reset, candidate, update; here the candidate comes last.
    func gates(_ x: Tensor) -> Tensor {
      concatenate([0..<5, 10..<15, 5..<10].map { x.slice($0, axis: -1) }, axis: -1)
    }
    try golden.check(at: ["embed", "deter", "gru_k"]) { tensors in
      var random = SplitMix64(seed: 0)
      var rssm = CategoricalRSSM(
        actionSize: 2, embeddingSize: 4, deterministicSize: 5, groups: 2, classes: 3, hiddenSize: 6,
        using: &random)
      rssm.inputLayer = try layer("img_in")
      rssm.cell.linear = Linear(weight: gates(tensors[2]), bias: gates(try input("gru_lb")))
      (rssm.cell.norm.scale, rssm.cell.norm.offset) = (gates(try input("gru_s")), gates(try input("gru_b")))
      rssm.priorLayers.layers = [try layer("img_out"), try layer("img_dist")]
      rssm.posteriorLayers.layers = [try layer("obs_out"), try layer("obs_dist")]
      let keep = 1 - (try input("is_first")).reshaped([3, 1])
      let before = LatentState(
        deterministic: tensors[1] * keep, stochastic: try input("stoch").reshaped([3, 6]) * keep)
      let (state, posterior) = rssm.observeStep(
        before, action: try input("action") * keep, embedding: tensors[0], using: &random)
      return [
        "deter": state.deterministic, "prior_logits": rssm.prior(state.deterministic).logits,
        "post_logits": posterior.logits,
      ]
    }
  }

  @Test func returnsAndWeights() throws {
    let golden = try GoldenCase.named("targets_and_weights", in: "dreamerv2")
    try golden.check(at: ["rew", "val", "disc"]) { tensors in
      let judged = tensors.map { $0.transposed() }
      // The official weights have one more, of a state without a return.
      let longer = concatenate([judged[2], .zeros([3, 1])], axis: 1)
      return [
        "target": lambdaReturns(rewards: judged[0], values: judged[1], discounts: judged[2], lambda: 0.95)
          .transposed(),
        "weight": discountWeights(longer).transposed(),
      ]
    }
  }

  @Test func theActorsLossByReinforce() throws {
    let golden = try GoldenCase.named("actor_loss_reinforce", in: "dreamerv2")
    let entropyScale = try golden.input("ent_scale").number
    let judgement = try judgement(golden)
    let actions = try golden.input("act").tensor.transposed(1, 0, 2)
    try golden.check(at: ["logits"]) { tensors in
      // Features that are one-hot pick a row of the only layer, so its weights are the logits.
      let (actor, dream) = actor(
        logits: tensors[0].transposed(1, 0, 2).reshaped([18, 4]), mix: 1, entropyScale: entropyScale,
        actions: actions)
      var random = SplitMix64(seed: 0)
      let advantages = judgement.returns.slice(1..<5, axis: 1) - judgement.values.slice(0..<4, axis: 1)
      return [
        "adv": advantages.transposed(),
        "loss": actor.behavior.actorLoss(
          actor.recorded, dream: dream, judgement: judgement, using: &random),
      ]
    }
  }

  @Test func theActorsLossThroughTheDynamics() throws {
    let golden = try GoldenCase.named("actor_loss_dynamics", in: "dreamerv2")
    let entropies = try golden.input("ent").tensor.transposed()
    try golden.check(at: ["rew", "val", "disc"]) { tensors in
      let judged = tensors.map { $0.transposed() }
      let judgement = judgement(rewards: judged[0], values: judged[1], discounts: judged[2])
      let (actor, dream) = actor(
        logits: .zeros([18, 4]), mix: 0, entropyScale: 0, actions: .zeros([3, 6, 4]))
      var random = SplitMix64(seed: 0)
      let loss = actor.behavior.actorLoss(
        actor.recorded, dream: dream, judgement: judgement, using: &random)
      return ["loss": loss - 1e-4 * (judgement.weights.slice(0..<4, axis: 1) * entropies).mean()]
    }
  }

  @Test func theCriticsLoss() throws {
    let golden = try GoldenCase.named("critic_loss", in: "dreamerv2")
    let judgement = try judgement(golden)
    try golden.check(at: ["pred"]) { tensors in
      var random = SplitMix64(seed: 0)
      let (actor, dream) = actor(
        logits: .zeros([18, 4]), mix: 1, entropyScale: 0, actions: .zeros([3, 6, 4]))
      var critic = MLP(18, 1, units: 1, hiddenLayers: 0, using: &random)
      critic.layers[0].weight = tensors[0].transposed().reshaped([18, 1])
      return ["loss": actor.behavior.criticLoss(critic, dream: dream, judgement: judgement)]
    }
  }

  // MARK: What the cases are made of

  private func judgement(_ golden: GoldenCase) throws -> DreamerV2.Behavior.Judgement {
    let judged = try ["rew", "val", "disc"].map { try golden.input($0).tensor.transposed() }
    return judgement(rewards: judged[0], values: judged[1], discounts: judged[2])
  }

  private func judgement(rewards: Tensor, values: Tensor, discounts: Tensor) -> DreamerV2.Behavior.Judgement {
    DreamerV2.Behavior.Judgement(
      returns: lambdaReturns(rewards: rewards, values: values, discounts: discounts, lambda: 0.95),
      values: values, weights: discountWeights(discounts))
  }

  /// A behaviour, the actor whose logits are these in three dreams of five steps, and the dreams.
  private func actor(
    logits: Tensor, mix: Double, entropyScale: Double, actions: Tensor
  ) -> (actor: (behavior: DreamerV2.Behavior, recorded: DreamerV2.Actor), dream: Dream) {
    var settings = DreamerV2Configuration.preset(.smoke)
    (settings.actorGradientMix, settings.actorEntropyScale) = (mix, entropyScale)
    (settings.groups, settings.classes, settings.deterministicSize, settings.headLayers) = (2, 4, 10, 0)
    var random = SplitMix64(seed: 1)
    let behavior = DreamerV2.Behavior(actionSize: 4, isChoice: true, configuration: settings, using: &random)
    var recorded = behavior.actor
    recorded.layers.layers[0].weight = logits
    let features = Tensor.oneHot(Array(0..<18), count: 18).reshaped([3, 6, 18])
    let dream = Dream(features: features, actions: actions, discounts: .ones([3, 6]))
    return ((behavior, recorded), dream)
  }
}
