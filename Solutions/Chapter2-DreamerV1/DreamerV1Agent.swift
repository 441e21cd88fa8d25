import Environments
import Networks
import Support
import Tensors
import Training

/// The agent of "Dream to Control": learn a world model, learn to act inside it, act, and repeat.
///
/// Source: Hafner et al. 2020, Algorithm 1; the official code where the paper is silent.
public struct DreamerV1Agent: DreamingAgent {
  /// The paper's name on the command line.
  public static let paper = "dreamerv1"

  /// What the agent knows about the world.
  public internal(set) var worldModel: WorldModel
  /// What it does.
  public internal(set) var behavior: Behavior
  /// Its life in the environment.
  public var experience: Experience
  /// What it carries from step to step while it acts.
  public var acting: Acting
  /// Draws everything random.
  public var random: SplitMix64
  /// Times the world model was updated.
  public var gradientSteps = 0
  private var modelOptimizer: Adam
  private let configuration: DreamerV1Configuration

  /// An agent that has seen nothing yet.
  ///
  /// - Throws: `InvalidInput` for actions without bounds.
  public init(
    environment: any Environment, configuration: DreamerV1Configuration, seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let format = try ActionFormat(environment.actionSpace)
    self.configuration = configuration
    worldModel = WorldModel(
      observationShape: environment.observationSpace.shape, actionSize: format.size,
      configuration: configuration, using: &random)
    behavior = Behavior(
      actionSize: format.size, isDiscrete: format.isDiscrete, configuration: configuration, using: &random)
    modelOptimizer = Adam(
      for: worldModel, rate: Float(configuration.modelRate), clipNorm: Float(configuration.clipNorm))
    experience = try Experience(
      of: environment, seed: random.next() >> 32, capacity: configuration.replayCapacity,
      crossesEpisodes: configuration.crossesEpisodes, rewardScale: configuration.rewardScale)
    acting = Acting(worlds: 1, actionSize: format.size, dynamics: worldModel.rssm)
    self.random = random
  }

  // MARK: The loop of Algorithm 1

  /// One round: act, then learn the model from experience and the behaviour from dreams.
  ///
  /// - Returns: the losses of the round's last update.
  public mutating func train() -> Metrics {
    let isFirstRound = gradientSteps == 0
    collect(
      steps: isFirstRound ? configuration.prefill : configuration.trainEvery, prefill: configuration.prefill)
    if isFirstRound && configuration.standardizesObservations { experience.fitScaling() }

    let rateScale = configuration.rateScale(at: experience.steps)
    modelOptimizer.rate = Float(configuration.modelRate) * rateScale
    behavior.scaleRates(by: rateScale)
    var metrics = Metrics()
    for _ in 0..<(isFirstRound ? configuration.pretrain : 1) {
      let batch = experience.sample(
        batchSize: configuration.batchSize, length: configuration.batchLength, using: &random)
      let (states, modelMetrics) = learnModel(batch)
      metrics = modelMetrics
      // What the actor would learn from a model that knows nothing yet, it would have to unlearn.
      if gradientSteps >= configuration.modelHeadStart {
        metrics.add(behavior.learn(from: starts(in: states, of: batch), model: worldModel, using: &random))
      }
      gradientSteps += 1
    }
    return metrics
  }

  /// One update of the world model.
  ///
  /// - Returns: the posterior states of the batch as constants, `[batch, time, …]`, and the losses.
  private mutating func learnModel(_ batch: SequenceBatch) -> (states: LatentState, Metrics) {
    let (_, gradients, result) = valueWithGradientAndResult(at: worldModel) { model in
      let (losses, states) = model.losses(batch, using: &random)
      return (losses.total, (losses, states.withoutGradient))
    }
    let (losses, states) = result
    let norm = modelOptimizer.update(&worldModel, along: gradients)
    var metrics = losses.metrics
    metrics.add("model/gradient norm", Double(norm))
    return (states, metrics)
  }

