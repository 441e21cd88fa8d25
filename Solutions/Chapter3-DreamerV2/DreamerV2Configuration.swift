import Environments
import Networks
import Training

/// Every number that DreamerV2 is run with.
///
/// The names in `course train --set name=value` are these.
public struct DreamerV2Configuration: TrainingConfiguration {
  // MARK: Schedule

  /// Environment steps until the run is over.
  public var steps: Int
  /// Environment steps with uniformly random actions at the start.
  public var prefill: Int
  /// Gradient steps on those, before the agent acts itself.
  public var pretrain: Int
  /// Environment steps between two gradient steps.
  public var trainEvery: Int

  // MARK: Batches

  /// Windows in a batch.
  public var batchSize: Int
  /// Steps in a window.
  public var batchLength: Int
  /// Steps that the replay buffer keeps.
  public var replayCapacity: Int
  /// Posterior states of a batch from which dreams start, at most batchSize · batchLength.
  public var imaginationStarts: Int
  /// Whether vectors are brought to a common scale after the prefill; see `ObservationScaling`.
  public var standardizesObservations: Bool
  /// What rewards are multiplied with before the agent sees them.
  public var rewardScale: Double

  // MARK: Sizes

  /// The extent of h.
  public var deterministicSize: Int
  /// The categorical distributions in z.
  public var groups: Int
  /// The classes of each.
  public var classes: Int
  /// The width of the RSSM's dense layers.
  public var hiddenSize: Int
  /// The width of all other dense layers.
  public var units: Int
  /// Hidden layers of encoder and decoder, for vectors.
  public var encoderLayers: Int
  /// The channels of the first convolution, for pictures.
  public var depth: Int
  /// Hidden layers of reward head, discount head, actor and critic.
  public var headLayers: Int
  /// The side of pictures, in pixels.
  public var imageSize: Int
  /// How often each action is taken in the environment, which counts as one step.
  public var actionRepeat: Int

  // MARK: World model

  /// α: how much of the KL trains the prior.
  public var klBalance: Double
  /// Divergence below which the KL costs nothing, in nats, of the batch's mean.
  public var freeNats: Double
  /// The weight of the KL.
  public var klScale: Double
  /// Standard deviation of the decoder's distribution, in the decoder's units.
  public var observationDeviation: Double
  /// Standard deviation of the reward head's distribution, in scaled rewards.
  public var rewardDeviation: Double
  /// The weight of the discount head's loss.
  public var discountScale: Double

  // MARK: Behaviour

  /// Steps in a dream.
  public var horizon: Int
  /// γ.
  public var discount: Double
  /// λ.
  public var lambda: Double
  /// ρ: how much of the actor's gradient is REINFORCE's; the rest goes through the dynamics.
  public var actorGradientMix: Double
  /// η: the weight of the actor's entropy, in scaled rewards per nat.
  public var actorEntropyScale: Double
  /// Updates after which the target critic is renewed.
  public var targetInterval: Int

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
  /// The part of themselves that parameters lose in each update, whatever the step size.
  public var weightDecay: Double

  /// The extent of [z, h].
  public var featureSize: Int { groups * classes + deterministicSize }

  /// The factor of all step sizes after some environment steps.
  func rateScale(at step: Int) -> Float {
    let secondHalf = max(0, 2 * Double(step) / Double(steps) - 1)
    return Float(1 - (1 - finalRateFraction) * min(secondHalf, 1))
  }

  /// Adam as the official code has it: ε = 1e-5, and decoupled decay.
  func optimizer(for module: some Module, rate: Double) -> Adam {
    Adam(
      for: module, rate: Float(rate), clipNorm: Float(clipNorm), epsilon: .keras(1e-5),
      decay: { _ in Float(weightDecay) })
  }

  // MARK: Presets

  /// The settings of a preset.
  public static func preset(_ preset: Preset) -> DreamerV2Configuration {
    switch preset {
    case .paper: paper
    case .laptop: laptop
    case .smoke: smoke
    }
  }

