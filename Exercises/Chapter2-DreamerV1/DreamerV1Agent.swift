import Environments
import Networks
import Tensors
import Training

/// The agent of "Dream to Control": learn a world model, learn to act inside it, act, and repeat.
///
/// Source: Hafner et al. 2020, Algorithm 1; the official code where the paper is silent.
public struct DreamerV1Agent: Agent {
  /// The paper's name on the command line.
  public static let paper = "dreamerv1"

  /// What the agent knows about the world.
  public internal(set) var worldModel: WorldModel
  /// What it does.
  public internal(set) var behavior: Behavior
  /// Times the world model was updated.
  public internal(set) var gradientSteps = 0
  var modelOptimizer: Adam
  var replay: ReplayBuffer
  var world: Interaction
  var acting: Acting
  var observationScaling: ObservationScaling
  let actionScaling: ActionScaling
  var random: SplitMix64
  let configuration: DreamerV1Configuration

  /// An agent that has seen nothing yet.
  ///
  /// - Throws: `TrainingError.invalidInput` for a task with pictures, or whose actions are not continuous.
  public init(
    environment: any Environment, configuration: DreamerV1Configuration, seed: UInt64
  ) throws {
    if case .image = environment.observationSpace {
      throw TrainingError.invalidInput(
        "dreamerv1 has a dense encoder here: it learns from vectors, not from pictures")
    }
    var random = SplitMix64(seed: seed)
    let observationSize = environment.observationSpace.count
    let actionSize = environment.actionSpace.count
    self.configuration = configuration
    actionScaling = try ActionScaling(environment.actionSpace)
    observationScaling = ObservationScaling(size: observationSize)
    worldModel = WorldModel(
      observationSize: observationSize, actionSize: actionSize, configuration: configuration, using: &random)
    behavior = Behavior(actionSize: actionSize, configuration: configuration, using: &random)
    modelOptimizer = Adam(
      for: worldModel, rate: Float(configuration.modelRate), clipNorm: Float(configuration.clipNorm))
    replay = ReplayBuffer(
      observationSpace: environment.observationSpace, actionSize: actionSize,
      capacity: configuration.replayCapacity, crossesEpisodes: configuration.crossesEpisodes)
    world = Interaction(environment, seed: random.next() >> 32)
    acting = Acting(worlds: 1, actionSize: actionSize, rssm: worldModel.rssm)
    self.random = random
  }

  // MARK: The loop of Algorithm 1

  /// One round: act, then learn the model from experience and the behaviour from dreams.
  ///
  /// - Returns: the losses of the round's last update.
  public mutating func train() -> Metrics {
    let isFirstRound = gradientSteps == 0
    collect(steps: isFirstRound ? configuration.prefill : configuration.trainEvery)
    if isFirstRound && configuration.standardizesObservations {
      observationScaling.fit(replay.allObservations, in: world.observationSpace)
    }

    let rateScale = configuration.rateScale(at: world.steps)
    modelOptimizer.rate = Float(configuration.modelRate) * rateScale
    behavior.scaleRates(by: rateScale)
    var metrics = Metrics()
    for _ in 0..<(isFirstRound ? configuration.pretrain : 1) {
      let batch = replay.sample(
        batchSize: configuration.batchSize, length: configuration.batchLength, using: &random)
      let (states, modelMetrics) = learnModel(batch)
      let behaviorMetrics = behavior.learn(from: starts(in: states), model: worldModel, using: &random)
      metrics = modelMetrics
      metrics.add(behaviorMetrics)
      gradientSteps += 1
    }
    return metrics
  }

  /// Acts for some steps and remembers what happens.
  private mutating func collect(steps: Int) {
    for _ in 0..<steps {
      if world.isOver {
        replay.startEpisode(with: world.startEpisode())
        acting.startOver()
      }
      let action =
        world.steps < configuration.prefill
        ? Tensor.uniform([actionScaling.size], low: -1, high: 1, using: &random).scalars
        : act(
          [world.observation], with: &acting, noise: Float(configuration.explorationNoise), using: &random)
      let result = world.step(actionScaling.toEnvironment(action))
      replay.append(
        action: action, observation: result.observation,
        reward: result.reward * Float(configuration.rewardScale), isTerminal: result.terminated)
    }
  }

  /// One update of the world model.
  ///
  /// - Returns: the posterior states of the batch as constants, `[batch, time, …]`, and the losses.
  private mutating func learnModel(_ batch: SequenceBatch) -> (states: LatentState, Metrics) {
    var batch = batch
    batch.observations = observationScaling(batch.observations)
    let (_, gradients, result) = valueWithGradientAndResult(at: worldModel) { model in
      let (losses, states) = model.losses(batch, using: &random)
      return (losses.total, (losses, states.withoutGradient))
    }
    let (losses, states) = result
    let norm = modelOptimizer.update(&worldModel, along: gradients)
    return (states, losses.metrics(gradientNorm: norm))
  }

  /// Some of a batch's states, at random, as starts of dreams: `[imaginationStarts, …]`.
  private mutating func starts(in states: LatentState) -> LatentState {
    let count = configuration.batchSize * configuration.batchLength
    let chosen = Array(random.shuffled(Array(0..<count)).prefix(configuration.imaginationStarts))
    return LatentState(
      deterministic: states.deterministic.reshaped([count, -1]).rows(chosen),
      stochastic: states.stochastic.reshaped([count, -1]).rows(chosen))
  }
}