  /// Some of a batch's states, at random, as starts of dreams, at most `[imaginationStarts, …]`; where the task has
  /// ended there is nothing to dream of.
  private mutating func starts(in states: LatentState, of batch: SequenceBatch) -> LatentState {
    let goesOn = batch.continues.scalars
    let places = random.shuffled(goesOn.indices.filter { goesOn[$0] == 1 })
    return states.flattened.rows(Array(places.prefix(configuration.imaginationStarts)))
  }
}

// MARK: What makes it a dreaming agent

extension DreamerV1Agent {
  /// The RSSM.
  public var dynamics: RSSM { worldModel.rssm }

  /// The encoder's.
  public func embed(_ observations: Tensor) -> Tensor { worldModel.encoder(observations) }

  /// The decoder's.
  public func reconstruct(_ features: Tensor) -> Tensor { worldModel.decoder(features) }

  /// The reward head's.
  public func reward(_ features: Tensor) -> Tensor { worldModel.reward(features) }

  /// The likeliest action; for exploring a draw, with noise on numbers, and now and then a random choice.
  ///
  /// Source: Hafner et al. 2020, section 6, for numbers; the official code for choices ("epsilon-greedy").
  public func choose(_ features: Tensor, explores: Bool, using random: inout SplitMix64) -> Tensor {
    let policy = behavior.actor(features)
    guard explores else { return policy.mode(using: &random) }
    let (action, amount) = (policy.sample(using: &random), configuration.explorationNoise)
    if experience.format.isDiscrete {
      return random.uniform() < amount ? Tensor([experience.format.random(using: &random)]) : action
    }
    return (action + Float(amount) * .normal(action.shape, using: &random)).clamped(-1, 1)
  }

  /// Shows every tensor that training changes to the visitor: networks and optimisers.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("worldModel", &worldModel)
    visitor("behavior", &behavior)
    visitor("modelOptimizer", &modelOptimizer)
  }

  /// As configured.
  public var totalSteps: Int { configuration.steps }

  /// The task with pictures of the configured size, and actions repeated as configured.
  public static func environment(
    _ task: BundledEnvironment, for configuration: DreamerV1Configuration
  ) -> any Environment {
    task.make(imageSize: configuration.imageSize, actionRepeat: configuration.actionRepeat)
  }

  /// The settings of a preset for a task, which follow from what its environment is like.
  public static func configuration(
    _ preset: Preset, for environment: BundledEnvironment
  ) -> DreamerV1Configuration {
    var settings = DreamerV1Configuration.preset(preset)
    let world = environment.make()
    settings.predictsContinue = world.canTerminate
    guard preset == .laptop else { return settings }
    if world.canTerminate {
      // Its episodes are short at first, so it takes more steps to see what happens in them.
      (settings.steps, settings.prefill, settings.trainEvery) = (10_000, 1_000, 2)
    }
    if case .discrete = world.actionSpace {
      // A choice tells the model less than a number does, and updates on few episodes make it learn those by heart: so
      // each update follows eight steps.
      (settings.steps, settings.trainEvery) = (60_000, 8)
      (settings.deterministicSize, settings.modelRate, settings.klScale) = (128, 3e-3, 0.1)
      settings.rewardScale = 1
      // More dreams, and shorter ones, did better on the few seeds on which both were tried.
      (settings.horizon, settings.imaginationStarts, settings.actorEntropyScale) = (5, 256, 0.03)
    }
    if case .image = world.observationSpace {
      (settings.steps, settings.trainEvery, settings.actionRepeat) = (20_000, 4, 2)
      (settings.deterministicSize, settings.klScale, settings.rewardScale) = (128, 0.1, 0.03)
      // The best that was found, and not good: of two seeds one drives, and none reaches the goal.
      (settings.actorMeanLimit, settings.modelHeadStart) = (5, 0)
    }
    return settings
  }
}
