import Environments
import Networks
import Tensors
import Training

/// What the agent carries from step to step while it acts: its belief and its last action.
struct Acting: Module {
  private var latent: LatentState
  /// `[world, action]`, in [−1, 1].
  private var action: Tensor

  /// The belief before anything was seen, in `worlds` worlds at once.
  init(worlds: Int, actionSize: Int, rssm: RSSM) {
    latent = rssm.initialState(batch: worlds)
    action = .zeros([worlds, actionSize])
  }

  /// Forgets everything: an episode begins.
  mutating func startOver() {
    latent = LatentState(
      deterministic: .zeros(latent.deterministic.shape), stochastic: .zeros(latent.stochastic.shape))
    action = .zeros(action.shape)
  }

  /// Takes in observations `[world, observation]` and decides on actions `[world, action]`.
  ///
  /// - Parameters:
  ///   - observations: on the model's scale.
  ///   - agent: model and policy.
  ///   - explores: whether to draw and explore, as for training, or to act as well as it can, for evaluation.
  ///   - random: draws latents and actions.
  mutating func decide(
    _ observations: Tensor, agent: DreamerV1Agent, explores: Bool, using random: inout SplitMix64
  ) -> Tensor {
    let embedding = agent.worldModel.encoder(observations)
    latent =
      agent.worldModel.rssm.observeStep(latent, action: action, embedding: embedding, using: &random).state
    let policy = agent.behavior.actor(latent.features)
    action = explores ? agent.explore(policy, using: &random) : policy.mode(using: &random)
    return action
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("deterministic", &latent.deterministic)
    visitor("stochastic", &latent.stochastic)
    visitor("action", &action)
  }
}

extension DreamerV1Agent {
  /// A draw from the policy, and something that it would not do: noise on numbers, now and then a random choice.
  ///
  /// Source: Hafner et al. 2020, section 6, for numbers; the official code for choices ("epsilon-greedy").
  func explore(_ policy: any Distribution, using random: inout SplitMix64) -> Tensor {
    let action = policy.sample(using: &random)
    let amount = configuration.explorationNoise
    guard format.isDiscrete else {
      return (action + Float(amount) * .normal(action.shape, using: &random)).clamped(-1, 1)
    }
    return random.uniform() < amount ? Tensor([format.random(using: &random)]) : action
  }

  func scaled(_ observations: Tensor) -> Tensor { observationScaling?(observations) ?? observations }

  func unscaled(_ observations: Tensor) -> Tensor {
    observationScaling?.inverse(observations) ?? observations.clamped(0, 1)
  }

  /// The actions for some observations in the environment's units, one after the other, in [−1, 1].
  func act(
    _ observations: [[Float]], with acting: inout Acting, explores: Bool, using random: inout SplitMix64
  ) -> [Float] {
    acting.decide(scaled(Tensor(observations)), agent: self, explores: explores, using: &random).scalars
  }

  /// What has been learned, for acting without exploration noise in `batch` worlds at once.
  public func policy(batch: Int, seed: UInt64) -> any Policy {
    LearnedPolicy(
      agent: self, acting: Acting(worlds: batch, actionSize: format.size, rssm: worldModel.rssm),
      random: SplitMix64(seed: seed))
  }

  private struct LearnedPolicy: Policy {
    let agent: DreamerV1Agent
    var acting: Acting
    var random: SplitMix64

    mutating func act(_ observations: [[Float]]) -> [[Float]] {
      let actions = agent.act(observations, with: &acting, explores: false, using: &random)
      let size = agent.format.size
      return observations.indices.map {
        agent.format.environmentAction(actions[($0 * size)..<(($0 + 1) * size)])
      }
    }
  }

  /// What the world model predicts with its eyes closed: posterior during the context, prior after it.
  public func imagine(_ episode: Episode, context: Int, seed: UInt64) -> [Episode.Step] {
    var random = SplitMix64(seed: seed)
    let rssm = worldModel.rssm
    var state = rssm.initialState(batch: 1)
    var imagined: [Episode.Step] = []
    let noAction = [Float](repeating: 0, count: format.size)
    let observations = [episode.first] + episode.steps.map(\.observation)
    let actions = [noAction] + episode.steps.map { format.input($0.action) }
    for (index, action) in actions.enumerated() {
      if index <= context {
        let embedding = worldModel.encoder(scaled(Tensor([observations[index]])))
        state = rssm.observeStep(state, action: Tensor([action]), embedding: embedding, using: &random).state
        continue
      }
      state = rssm.imagineStep(state, action: Tensor([action]), using: &random)
      imagined.append(
        .init(
          action: episode.steps[index - 1].action,
          observation: unscaled(worldModel.decoder(state.features)).scalars,
          reward: worldModel.reward(state.features).scalar / Float(configuration.rewardScale)))
    }
    return imagined
  }
}
