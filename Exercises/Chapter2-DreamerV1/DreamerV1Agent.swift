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
  var observationScaling: ObservationScaling?
  let format: ActionFormat
  var random: SplitMix64
  let configuration: DreamerV1Configuration

  /// An agent that has seen nothing yet.
  ///
  /// - Throws: `TrainingError.invalidInput` for a task whose actions have no bounds.
  public init(
    environment: any Environment, configuration: DreamerV1Configuration, seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let observationShape = environment.observationSpace.shape
    format = try ActionFormat(environment.actionSpace)
    let actionSize = format.size
    self.configuration = configuration
    if observationShape.count == 1 { observationScaling = ObservationScaling(size: observationShape[0]) }
    worldModel = WorldModel(
      observationShape: observationShape, actionSize: actionSize, configuration: configuration, using: &random
    )
    behavior = Behavior(
      actionSize: actionSize, isDiscrete: format.isDiscrete, configuration: configuration, using: &random)
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
      observationScaling?.fit(replay.allObservations, in: world.observationSpace)
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
        ? format.random(using: &random)
        : act([world.observation], with: &acting, explores: true, using: &random)
      let result = world.step(format.environmentAction(action))
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
    if let observationScaling { batch.observations = observationScaling(batch.observations) }
    var result: (losses: WorldModel.Losses, states: LatentState)!
    let (_, gradients) = valueWithGradient(at: worldModel) { model in
      result = model.losses(batch, using: &random)
      return result.losses.total
    }
    let norm = modelOptimizer.update(&worldModel, along: gradients)
    return (result.states.withoutGradient, result.losses.metrics(gradientNorm: norm))
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
