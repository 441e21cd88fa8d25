import Environments
import Networks
import Tensors
import Training

extension WorldModelsAgent: StagedAgent {
  static let episodesPerRound = 10
  static let updatesPerRound = 10

  /// The last stage's: generations of the search.
  public static let lengthSetting = "generations"

  /// The names of the stages in their order.
  public static let stageNames = Stage.allCases.map(\.rawValue)

  /// How far each stage is.
  public var stages: [TrainingStage] {
    Stage.allCases.map { stage in
      let (done, total, unit) =
        switch stage {
        case .collect: (history.episodes, configuration.episodes, "episodes")
        case .vision: (history.visionUpdates, configuration.visionUpdates, "updates of V")
        case .memory: (history.memoryUpdates, configuration.memoryUpdates, "updates of M")
        case .controller: (history.generations, configuration.generations, "generations")
        }
      return TrainingStage(
        name: stage.rawValue, progress: TrainingProgress(done: done, total: total, unit: unit))
    }
  }

  /// The first stage with something left to do, or the last one.
  var currentStage: Stage { Stage(rawValue: stage.name)! }

  /// The returns of the random episodes; once C is searched for, the mean of each generation.
  public var trainingReturns: TrainingReturns {
    history.generations == 0
      ? TrainingReturns("random episodes", experience.episodeReturns)
      : TrainingReturns(
        "means of generations" + (configuration.dream ? ", in the dream" : ""), history.generationReturns)
  }

  /// Begins a stage again, and so those after it, which have used what it left.
  public mutating func restart(stage name: String) {
    guard let stage = Stage(rawValue: name) else { return }
    // A new agent has drawn the same first weights.
    guard
      let fresh = try? WorldModelsAgent(environment: environment, configuration: configuration, seed: seed)
    else { return }
    switch stage {
    case .collect:
      self = fresh
    case .vision:
      (model.vision, visionOptimizer, history.visionUpdates) = (fresh.model.vision, fresh.visionOptimizer, 0)
      fallthrough
    case .memory:
      (model.memory, memoryOptimizer, history.memoryUpdates) = (fresh.model.memory, fresh.memoryOptimizer, 0)
      latents = nil
      fallthrough
    case .controller:
      (search, history.generations, history.generationReturns) = (fresh.search, 0, [])
    }
    begin(currentStage)
  }

  // MARK: What the stages share

  /// The controller that some numbers of the search stand for.
  func controller(_ numbers: [Double]) -> Controller {
    Controller(
      parameters: numbers.map { Float($0) },
      sizes: configuration.controllerSizes(outputs: experience.format.size))
  }

  /// Controllers and model at play.
  var population: Population {
    Population(model: model, format: experience.format, usesMemory: configuration.usesMemory)
  }

  /// The mean return of each controller over the episodes of `seeds`, in the environment.
  func play(_ controllers: [Controller], seeds: [UInt64]) -> Population.Result {
    population.evaluate(controllers, rollouts: seeds.count) { episodes in
      RealWorlds(environment, seeds: episodes.map { seeds[$0] }, model: model)
    }
  }

  /// The mean return of each controller over the episodes of `seeds`, each dreamt from its real beginning.
  func dream(_ controllers: [Controller], seeds: [UInt64], temperature: Double) -> Population.Result {
    let starts = firstLatents(seeds: seeds)
    var settings = configuration
    settings.temperature = temperature
    return population.evaluate(controllers, rollouts: seeds.count) { episodes in
      BoundedRewards(
        DreamWorlds(
          start: starts.rows(episodes), seeds: episodes.map { seeds[$0] }, memory: model.memory,
          configuration: settings), in: settings.dreamtRewards(seen: model.rewardRange))
    }
  }

  /// The first latent vectors of the episodes with these seeds, `[seed, latent]`: what dreams begin with.
  func firstLatents(seeds: [UInt64]) -> Tensor {
    var random = SplitMix64(seed: seeds[0])
    let observations = seeds.map { seed in
      var world = environment
      return world.reset(seed: seed)
    }
    return model.encode(Tensor(observations)).sample(using: &random)
  }

  /// The replay as V sees it; V must have learned.
  mutating func encodedReplay() -> ReplayBuffer {
    if let latents { return latents }
    let size = configuration.latentSize
    let bound = Array(repeating: Float.infinity, count: 2 * size)
    let encoded = experience.replay.mappingObservations(to: .box(low: bound.map { -$0 }, high: bound)) {
      observations in
      let normal = model.encode(observations)
      return concatenate([normal.mean, normal.logVariance])
    }
    latents = encoded
    return encoded
  }

  /// The distributions that `encodedReplay` has kept, from `[…, 2 · latent]`.
  func latentNormal(_ kept: Tensor) -> LatentNormal {
    let size = configuration.latentSize
    return LatentNormal(
      mean: kept.slice(0..<size, axis: -1), logVariance: kept.slice(size..<(2 * size), axis: -1))
  }
}
