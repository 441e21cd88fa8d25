import Environments
import Training

/// Every number that DreamerV1 is run with.
///
/// The names in `course train --set name=value` are these.
public struct DreamerV1Configuration: TrainingConfiguration {
  // MARK: Schedule

  /// Environment steps until the run is over.
  public var steps: Int
  /// Environment steps with uniformly random actions at the start.
  public var prefill: Int
  /// Gradient steps on those, before the agent acts itself.
  public var pretrain: Int
  /// Gradient steps that only the world model takes at first: actor and critic learn from then on.
  public var modelHeadStart: Int
  /// Environment steps between two gradient steps.
  public var trainEvery: Int
  /// Standard deviation of the noise added to actions while training, which are then clipped to [−1, 1]; of choices,
  /// the share that is made at random.
  public var explorationNoise: Double
  /// How often each action is taken in the environment, which counts as one step.
  public var actionRepeat: Int
  /// The pixels along each side of a picture.
  public var imageSize: Int

  // MARK: Batches

  /// Windows in a batch.
  public var batchSize: Int
  /// Steps in a window.
  public var batchLength: Int
  /// Whether a window may run from one episode into the next; the state is then reset inside it.
  public var crossesEpisodes: Bool
  /// Steps that the replay buffer keeps.
  public var replayCapacity: Int
  /// Posterior states of a batch from which dreams start, at most batchSize · batchLength.
  public var imaginationStarts: Int
  /// Whether observations are brought to a common scale after the prefill; see `ObservationScaling`.
  public var standardizesObservations: Bool
  /// What rewards are multiplied with before the agent sees them.
  public var rewardScale: Double

  // MARK: Sizes

  /// The extent of h.
  public var deterministicSize: Int
  /// The extent of z.
  public var stochasticSize: Int
  /// The width of the RSSM's dense layers.
  public var hiddenSize: Int
  /// The width of all other dense layers.
  public var units: Int
  /// Hidden layers of encoder and decoder.
  public var encoderLayers: Int
  /// The channels of the first convolution, for pictures.
  public var convolutionDepth: Int
  /// Hidden layers of the reward head.
  public var rewardLayers: Int
  /// Hidden layers of critic and continue head.
  public var valueLayers: Int
  /// Hidden layers of the actor.
  public var actorLayers: Int

  // MARK: World model

  /// Divergence below which the KL term costs nothing, in nats.
  public var freeNats: Double
  /// The weight of the KL term.
  public var klScale: Double
  /// Standard deviation of the decoder's distribution, in the decoder's units.
  public var observationDeviation: Double
  /// Standard deviation of the reward head's distribution, in scaled rewards.
  public var rewardDeviation: Double
  /// Whether the end of episodes is predicted: for tasks that can terminate.
  public var predictsContinue: Bool
  /// The weight of that prediction.
  public var continueScale: Double

  // MARK: Behaviour

  /// Steps in a dream.
  public var horizon: Int
  /// γ.
  public var discount: Double
  /// λ.
  public var lambda: Double
  /// The largest mean of an action before squashing.
  public var actorMeanLimit: Double
  /// Standard deviation of an action before squashing, at first.
  public var actorInitialDeviation: Double
  /// The same, at least.
  public var actorMinimumDeviation: Double

  /// The weight of the actor's entropy, in scaled rewards per nat.
  public var actorEntropyScale: Double

  // MARK: Optimisers

  /// Adam's step size for the world model.
  public var modelRate: Double
  /// Adam's step size for the actor.
  public var actorRate: Double
  /// Adam's step size for the critic.
  public var criticRate: Double
  /// What fraction of their rates the optimisers end at, falling linearly in the run's second half.
  public var finalRateFraction: Double
  /// The largest norm of a gradient.
  public var clipNorm: Double

  /// The extent of [z, h].
  public var featureSize: Int { stochasticSize + deterministicSize }

  /// The factor of all step sizes after some environment steps.
  func rateScale(at step: Int) -> Float {
    let secondHalf = max(0, 2 * Double(step) / Double(steps) - 1)
    return Float(1 - (1 - finalRateFraction) * min(secondHalf, 1))
  }

  // MARK: Presets

  /// The settings of a preset.
  public static func preset(_ preset: Preset) -> DreamerV1Configuration {
    switch preset {
    case .paper: paper
    case .laptop: laptop
    case .smoke: smoke
    }
  }

