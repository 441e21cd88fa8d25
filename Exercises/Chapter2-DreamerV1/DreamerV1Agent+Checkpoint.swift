import Environments
import Networks
import Tensors
import Training

extension DreamerV1Agent: Module {
  /// Shows every tensor that training changes to the visitor: networks, optimisers and belief.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("worldModel", &worldModel)
    visitor("behavior", &behavior)
    visitor("modelOptimizer", &modelOptimizer)
    visitor("observationScaling", &observationScaling)
    visitor("acting", &acting)
  }

  /// Adds everything needed to go on to a checkpoint.
  public func save(to checkpoint: inout Checkpoint) throws {
    checkpoint.add(self, group: "agent")
    replay.save(to: &checkpoint, group: "replay")
    try world.save(to: &checkpoint)
    try checkpoint.setState(random, named: "random")
    try checkpoint.setState(gradientSteps, named: "gradientSteps")
  }

  /// Takes over what `save(to:)` kept.
  ///
  /// - Throws: `TrainingError.file` for a checkpoint that does not fit; the agent stays as it was.
  public mutating func load(from checkpoint: Checkpoint, restarting stage: String?) throws {
    var loaded = self
    try checkpoint.load(&loaded, group: "agent")
    try loaded.replay.load(from: checkpoint, group: "replay")
    try loaded.world.load(from: checkpoint)
    loaded.random = try checkpoint.state(SplitMix64.self, named: "random")
    loaded.gradientSteps = try checkpoint.state(Int.self, named: "gradientSteps")
    self = loaded
  }

  /// Steps taken in the environment.
  public var environmentSteps: Int { world.steps }

  /// The returns of the training episodes that have ended.
  public var episodeReturns: [Double] { world.episodeReturns }

  /// The settings of a preset for a task.
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
      settings.steps = 20_000
      settings.rewardScale = 1
    }
    if case .image = world.observationSpace {
      settings.steps = 20_000
      settings.actionRepeat = 2
      settings.rewardScale = 0.03
    }
    return settings
  }

  /// The task with pictures of the configured size and steps as long as configured.
  public static func environment(
    _ task: BundledEnvironment, for configuration: DreamerV1Configuration
  ) -> any Environment {
    func repeating(_ environment: some Environment) -> any Environment {
      guard configuration.actionRepeat > 1 else { return environment }
      return ActionRepeat(environment, count: configuration.actionRepeat)
    }
    return switch task {
    case .racing: repeating(GridRacing(imageSize: configuration.imageSize))
    case .racingDiscrete: repeating(GridRacing.discrete(imageSize: configuration.imageSize))
    default: repeating(task.make())
    }
  }
}
