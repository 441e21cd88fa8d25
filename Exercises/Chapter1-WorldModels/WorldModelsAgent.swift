import Environments
import Networks
import Support
import Tensors
import Training

/// The agent of "World Models": see (V), dream (M), act (C), each learned in a stage of its own.
///
/// Source: Ha and Schmidhuber 2018, section 3; the official code where the paper is silent.
public struct WorldModelsAgent: Agent {
  /// The paper's name on the command line.
  public static let paper = "worldmodels"

  /// The stages in their order; each uses what those before it have left.
  public enum Stage: String, CaseIterable, Codable, Sendable {
    /// Random episodes are recorded.
    case collect
    /// V learns to reconstruct their observations.
    case vision
    /// M learns to predict their latents.
    case memory
    /// CMA-ES searches for C.
    case controller
  }

  /// V and M.
  public internal(set) var model: WorldModel
  /// The search for C.
  public internal(set) var search: CMAES
  /// What was counted on the way.
  public internal(set) var history = History()
  var visionOptimizer: Adam
  var memoryOptimizer: Adam
  /// Its random episodes.
  public var experience: Experience
  /// The replay as V sees it, `[μ, log σ²]`; made when first needed.
  var latents: ReplayBuffer?
  var random: SplitMix64
  let environment: any Environment
  let configuration: WorldModelsConfiguration
  let seed: UInt64

  /// An agent that has seen nothing yet.
  ///
  /// - Throws: `InvalidInput` for pictures of another size than configured, or actions without
  ///   bounds.
  public init(environment: any Environment, configuration: WorldModelsConfiguration, seed: UInt64) throws {
    if case .image(let height, let width, _) = environment.observationSpace,
      (height, width) != (configuration.imageSize, configuration.imageSize)
    {
      throw InvalidInput(
        "worldmodels expects pictures of imageSize \(configuration.imageSize), not \(height)×\(width)")
    }
    self.environment = environment
    self.configuration = configuration
    self.seed = seed
    experience = try Experience(
      of: Self.limited(environment, steps: configuration.episodeSteps), seed: seed,
      capacity: configuration.replayCapacity, crossesEpisodes: true, rewardScale: configuration.rewardScale)
    random = SplitMix64(seed: seed)
    model = WorldModel(
      observationSpace: environment.observationSpace, actionSize: experience.format.size,
      configuration: configuration, using: &random)
    visionOptimizer = Adam(for: model.vision, rate: Float(configuration.visionRate))
    memoryOptimizer = Adam(for: model.memory, rate: Float(configuration.memoryRate))
    let count = Controller.parameterCount(
      sizes: configuration.controllerSizes(outputs: experience.format.size))
    search = CMAES(
      mean: Array(repeating: 0, count: count), stepSize: configuration.initialStepSize,
      populationSize: configuration.populationSize)
    begin(.collect)
  }

  /// An environment whose episodes are over after some steps.
  private static func limited(_ environment: some Environment, steps: Int) -> any Environment {
    TimeLimit(environment, steps: steps)
  }

  // MARK: The stages

  /// One round of the present stage.
  ///
  /// - Returns: its losses, or the returns of a generation.
  public mutating func train() -> Metrics {
    let stage = currentStage
    let metrics =
      switch stage {
      case .collect: collect()
      case .vision: learnVision()
      case .memory: learnMemory()
      case .controller: learnController()
      }
    if currentStage != stage { begin(currentStage) }
    return metrics
  }

  /// Every stage has random numbers of its own, so that repeating one gives the same again.
  mutating func begin(_ stage: Stage) {
    random = SplitMix64(seed: seed &+ 1)
    for _ in 0..<Stage.allCases.firstIndex(of: stage)! { random = random.split() }
  }

  /// Records some episodes of random actions.
  private mutating func collect() -> Metrics {
    for _ in 0..<min(Self.episodesPerRound, configuration.episodes - history.episodes) {
      var policy = RandomPolicy(format: experience.format, using: &random)
      collectEpisode(seed: random.next() >> 32) { agent, _ in policy.act(using: &agent.random) }
      history.episodes += 1
    }
    history.environmentSteps = experience.steps
    let rewards = experience.rewardRange
    model.rewardLimits = Tensor([rewards.lowerBound, rewards.upperBound])
    if currentStage != .collect {
      experience.fitScaling()
      model.scaling = experience.scaling
    }
    return [:]
  }

  /// Some updates of V on single observations.
  private mutating func learnVision() -> Metrics {
    var metrics = Metrics()
    for _ in 0..<min(Self.updatesPerRound, configuration.visionUpdates - history.visionUpdates) {
      let batch = experience.sample(batchSize: configuration.visionBatch, length: 1, using: &random)
      let observations = batch.observations.reshaped([configuration.visionBatch, -1])
      let (_, gradients, losses) = valueWithGradientAndResult(at: model.vision) { vision in
        let losses = vision.losses(observations, using: &random)
        return (losses.total, losses)
      }
      visionOptimizer.update(&model.vision, along: gradients)
      history.visionUpdates += 1
      metrics = [
        "vision/reconstruction": Double(losses.reconstruction.scalar),
        "vision/divergence": Double(losses.divergence.scalar),
      ]
    }
    return metrics
  }

  /// Some updates of M on windows of latents, drawn anew from V's distributions every time.
  private mutating func learnMemory() -> Metrics {
    let latents = encodedReplay()
    var metrics = Metrics()
    for _ in 0..<min(Self.updatesPerRound, configuration.memoryUpdates - history.memoryUpdates) {
      let batch = latents.sample(
        batchSize: configuration.memoryBatch, length: configuration.memoryLength, using: &random)
      let seen = latentNormal(batch.observations).sample(using: &random)
      let (_, gradients, losses) = valueWithGradientAndResult(at: model.memory) { memory in
        let losses = memory.losses(latents: seen, batch, doneWeight: Float(configuration.doneWeight))
        return (losses.total, losses)
      }
      memoryOptimizer.update(
        &model.memory, along: gradients.clipped(toValue: Float(configuration.gradientLimit)))
      history.memoryUpdates += 1
      metrics = [
        "memory/latent": Double(losses.latent.scalar), "memory/reward": Double(losses.reward.scalar),
        "memory/done": Double(losses.done.scalar),
      ]
    }
    return metrics
  }

  /// One generation of CMA-ES, in the environment or inside the dream.
  ///
  /// All candidates play the same episodes, where the paper's code gives each its own: their order then says more
  /// about them, and less about luck.
  private mutating func learnController() -> Metrics {
    let candidates = search.ask(using: &random)
    let seeds = (0..<configuration.rollouts).map { _ in random.next() >> 32 }
    let result =
      configuration.dream
      ? dream(candidates.map(controller), seeds: seeds, temperature: configuration.temperature)
      : play(candidates.map(controller), seeds: seeds)
    search.tell(candidates, costs: result.returns.map { -$0 })
    history.generations += 1
    if !configuration.dream { history.environmentSteps += result.steps }
    let mean = Statistics(result.returns).mean
    history.generationReturns.append(mean)
    return [
      "controller/best": result.returns.max()!, "controller/mean": mean,
      "controller/step size": search.stepSize,
    ]
  }
}

/// Counters and curves of a run.
public struct History: Codable, Sendable, Equatable {
  /// Episodes recorded.
  public var episodes = 0
  /// Updates of V.
  public var visionUpdates = 0
  /// Updates of M.
  public var memoryUpdates = 0
  /// Generations of C.
  public var generations = 0
  /// Steps taken in the environment.
  public var environmentSteps = 0
  /// The mean return of each generation.
  public var generationReturns: [Double] = []
}
