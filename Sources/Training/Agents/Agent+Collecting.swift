extension Agent {
  /// *The* episode loop of learning: acts for some steps, episode after episode, and remembers what happens.
  ///
  /// - Parameters:
  ///   - steps: how many.
  ///   - act: chooses an action as networks see it, from the agent and what there is to see.
  public mutating func collect(steps: Int, act: (inout Self, Experience.Moment) -> [Float]) {
    for _ in 0..<steps {
      let moment = experience.observe()
      experience.take(act(&self, moment))
    }
  }

  /// Acts as ``collect(steps:act:)`` does until a new episode is over.
  ///
  /// - Parameters:
  ///   - seed: fixes the episode.
  ///   - act: chooses an action as networks see it.
  public mutating func collectEpisode(seed: UInt64, act: (inout Self, Experience.Moment) -> [Float]) {
    experience.startEpisode(seed: seed)
    repeat { collect(steps: 1, act: act) } while !experience.isOver
  }
}
