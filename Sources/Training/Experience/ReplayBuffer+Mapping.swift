import Environments
import Tensors

extension ReplayBuffer {
  /// The same experience with other observations: for a stage that learns from what another one makes of them.
  ///
  /// - Parameters:
  ///   - space: what the new observations look like.
  ///   - transform: gives the new observations `[batch, new]` for old ones, `[batch, observation]`.
  public func mappingObservations(to space: Space, _ transform: (Tensor) -> Tensor) -> ReplayBuffer {
    var mapped = ReplayBuffer(
      observationSpace: space, actionSize: actionSize, capacity: capacity, crossesEpisodes: crossesEpisodes)
    // In parts, so that the pictures of a long run need not be numbers all at once.
    for start in stride(from: 0, to: count, by: 512) {
      let slots = start..<min(start + 512, count)
      var numbers: [Float] = []
      observations.append(slots, to: &numbers)
      let results = transform(Tensor(shape: [slots.count, observationSize], numbers))
      require(
        results.shape == [slots.count, mapped.observationSize],
        "mappingObservations: expected shape [\(slots.count), \(mapped.observationSize)], got \(results.shape)"
      )
      let flat = results.scalars
      for slot in slots {
        let place = (slot - start..<slot - start + 1).scaled(by: mapped.observationSize)
        mapped.observations.put(Array(flat[place]), slot: slot)
      }
    }
    (mapped.actions, mapped.rewards) = (actions, rewards)
    (mapped.isTerminal, mapped.isFirst) = (isTerminal, isFirst)
    (mapped.stepsAdded, mapped.episodeStarts) = (stepsAdded, episodeStarts)
    return mapped
  }

  /// Adds all steps of a buffer with the same sizes, the oldest first.
  mutating func append(contentsOf other: ReplayBuffer) {
    for step in other.oldest..<other.stepsAdded {
      let slot = step % other.capacity
      var observation: [Float] = []
      other.observations.append(slot..<slot + 1, to: &observation)
      add(
        action: Array(other.actions[(slot..<slot + 1).scaled(by: actionSize)]), observation: observation,
        reward: other.rewards[slot], isTerminal: other.isTerminal[slot] == 1,
        isFirst: other.isFirst[slot] == 1)
    }
  }
}
