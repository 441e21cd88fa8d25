import Environments
import Training

/// Every number that World Models is run with.
///
/// The names in `course train --set name=value` are these.
public struct WorldModelsConfiguration: TrainingConfiguration {
  // MARK: Schedule: four stages

  /// Episodes of random actions that V and M learn from.
  public var episodes: Int
  /// Steps after which such an episode is cut.
  public var episodeSteps: Int
  /// Steps that the replay buffer keeps.
  public var replayCapacity: Int
  /// Updates of V.
  public var visionUpdates: Int
  /// Updates of M.
  public var memoryUpdates: Int
  /// Generations of the search for C.
  public var generations: Int

  // MARK: V

  /// The pixels along each side of a picture.
  public var imageSize: Int
  /// The channels of the encoder's convolutions.
  public var encoderChannels: [Int]
  /// The channels that the decoder begins with.
  public var decoderInput: Int
  /// The channels of the decoder's convolutions; the last one, to the three colours, is not listed.
  public var decoderChannels: [Int]
  /// The kernels of the decoder's convolutions, the last one included.
  public var decoderKernels: [Int]
  /// The width of the dense layers for vectors.
  public var units: Int
  /// The extent of z.
  public var latentSize: Int
  /// Divergence below which information costs nothing, in nats for each number of z.
  public var divergenceFloor: Double
  /// What the squared error is multiplied with.
  public var reconstructionWeight: Double
  /// Observations in a batch.
  public var visionBatch: Int
  /// Adam's step size for V.
  public var visionRate: Double

  // MARK: M

  /// The extent of h.
  public var memorySize: Int
  /// Components of each mixture.
  public var mixtures: Int
  /// Windows in a batch.
  public var memoryBatch: Int
  /// Steps in a window.
  public var memoryLength: Int
  /// Adam's step size for M.
  public var memoryRate: Double
  /// The largest number in a gradient of M.
  public var gradientLimit: Double
  /// What rewards are multiplied with before M learns to predict them.
  public var rewardScale: Double
  /// How much more the end of an episode counts than its absence.
  public var doneWeight: Double

  // MARK: C

  /// Whether C sees [z, h], or z alone.
  public var usesMemory: Bool
  /// The width of a hidden layer of C; 0 for none, as in the paper.
  public var controllerUnits: Int
  /// Candidates in a generation.
  public var populationSize: Int
  /// Episodes of each candidate.
  public var rollouts: Int
  /// The standard deviation of the first candidates' numbers.
  public var initialStepSize: Double

  // MARK: Dreams

  /// Whether C learns inside M's dreams, and not in the environment.
  public var dream: Bool
  /// τ: how uncertain dreams are.
  public var temperature: Double
  /// Steps after which a dream ends.
  public var dreamSteps: Int
  /// Whether a dream pays only what lies between the rewards ever seen.
  public var boundsRewards: Bool

  /// The extents of C's layers, from features to outputs.
  func controllerSizes(outputs: Int) -> [Int] {
    [latentSize + (usesMemory ? memorySize : 0)] + (controllerUnits > 0 ? [controllerUnits] : []) + [outputs]
  }

  /// What a dream may pay for a step, where the rewards ever seen lie in `seen`.
  func dreamtRewards(seen: ClosedRange<Float>) -> ClosedRange<Float> {
    boundsRewards ? seen : -.infinity ... .infinity
  }

  /// The sides of the pictures between the encoder's convolutions, the first being the observation's.
  var encodedSides: [Int] {
    encoderChannels.reduce(into: [imageSize]) { sides, _ in sides.append((sides.last! - 4) / 2 + 1) }
  }

  /// The sides of the pictures between the decoder's convolutions, the last being the reconstruction's.
  var decodedSides: [Int] {
    decoderKernels.reduce(into: [1]) { sides, kernel in sides.append((sides.last! - 1) * 2 + kernel) }
  }

  // MARK: Presets

  /// The settings of a preset.
  public static func preset(_ preset: Preset) -> WorldModelsConfiguration {
    switch preset {
    case .paper: paper
    case .laptop: laptop
    case .smoke: smoke
    }
  }

