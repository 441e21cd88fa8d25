import Environments
import Tensors

extension VectorisedEnvironment {
  /// Plays whole episodes with a policy that needs no learning, and adds them to a replay buffer in the order of
  /// their seeds.
  ///
  /// The environments play side by side, each an episode at a time. What is added depends neither on how
  /// many environments there are nor on how many workers they have. Actions are kept in the environment's
  /// own units, rewards as they come; wrap the environment in `OneHotActions` or `RewardScaling` for others.
  ///
  /// ```swift
  /// let worlds = VectorisedEnvironment(Array(repeating: GridRacing(), count: 8))
  /// worlds.collect(episodes: 100, into: &replay, by: .random, seed: 0)
  /// ```
  ///
  /// - Parameters:
  ///   - episodes: how many; the oldest make room if they do not fit.
  ///   - replay: where they go, with these environments' sizes of observations and actions.
  ///   - policy: who plays.
  ///   - seed: the first episode's seed, for the environment and the policy; later ones count on from there.
  /// - Returns: the return of each episode.
  @discardableResult
  public func collect(
    episodes: Int, into replay: inout ReplayBuffer, by policy: ScriptedPolicy, seed: UInt64
  ) -> [Double] {
    collect(episodes: episodes, into: &replay, seed: seed) { seed in
      // The policy that `ScriptedPolicy.returns(in:)` plays.
      var random = SplitMix64(seed: ~seed)
      return { environment, _ in policy.action(in: environment, using: &random) }
    }
  }

  /// Plays whole episodes with any policy, as ``collect(episodes:into:by:seed:)`` does.
  ///
  /// - Parameter policy: gives a new policy for an episode, which acts in one world, from the episode's
  ///   seed: `{ agent.policy(batch: 1, seed: $0) }`.
  @discardableResult
  public func collect(
    episodes: Int, into replay: inout ReplayBuffer, seed: UInt64, by policy: @Sendable (UInt64) -> any Policy
  ) -> [Double] {
    collect(episodes: episodes, into: &replay, seed: seed) { seed in
      var policy = policy(seed)
      return { _, observation in policy.act([observation])[0] }
    }
  }

  /// What an episode's player does in a world with an observation of it.
  private typealias Player = (any Environment, [Float]) -> [Float]

  private func collect(
    episodes: Int, into replay: inout ReplayBuffer, seed: UInt64, player: @Sendable (UInt64) -> Player
  ) -> [Double] {
    var worlds = self
    var returns: [Double] = []
    // An episode is a small buffer of its own until those before it are here.
    let empty = ReplayBuffer(
      observationSpace: replay.observationSpace, actionSize: replay.actionSize, capacity: .max,
      crossesEpisodes: replay.crossesEpisodes)
    for start in stride(from: 0, to: episodes, by: count) {
      let played = worlds.forEach { environment, index -> ReplayBuffer? in
        guard start + index < episodes else { return nil }
        let seed = seed &+ UInt64(start + index)
        return Self.playing(in: &environment, into: empty, seed: seed, player: player(seed))
      }
      for case let episode? in played {
        replay.append(contentsOf: episode)
        returns.append(episode.rewards.reduce(0) { $0 + Double($1) })
      }
    }
    return returns
  }

  /// A buffer and one episode.
  private static func playing(
    in environment: inout Base, into buffer: ReplayBuffer, seed: UInt64, player: Player
  ) -> ReplayBuffer {
    var buffer = buffer
    var observation = environment.reset(seed: seed)
    buffer.startEpisode(with: observation)
    while true {
      let action = player(environment, observation)
      let result = environment.step(action)
      observation = result.observation
      buffer.append(
        action: action, observation: observation, reward: result.reward, isTerminal: result.terminated)
      if result.isLast { return buffer }
    }
  }
}
