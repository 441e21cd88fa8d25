import Environments
import Networks
import Tensors
import Training

extension WorldModelsAgent: ImaginingAgent {
  /// What has been learned: the controller in the middle of the search.
  public var learnedController: Controller { controller(search.mean) }

  /// The returns that what has been learned earns in dreams: compare them with those of an `Evaluation`.
  ///
  /// - Parameters:
  ///   - episodes: how many dreams.
  ///   - temperature: τ.
  ///   - seed: fixes the beginnings and the draws.
  public func dreamReturns(episodes: Int, temperature: Double, seed: UInt64) -> [Double] {
    (0..<UInt64(episodes)).flatMap { episode in
      dream([learnedController], seeds: [seed &+ episode], temperature: temperature).returns
    }
  }

  /// What has been learned, for acting in `batch` worlds at once.
  public func policy(batch: Int, seed: UInt64) -> any Policy {
    LearnedPolicy(
      population: population, controller: learnedController,
      state: model.memory.cell.initialState(batch: batch))
  }

  private struct LearnedPolicy: Policy {
    let population: Population
    let controller: Controller
    var state: LSTMCell.State

    mutating func act(_ observations: [[Float]]) -> [[Float]] {
      let latents = population.model.encode(Tensor(observations)).mean
      let actions = population.act(observations.map { _ in controller }, latents, state)
      state = population.remember(latents, actions, state)
      return actions
    }
  }

  /// What the model predicts with its eyes closed: V looks during the context, M goes on alone.
  public func imagine(_ episode: Episode, context: Int, seed: UInt64) -> [Episode.Step] {
    var random = SplitMix64(seed: seed)
    var state = model.memory.cell.initialState(batch: 1)
    var latent = model.encode(Tensor([episode.first])).mean
    return episode.steps.enumerated().compactMap { index, step in
      state = population.remember(latent, [step.action], state)
      if index < context {
        latent = model.encode(Tensor([step.observation])).mean
        return nil
      }
      latent = model.memory.nextLatent(state.hidden).atTemperature(Float(configuration.temperature))
        .sample(using: &random)
      return Episode.Step(
        action: step.action, observation: model.decode(latent).scalars,
        reward: model.memory.reward(state.hidden).scalar / Float(configuration.rewardScale))
    }
  }
}
