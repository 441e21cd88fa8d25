import Training

/// Every number that DreamerV1 is run with.
public struct DreamerV1Configuration: Codable, Sendable, Equatable {
  // Schedule
  /// Environment steps before the run ends.
  public var steps = 3000
  /// Environment steps with uniformly random actions at the start.
  public var prefill = 400
  /// Gradient steps right after the random start.
  public var pretrain = 100
  /// Environment steps between two gradient steps.
  public var trainEvery = 2
  // Batches
  public var batchSize = 16
  public var batchLength = 32
  public var imaginationStarts = 256
  public var crossesEpisodes = true
  // Sizes
  public var deterministicSize = 64
  public var stochasticSize = 8
  public var hiddenSize = 64
  public var units = 64
  public var encoderLayers = 1
  public var rewardLayers = 2
  public var valueLayers = 2
  public var actorLayers = 2
  // Losses
  public var klScale = 1.0
  public var freeNats = 0.5
  public var predictsContinue = false
  public var continueScale = 10.0
  public var observationDeviation = 0.2
  public var rewardDeviation = 0.2
  public var rewardScale = 0.1
  // Behaviour
  public var horizon = 15
  public var discount = 0.99
  public var initialDeviation = 5.0
  public var meanLimit = 5.0
  public var minimumDeviation = 1e-4
  public var entropyScale = 0.0
  public var lambda = 0.95
  public var explorationNoise = 0.3
  // Optimisers
  public var modelRate = 1e-3
  public var actorRate = 3e-4
  public var criticRate = 3e-4
  public var clipNorm = 100.0
  public init() {}
}
