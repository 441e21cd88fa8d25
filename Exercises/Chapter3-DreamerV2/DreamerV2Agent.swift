import DreamerV1
import Environments
import Networks
import Tensors
import Training

/// The agent of "Mastering Atari with Discrete World Models": V1's loop, with another model and another way to learn
/// behaviour.
///
/// Source: Hafner et al. 2021; the official code where the paper is silent.
public struct DreamerV2Agent: DreamingAgent {
  /// The paper's name on the command line.
  public static let paper = "dreamerv2"

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
  private let configuration: DreamerV2Configuration

  /// An agent that has seen nothing yet.
  ///
  /// - Throws: `InvalidInput` for actions that no network can choose.
  public init(environment: any Environment, configuration: DreamerV2Configuration, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let format = try ActionFormat(environment.actionSpace)
    self.configuration = configuration
    worldModel = WorldModel(
      observationShape: environment.observationSpace.shape, actionSize: format.size,
      canTerminate: environment.canTerminate, configuration: configuration, using: &random)
    behavior = Behavior(
      actionSize: format.size, isChoice: format.isDiscrete, configuration: configuration, using: &random)
    modelOptimizer = configuration.optimizer(for: worldModel, rate: configuration.modelRate)
    experience = try Experience(
      of: environment, seed: random.next() >> 32, capacity: configuration.replayCapacity,
      crossesEpisodes: true,
      rewardScale: configuration.rewardScale)
    acting = Acting(worlds: 1, actionSize: format.size, dynamics: worldModel.rssm)
    self.random = random
  }

  /// One round: act, then learn the model from experience and the behaviour from dreams.
  ///
  /// - Returns: the losses of the round's last update.
  public mutating func train() -> Metrics {
    let isFirstRound = gradientSteps == 0
    collect(
      steps: isFirstRound ? configuration.prefill : configuration.trainEvery, prefill: configuration.prefill)
    if isFirstRound && configuration.standardizesObservations { experience.fitScaling() }
    scaleRates(by: configuration.rateScale(at: experience.steps))
    var metrics = Metrics()
    for _ in 0..<(isFirstRound ? configuration.pretrain : 1) {
      let batch = experience.sample(
        batchSize: configuration.batchSize, length: configuration.batchLength, using: &random)
      let (states, modelMetrics) = learnModel(batch)
      metrics = modelMetrics
      metrics.add(learnBehavior(states, goesOn: batch.continues))
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
      return (losses.total, (losses: losses, states: states))
    }
    let norm = modelOptimizer.update(&worldModel, along: gradients)
    var metrics = result.losses.metrics
    metrics.add("model/gradient norm", Double(norm))
    return (result.states.withoutGradient, metrics)
  }

  /// One update of actor and critic, on dreams from some of these states.
  private mutating func learnBehavior(_ states: LatentState, goesOn: Tensor) -> Metrics {
    let places = Array(
      random.shuffled(Array(0..<goesOn.count)).prefix(configuration.imaginationStarts))
    return behavior.learn(
      from: states.flattened.rows(places), goesOn: goesOn.reshaped([-1]).rows(places), model: worldModel,
      update: gradientSteps, using: &random)
  }

  private mutating func scaleRates(by scale: Float) {
    modelOptimizer.rate = Float(configuration.modelRate) * scale
    behavior.scaleRates(by: scale)
  }
}

// MARK: What makes it a dreaming agent

extension DreamerV2Agent {
  /// The RSSM.
  public var dynamics: CategoricalRSSM { worldModel.rssm }

  /// The encoder's.
  public func embed(_ observations: Tensor) -> Tensor { worldModel.encoder(observations) }

  /// The decoder's.
  public func reconstruct(_ features: Tensor) -> Tensor { worldModel.decoder(features) }

  /// The reward head's.
  public func reward(_ features: Tensor) -> Tensor { worldModel.reward(features) }

  /// A draw for exploring, with no noise on top, else the likeliest action.
  public func choose(_ features: Tensor, explores: Bool, using random: inout SplitMix64) -> Tensor {
    let policy = behavior.actor(features)
    return explores ? policy.sample(using: &random) : policy.mode(using: &random)
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
    _ task: BundledEnvironment, for configuration: DreamerV2Configuration
  ) -> any Environment {
    task.make(imageSize: configuration.imageSize, actionRepeat: configuration.actionRepeat)
  }

  /// The settings of a preset for a task, which follow from what its environment is like.
  public static func configuration(
    _ preset: Preset, for environment: BundledEnvironment
  ) -> DreamerV2Configuration {
    var settings = DreamerV2Configuration.preset(preset)
    // REINFORCE for choices, through the dynamics for numbers, as in the paper.
    if case .discrete = environment.make().actionSpace { settings.actorGradientMix = 1 }
    return settings
  }
}