  /// The official code's settings for control from vectors (`dmc_proprio`), not those for Atari.
  private static let paper = DreamerV2Configuration(
    steps: 1_000_000, prefill: 1_000, pretrain: 100, trainEvery: 5,
    batchSize: 16, batchLength: 50, replayCapacity: 2_000_000, imaginationStarts: 800,
    standardizesObservations: false, rewardScale: 1,
    deterministicSize: 200, groups: 32, classes: 32, hiddenSize: 200, units: 400, encoderLayers: 4, depth: 48,
    headLayers: 4, imageSize: 64, actionRepeat: 2,
    klBalance: 0.8, freeNats: 1, klScale: 1, observationDeviation: 1, rewardDeviation: 1, discountScale: 5,
    horizon: 15, discount: 0.99, lambda: 0.95, actorGradientMix: 0, actorEntropyScale: 1e-4,
    targetInterval: 100,
    modelRate: 3e-4, actorRate: 8e-5, criticRate: 8e-5, finalRateFraction: 1, clipNorm: 100, weightDecay: 1e-6
  )

  /// Small, and with the few changes that make it learn from thousands of steps, not millions.
  private static var laptop: DreamerV2Configuration {
    var settings = paper
    settings.steps = 10_000
    settings.trainEvery = 2
    settings.batchSize = 16
    settings.batchLength = 32
    settings.replayCapacity = 100_000
    settings.imaginationStarts = 128
    settings.standardizesObservations = true
    (settings.deterministicSize, settings.groups, settings.classes) = (64, 8, 8)
    (settings.hiddenSize, settings.units) = (64, 64)
    (settings.encoderLayers, settings.headLayers) = (1, 2)
    (settings.depth, settings.imageSize, settings.actionRepeat) = (16, 16, 1)
    (settings.freeNats, settings.klScale) = (0, 0.1)
    (settings.observationDeviation, settings.rewardDeviation) = (0.1, 0.1)
    settings.actorEntropyScale = 0.003
    (settings.modelRate, settings.actorRate, settings.criticRate) = (1e-3, 1e-3, 1e-3)
    settings.finalRateFraction = 0.1
    return settings
  }

  private static var smoke: DreamerV2Configuration {
    var settings = laptop
    (settings.steps, settings.prefill, settings.pretrain, settings.trainEvery) = (240, 200, 2, 10)
    (settings.batchSize, settings.batchLength, settings.imaginationStarts) = (3, 5, 7)
    (settings.deterministicSize, settings.groups, settings.classes) = (11, 2, 3)
    (settings.hiddenSize, settings.units, settings.horizon) = (10, 9, 4)
    (settings.depth, settings.imageSize) = (2, 16)
    return settings
  }

  /// Checks that the values make sense, alone and together.
  ///
  /// - Throws: `InvalidInput` naming the first that does not.
  public func validate() throws {
    try require(
      .atLeast(1),
      [
        "steps": steps, "trainEvery": trainEvery, "batchSize": batchSize, "pretrain": pretrain,
        "replayCapacity": replayCapacity, "imaginationStarts": imaginationStarts,
        "deterministicSize": deterministicSize, "groups": groups, "hiddenSize": hiddenSize, "units": units,
        "depth": depth, "actionRepeat": actionRepeat, "targetInterval": targetInterval,
      ])
    try require(.atLeast(0), ["encoderLayers": encoderLayers, "headLayers": headLayers])
    try require(.atLeast(2), ["batchLength": batchLength, "classes": classes, "horizon": horizon])
    try require(
      .above(0),
      [
        "rewardScale": rewardScale, "observationDeviation": observationDeviation,
        "rewardDeviation": rewardDeviation, "modelRate": modelRate, "actorRate": actorRate,
        "criticRate": criticRate, "clipNorm": clipNorm,
      ])
    try require(
      .atLeast(0),
      [
        "freeNats": freeNats, "klScale": klScale, "actorEntropyScale": actorEntropyScale,
        "discountScale": discountScale,
      ])
    try require(
      .between(0, 1),
      [
        "discount": discount, "lambda": lambda, "finalRateFraction": finalRateFraction,
        "klBalance": klBalance,
        "actorGradientMix": actorGradientMix, "weightDecay": weightDecay,
      ])
    try require([16, 32, 64].contains(imageSize), "imageSize must be 16, 32 or 64, not \(imageSize)")
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
