extension ReplayBuffer {
  /// Adds everything stored to a checkpoint, as tensors named `<group>.observations` and so on.
  public func save(to checkpoint: inout Checkpoint, group: String) {
    checkpoint.add("\(group).observations", shape: [count, observationSize], observations.values)
    checkpoint.add("\(group).actions", shape: [count, actionSize], .floats(actions))
    checkpoint.add("\(group).rewards", shape: [count], .floats(rewards))
    checkpoint.add("\(group).isTerminal", shape: [count], .bytes(isTerminal))
    checkpoint.add("\(group).isFirst", shape: [count], .bytes(isFirst))
    checkpoint.add("\(group).stepsAdded", shape: [], .integers([stepsAdded]))
  }

  /// Replaces what is stored by what ``save(to:group:)`` saved; sampling then goes on exactly as it would
  /// have.
  ///
  /// - Throws: `CourseError` when the checkpoint's buffer is missing or does not fit this one's sizes.
  public mutating func load(from checkpoint: Checkpoint, group: String) throws {
    var loaded = ReplayBuffer(
      observationSpace: observationSpace, actionSize: actionSize, capacity: capacity,
      crossesEpisodes: crossesEpisodes)
    loaded.stepsAdded = try checkpoint.integers("\(group).stepsAdded", shape: [])[0]
    let count = min(loaded.stepsAdded, capacity)
    try loaded.observations.load(from: checkpoint, name: "\(group).observations", count: count)
    loaded.actions = try checkpoint.floats("\(group).actions", shape: [count, actionSize])
    loaded.rewards = try checkpoint.floats("\(group).rewards", shape: [count])
    loaded.isTerminal = try checkpoint.bytes("\(group).isTerminal", shape: [count])
    loaded.isFirst = try checkpoint.bytes("\(group).isFirst", shape: [count])
    loaded.episodeStarts = (loaded.oldest..<loaded.stepsAdded).filter {
      $0 > loaded.oldest && loaded.isFirst[$0 % capacity] == 1
    }
    self = loaded
  }
}
