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
  ///   - noise: deviation of the exploration noise; nil acts as well as it can, for evaluation.
  ///   - random: draws latents and actions.
  mutating func decide(
    _ observations: Tensor, agent: DreamerV1Agent, noise: Float?, using random: inout SplitMix64
  ) -> Tensor {
    let embedding = agent.worldModel.encoder(observations)
    latent =
      agent.worldModel.rssm.observeStep(latent, action: action, embedding: embedding, using: &random).state
    let policy = agent.behavior.actor(latent.features)
    if let noise {
      action = (policy.sample(using: &random) + noise * .normal(action.shape, using: &random)).clamped(-1, 1)
    } else {
      action = policy.mode(using: &random)
    }
    return action
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("deterministic", &latent.deterministic)
    visitor("stochastic", &latent.stochastic)
    visitor("action", &action)
  }
}

extension DreamerV1Agent {
  /// The actions for some observations in the environment's units, one after the other, in [−1, 1].
  func act(
    _ observations: [[Float]], with acting: inout Acting, noise: Float?, using random: inout SplitMix64
  ) -> [Float] {
    acting.decide(observationScaling(Tensor(observations)), agent: self, noise: noise, using: &random).scalars
  }

  /// What has been learned, for acting without exploration noise in `batch` worlds at once.
  public func policy(batch: Int, seed: UInt64) -> any Policy {
    LearnedPolicy(
      agent: self, acting: Acting(worlds: batch, actionSize: actionScaling.size, rssm: worldModel.rssm),
      random: SplitMix64(seed: seed))
  }

  private struct LearnedPolicy: Policy {
    let agent: DreamerV1Agent
    var acting: Acting
    var random: SplitMix64

    mutating func act(_ observations: [[Float]]) -> [[Float]] {
      let actions = agent.act(observations, with: &acting, noise: nil, using: &random)
      let size = agent.actionScaling.size
      return observations.indices.map {
        agent.actionScaling.toEnvironment(actions[($0 * size)..<(($0 + 1) * size)])
      }
    }
  }

  /// What the world model predicts with its eyes closed: posterior during the context, prior after it.
  public func imagine(_ episode: Episode, context: Int, seed: UInt64) -> [Episode.Step] {
    var random = SplitMix64(seed: seed)
    let rssm = worldModel.rssm
    var state = rssm.initialState(batch: 1)
    var imagined: [Episode.Step] = []
    let noAction = [Float](repeating: 0, count: actionScaling.size)
    let observations = [episode.first] + episode.steps.map(\.observation)
    let actions = [noAction] + episode.steps.map { actionScaling.toAgent($0.action) }
    for (index, action) in actions.enumerated() {
      if index <= context {
        let embedding = worldModel.encoder(observationScaling(Tensor([observations[index]])))
        state = rssm.observeStep(state, action: Tensor([action]), embedding: embedding, using: &random).state
        continue
      }
      state = rssm.imagineStep(state, action: Tensor([action]), using: &random)
      imagined.append(
        .init(
          action: episode.steps[index - 1].action,
          observation: observationScaling.inverse(worldModel.decoder(state.features)).scalars,
          reward: worldModel.reward(state.features).scalar / Float(configuration.rewardScale)))
    }
    return imagined
  }
}
