import struct Tensors.SplitMix64

/// The two policies that need no learning, and that anchor every task's score.
public enum ScriptedPolicy: String, CaseIterable, Sendable {
  /// Uniformly random actions.
  case random
  /// The task's scripted expert.
  case expert

  /// What the policy does in the environment's current state.
  public func action(in environment: any Environment, using random: inout SplitMix64) -> [Float] {
    switch self {
    case .random: environment.actionSpace.sample(using: &random)
    case .expert: environment.expertAction()
    }
  }

  /// The returns of whole episodes; episode `k` uses seed `k`.
  public func returns(in environment: some Environment, episodes: Int = 100) -> [Double] {
    (0..<UInt64(episodes)).map { episodeReturn(in: environment, seed: $0) }
  }

  /// The return of one whole episode.
  ///
  /// - Parameters:
  ///   - environment: the task; it stays as it is.
  ///   - seed: fixes the episode and the policy.
  public func episodeReturn(in environment: some Environment, seed: UInt64) -> Double {
    var world = environment
    var random = SplitMix64(seed: ~seed)
    _ = world.reset(seed: seed)
    var total = 0.0
    while true {
      let result = world.step(action(in: world, using: &random))
      total += Double(result.reward)
      if result.isLast { return total }
    }
  }
}