  /// The settings of the paper's car, but for the reward and done heads.
  ///
  /// Of the paper's 10,000 episodes the last 200,000 steps are kept: 2.5 GB of pictures.
  private static let paper = WorldModelsConfiguration(
    episodes: 10_000, episodeSteps: 1_000, replayCapacity: 200_000, visionUpdates: 100_000,
    memoryUpdates: 4_000, generations: 1_800,
    imageSize: 64, encoderChannels: [32, 64, 128, 256], decoderInput: 1_024, decoderChannels: [128, 64, 32],
    decoderKernels: [5, 5, 6, 6], units: 256, latentSize: 32, divergenceFloor: 0.5, reconstructionWeight: 1,
    visionBatch: 100, visionRate: 1e-4,
    memorySize: 256, mixtures: 5, memoryBatch: 100, memoryLength: 999, memoryRate: 1e-3, gradientLimit: 1,
    rewardScale: 0.05, doneWeight: 10,
    usesMemory: true, controllerUnits: 0, populationSize: 64, rollouts: 16, initialStepSize: 0.1,
    dream: false, temperature: 1.15, dreamSteps: 1_000, boundsRewards: true)

  /// Small pictures and networks, some hundred episodes.
  private static var laptop: WorldModelsConfiguration {
    var settings = paper
    settings.episodes = 600
    settings.episodeSteps = 100
    settings.visionUpdates = 6_000
    settings.memoryUpdates = 3_000
    settings.generations = 100
    settings.imageSize = 16
    settings.encoderChannels = [32, 64]
    settings.decoderInput = 256
    settings.decoderChannels = [64]
    settings.decoderKernels = [6, 6]
    settings.units = 64
    settings.latentSize = 16
    // A picture of 16 pixels has a sixteenth of the numbers over which the paper sums the error, and a narrow
    // road makes little of it.
    settings.reconstructionWeight = 100
    settings.visionBatch = 64
    settings.visionRate = 1e-3
    settings.memorySize = 64
    settings.memoryBatch = 32
    settings.memoryLength = 32
    settings.populationSize = 32
    settings.rollouts = 4
    settings.dreamSteps = 500
    return settings
  }

  private static var smoke: WorldModelsConfiguration {
    var settings = laptop
    settings.episodes = 6
    settings.episodeSteps = 20
    settings.visionUpdates = 20
    settings.memoryUpdates = 20
    settings.generations = 3
    settings.encoderChannels = [3, 5]
    settings.decoderInput = 7
    settings.decoderChannels = [4]
    settings.units = 9
    settings.latentSize = 4
    settings.visionBatch = 6
    settings.memorySize = 11
    settings.mixtures = 2
    settings.memoryBatch = 3
    settings.memoryLength = 8
    settings.populationSize = 4
    settings.rollouts = 2
    settings.dreamSteps = 10
    return settings
  }

  /// Checks that the values make sense, alone and together.
  ///
  /// - Throws: `InvalidInput` naming the first that does not.
  public func validate() throws {
    try require(
      .atLeast(1),
      [
        "episodes": episodes, "episodeSteps": episodeSteps, "visionUpdates": visionUpdates,
        "memoryUpdates": memoryUpdates, "generations": generations, "replayCapacity": replayCapacity,
        "units": units,
        "latentSize": latentSize, "decoderInput": decoderInput, "visionBatch": visionBatch,
        "memorySize": memorySize, "mixtures": mixtures, "memoryBatch": memoryBatch, "rollouts": rollouts,
        "dreamSteps": dreamSteps,
      ])
    try require(.atLeast(2), ["memoryLength": memoryLength, "populationSize": populationSize])
    try require(.atLeast(0), ["controllerUnits": controllerUnits])
    try require(.atLeast(0), ["divergenceFloor": divergenceFloor])
    try require(
      .above(0),
      [
        "reconstructionWeight": reconstructionWeight, "visionRate": visionRate, "memoryRate": memoryRate,
        "gradientLimit": gradientLimit, "rewardScale": rewardScale, "doneWeight": doneWeight,
        "initialStepSize": initialStepSize, "temperature": temperature,
      ])
    try require(
      episodes * (episodeSteps + 1) >= memoryLength,
      "episodes · episodeSteps must be at least memoryLength (\(memoryLength))")
    try require(
      (encoderChannels + decoderChannels + decoderKernels).allSatisfy { $0 >= 1 } && !encoderChannels.isEmpty,
      "encoderChannels, decoderChannels and decoderKernels must be lists of numbers of at least 1")
    try require(
      imageSize >= 8 && encodedSides.allSatisfy { $0 >= 1 },
      "imageSize \(imageSize) is too small for \(encoderChannels.count) convolutions: they give \(encodedSides)"
    )
    try require(
      decoderKernels.count == decoderChannels.count + 1 && decodedSides.last == imageSize,
      "decoderKernels must be one more than decoderChannels and lead to imageSize \(imageSize), "
        + "not to \(decodedSides)")
  }
}