  /// The official code's settings, with the dense encoder that its author recommends for vectors.
  private static let paper = DreamerV1Configuration(
    steps: 1_000_000, prefill: 5_000, pretrain: 100, modelHeadStart: 0, trainEvery: 10, explorationNoise: 0.3,
    actionRepeat: 1,
    imageSize: 64,
    batchSize: 50, batchLength: 50, crossesEpisodes: false, replayCapacity: 1_000_000,
    imaginationStarts: 2_500, standardizesObservations: false, rewardScale: 1,
    deterministicSize: 200, stochasticSize: 30, hiddenSize: 200, units: 400, encoderLayers: 4,
    convolutionDepth: 32, rewardLayers: 2, valueLayers: 3, actorLayers: 4,
    freeNats: 3, klScale: 1, observationDeviation: 1, rewardDeviation: 1, predictsContinue: false,
    continueScale: 10,
    horizon: 15, discount: 0.99, lambda: 0.95, actorMeanLimit: 5, actorInitialDeviation: 5,
    actorMinimumDeviation: 1e-4, actorEntropyScale: 0,
    modelRate: 6e-4, actorRate: 8e-5, criticRate: 8e-5, finalRateFraction: 1, clipNorm: 100)

  /// Small, and with the few changes that make it learn from thousands of steps, not millions.
  private static var laptop: DreamerV1Configuration {
    var settings = paper
    settings.steps = 3_000
    settings.prefill = 400
    settings.modelHeadStart = 100
    settings.trainEvery = 1
    settings.imageSize = 16
    settings.convolutionDepth = 16
    settings.batchSize = 16
    settings.batchLength = 32
    settings.crossesEpisodes = true
    settings.replayCapacity = 100_000
    settings.imaginationStarts = 128
    settings.standardizesObservations = true
    settings.rewardScale = 0.05
    settings.deterministicSize = 64
    settings.stochasticSize = 8
    settings.hiddenSize = 64
    settings.units = 64
    settings.encoderLayers = 1
    settings.valueLayers = 2
    settings.actorLayers = 2
    settings.freeNats = 0.1
    settings.observationDeviation = 0.1
    settings.rewardDeviation = 0.1
    // As good as none: at a limit the gradient of the entropy, which leads back from it, vanishes too.
    settings.actorMeanLimit = 100
    settings.actorInitialDeviation = 1
    settings.actorMinimumDeviation = 0.1
    settings.actorEntropyScale = 0.01
    settings.modelRate = 1e-3
    settings.actorRate = 1e-3
    settings.criticRate = 1e-3
    settings.finalRateFraction = 0.1
    return settings
  }

  private static var smoke: DreamerV1Configuration {
    var settings = laptop
    settings.steps = 240
    settings.prefill = 200
    settings.pretrain = 2
    settings.modelHeadStart = 0
    settings.trainEvery = 10
    settings.batchSize = 3
    settings.batchLength = 5
    settings.imaginationStarts = 7
    settings.deterministicSize = 11
    settings.stochasticSize = 4
    settings.hiddenSize = 10
    settings.units = 9
    settings.horizon = 4
    settings.actorMeanLimit = 5
    settings.actorEntropyScale = 0
    return settings
  }

  /// Checks that the values make sense, alone and together.
  ///
  /// - Throws: `InvalidInput` naming the first that does not.
  public func validate() throws {
    try require(
      .atLeast(1),
      [
        "steps": steps, "trainEvery": trainEvery, "batchSize": batchSize, "actionRepeat": actionRepeat,
        "convolutionDepth": convolutionDepth, "replayCapacity": replayCapacity,
        "imaginationStarts": imaginationStarts,
        "deterministicSize": deterministicSize, "stochasticSize": stochasticSize, "hiddenSize": hiddenSize,
        "units": units, "pretrain": pretrain,
      ])
    try require(
      .atLeast(0),
      [
        "modelHeadStart": modelHeadStart, "encoderLayers": encoderLayers, "rewardLayers": rewardLayers,
        "valueLayers": valueLayers, "actorLayers": actorLayers,
      ])
    try require(
      .above(0),
      [
        "rewardScale": rewardScale, "observationDeviation": observationDeviation,
        "rewardDeviation": rewardDeviation, "actorMeanLimit": actorMeanLimit,
        "actorInitialDeviation": actorInitialDeviation, "actorMinimumDeviation": actorMinimumDeviation,
        "modelRate": modelRate, "actorRate": actorRate, "criticRate": criticRate, "clipNorm": clipNorm,
      ])
    try require(
      .atLeast(0),
      [
        "explorationNoise": explorationNoise, "freeNats": freeNats, "klScale": klScale,
        "actorEntropyScale": actorEntropyScale, "continueScale": continueScale,
      ])
    try require(
      .between(0, 1), ["discount": discount, "lambda": lambda, "finalRateFraction": finalRateFraction])
    // A window of one step could be an end, from which no dream starts.
    try require(.atLeast(2), ["horizon": horizon, "batchLength": batchLength])
    try require(
      [16, 32, 64].contains(imageSize), "imageSize must be 16, 32 or 64, not \(imageSize)")
    try require(
      prefill > batchLength, "prefill must be above batchLength (\(batchLength)), not \(prefill)")
    try require(
      replayCapacity >= prefill, "replayCapacity must be at least prefill (\(prefill)), not \(replayCapacity)"
    )
    try require(
      imaginationStarts <= batchSize * batchLength,
      "imaginationStarts must be at most batchSize · batchLength (\(batchSize * batchLength)), "
        + "not \(imaginationStarts)")
  }
}
