import Environments
import Networks
import Support
import Tensors
import Training

extension WorldModelsAgent: Module {
  /// Shows every tensor that training changes to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    for stage in Stage.allCases { visit(&visitor, leftBy: stage) }
  }

  private mutating func visit(_ visitor: inout ParameterVisitor, leftBy stage: Stage) {
    switch stage {
    case .collect:
      visitor("scaling", &model.scaling)
      visitor("rewardLimits", &model.rewardLimits)
    case .vision:
      visitor("vision", &model.vision)
      visitor("visionOptimizer", &visionOptimizer)
    case .memory:
      visitor("memory", &model.memory)
      visitor("memoryOptimizer", &memoryOptimizer)
    case .controller: break
    }
  }

  /// What one stage leaves, a part of a checkpoint that may be taken over without those that follow.
  private struct StageResult: Module {
    var agent: WorldModelsAgent
    let stage: Stage

    mutating func visit(_ visitor: inout ParameterVisitor) { agent.visit(&visitor, leftBy: stage) }
  }

  /// Adds everything needed to go on to a checkpoint.
  public func save(to checkpoint: inout Checkpoint) throws {
    for stage in Stage.allCases {
      checkpoint.add(StageResult(agent: self, stage: stage), group: stage.rawValue)
    }
    try experience.save(to: &checkpoint)
    search.save(to: &checkpoint, group: "search")
    try checkpoint.setState(history, named: "history")
    try checkpoint.setState(random, named: "random")
  }

  /// Takes over what `save(to:)` kept.
  ///
  /// - Throws: `CourseError` for a checkpoint that does not fit; the agent stays as it was.
  public mutating func load(from checkpoint: Checkpoint) throws {
    try load(from: checkpoint, restarting: nil)
  }

  /// Takes over what the stages before one have left, and begins that stage.
  ///
  /// - Throws: `CourseError` for a checkpoint that does not fit; the agent stays as it was.
  public mutating func load(from checkpoint: Checkpoint, restarting stage: String) throws {
    try load(from: checkpoint, restarting: Stage(rawValue: stage))
  }

  private mutating func load(from checkpoint: Checkpoint, restarting restarted: Stage?) throws {
    guard restarted != .collect else { return begin(.collect) }
    var loaded = self
    for stage in Stage.allCases.prefix(while: { $0 != restarted }) {
      var result = StageResult(agent: loaded, stage: stage)
      try checkpoint.load(&result, group: stage.rawValue)
      loaded = result.agent
    }
    try loaded.experience.load(from: checkpoint)
    loaded.history = try checkpoint.state(History.self, named: "history")
    loaded.random = try checkpoint.state(SplitMix64.self, named: "random")
    if let restarted {
      loaded.restart(stage: restarted.rawValue)
    } else if loaded.history.generations > 0 {
      try loaded.search.load(from: checkpoint, group: "search")
    }
    self = loaded
  }

  /// Steps taken in the environment, by random policies and by candidates.
  public var environmentSteps: Int { history.environmentSteps }

  /// Updates of V and M.
  public var gradientSteps: Int { history.visionUpdates + history.memoryUpdates }

  /// The task with pictures of the configured size.
  public static func environment(
    _ task: BundledEnvironment, for configuration: WorldModelsConfiguration
  ) -> any Environment {
    task.make(imageSize: configuration.imageSize)
  }

  /// The settings of a preset for a task.
  public static func configuration(
    _ preset: Preset, for environment: BundledEnvironment
  ) -> WorldModelsConfiguration {
    var settings = WorldModelsConfiguration.preset(preset)
    guard environment != .racing, environment != .racingDiscrete else { return settings }
    // Vectors are few numbers, each of which must be told to some hundredths.
    settings.reconstructionWeight = 100
    settings.latentSize = min(settings.latentSize, 8)
    settings.rewardScale = environment == .pendulum ? 0.1 : 1
    guard preset == .laptop else { return settings }
    settings.visionUpdates = 3_000
    switch environment {
    case .cartpole, .cartpoleDiscrete:
      // Random episodes are over after some twenty steps.
      (settings.episodes, settings.generations) = (2_000, 50)
    case .pendulum:
      // To swing up and to hold are two things: no linear function of [z, h] was seen to do both. Most searches
      // for a larger controller, with smaller steps or by better measured returns, come to rest where the pole
      // spins.
      (settings.latentSize, settings.memorySize, settings.controllerUnits) = (4, 8, 12)
      (settings.episodes, settings.memoryUpdates) = (300, 1_000)
      (settings.populationSize, settings.initialStepSize, settings.generations) = (24, 3, 500)
    case .sequence:
      // Only rewards tell M that symbols are worth remembering; episodes are short, and windows hold four.
      (settings.episodes, settings.rewardScale) = (5_000, 5)
      (settings.memoryUpdates, settings.memoryRate, settings.memorySize) = (10_000, 3e-3, 96)
      (settings.memoryBatch, settings.memoryLength) = (16, 64)
      (settings.initialStepSize, settings.rollouts) = (0.3, 32)
    default: break
    }
    return settings
  }
}

extension CMAES {
  /// Adds the state of the search, as tensors named `<group>.mean` and so on, every bit of its numbers.
  func save(to checkpoint: inout Checkpoint, group: String) {
    for (name, values) in state {
      let bits = values.map { Int(bitPattern: UInt(truncatingIfNeeded: $0.bitPattern)) }
      checkpoint.add("\(group).\(name)", shape: [bits.count], .integers(bits))
    }
  }

  /// Takes over a saved state.
  ///
  /// - Throws: `CourseError` when it is missing, `InvalidInput` when it searches for a
  ///   controller of another size.
  mutating func load(from checkpoint: Checkpoint, group: String) throws {
    let size = try checkpoint.integers("\(group).mean").count
    guard size == mean.count else {
      throw InvalidInput(
        "the search is for a controller of \(size) numbers, and the settings give it \(mean.count): "
          + "--stage controller begins the search again")
    }
    var loaded: [String: [Double]] = [:]
    for (name, values) in state {
      let bits = try checkpoint.integers("\(group).\(name)", shape: [values.count])
      loaded[name] = bits.map { Double(bitPattern: UInt64(UInt(bitPattern: $0))) }
    }
    mean = loaded["mean"]!
    covariance = loaded["covariance"]!
    stepSizePath = loaded["stepSizePath"]!
    covariancePath = loaded["covariancePath"]!
    axes.values = loaded["axes.values"]!
    axes.vectors = loaded["axes.vectors"]!
    stepSize = loaded["counters"]![0]
    (generation, axesGeneration) = (Int(loaded["counters"]![1]), Int(loaded["counters"]![2]))
  }

  private var state: [(String, [Double])] {
    [
      ("mean", mean), ("covariance", covariance), ("stepSizePath", stepSizePath),
      ("covariancePath", covariancePath), ("axes.values", axes.values), ("axes.vectors", axes.vectors),
      ("counters", [stepSize, Double(generation), Double(axesGeneration)]),
    ]
  }
}
