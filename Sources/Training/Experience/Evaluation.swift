import Environments

/// Whole episodes of a policy without exploration noise.
public struct Evaluation: Sendable {
  /// The episodes, in the order of their seeds; all but the first without observations where these are pictures,
  /// of which there would be gigabytes.
  public let episodes: [Episode]

  /// Plays `count` episodes side by side; episode k starts from environment seed `seed + k`, so that
  /// every policy is judged on the same start states.
  ///
  /// - Parameters:
  ///   - count: how many episodes.
  ///   - environment: the task.
  ///   - seed: the first episode's seed.
  ///   - policy: acts in `count` worlds at once.
  public init(_ count: Int, in environment: any Environment, seed: UInt64, policy: any Policy) {
    var policy = policy
    var isImage = false
    if case .image = environment.observationSpace { isImage = true }
    var worlds = Array(repeating: environment, count: count)
    var observations = worlds.indices.map { worlds[$0].reset(seed: seed &+ UInt64($0)) }
    var episodes = observations.map(Episode.init(first:))
    var isRunning = Array(repeating: true, count: count)
    while isRunning.contains(true) {
      let actions = policy.act(observations)
      for index in worlds.indices where isRunning[index] {
        let result = worlds[index].step(actions[index])
        episodes[index].steps.append(
          .init(
            action: actions[index], observation: isImage && index > 0 ? [] : result.observation,
            reward: result.reward))
        observations[index] = result.observation
        isRunning[index] = !result.isLast
      }
    }
    self.episodes = episodes
  }

  /// The return of each episode.
  public var returns: [Double] { episodes.map(\.episodeReturn) }

  /// Mean and deviation of the returns.
  public var statistics: Statistics { Statistics(returns) }
}

/// Mean and spread of some numbers.
public struct Statistics: Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// The standard deviation of the numbers themselves (divided by their count).
  public let deviation: Double

  /// The statistics of at least one number.
  public init(_ values: [Double]) {
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }
}
