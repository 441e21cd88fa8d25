import Environments
import Tensors

/// The agent's memory: one continuous stream of environment steps, from which training draws windows.
///
/// Each step keeps an observation, the action that *led to* it, the reward that came with it, and whether
/// the episode ended there; an episode's first step has a zero action and no reward. When the buffer is
/// full, the oldest step makes room for the newest. Storage is flat and contiguous; pictures are stored as
/// bytes, a quarter of the memory.
///
/// `crossesEpisodes` decides which windows training sees, and it matters most while episodes are short:
/// - `false` (PlaNet, DreamerV1): a window lies inside one episode. Episodes shorter than the window are
///   never seen, and an episode's last step is seen in just one window, however long the episode.
/// - `true` (DreamerV2, DreamerV3): a window may run from one episode into the next, and the model must
///   start afresh wherever `isFirst` is set. Every step is seen, ends and beginnings as often as others.
public struct ReplayBuffer: Sendable, Equatable {
  /// What observations look like; those of an image space are kept as bytes.
  public let observationSpace: Space
  /// The number of values in an observation.
  public var observationSize: Int { observations.size }
  /// The number of values in an action.
  public let actionSize: Int
  /// The number of steps kept.
  public let capacity: Int
  /// Whether a sampled window may run from one episode into the next.
  public let crossesEpisodes: Bool

  /// The number of steps stored now, at most `capacity`.
  public var count: Int { isFirst.count }

  // Rings: step number n, counted from the first one ever added, lives at n % capacity.
  var observations: ObservationRing
  var actions: [Float] = []
  var rewards: [Float] = []
  var isTerminal: [UInt8] = []
  var isFirst: [UInt8] = []
  var stepsAdded = 0
  /// The step numbers, after the oldest stored one, at which an episode begins.
  var episodeStarts: [Int] = []

  /// An empty buffer.
  ///
  /// - Parameters:
  ///   - observationSpace: what observations look like.
  ///   - actionSize: the number of values in an action, at least 1.
  ///   - capacity: the number of steps kept, at least 1; memory is taken as steps arrive.
  ///   - crossesEpisodes: whether a sampled window may run from one episode into the next.
  public init(observationSpace: Space, actionSize: Int, capacity: Int, crossesEpisodes: Bool) {
    precondition(
      observationSpace.count > 0 && actionSize > 0 && capacity > 0,
      "ReplayBuffer needs positive sizes, not observations of \(observationSpace.count) and actions of "
        + "\(actionSize) values, capacity \(capacity)")
    self.observationSpace = observationSpace
    observations = ObservationRing(for: observationSpace)
    self.actionSize = actionSize
    self.capacity = capacity
    self.crossesEpisodes = crossesEpisodes
  }

  // MARK: Adding steps

  /// Begins an episode with the observation that the environment's reset returned.
  ///
  /// - Parameter observation: `[observationSize]`; a picture's numbers must lie in [0, 1], and are rounded
  ///   to a byte divided by 255, which environments give anyway.
  public mutating func startEpisode(with observation: [Float]) {
    let noAction = [Float](repeating: 0, count: actionSize)
    add(action: noAction, observation: observation, reward: 0, isTerminal: false, isFirst: true)
  }

  /// Adds one environment step to the ongoing episode.
  ///
  /// - Parameters:
  ///   - action: `[actionSize]`, the action taken.
  ///   - observation: `[observationSize]`, what it led to.
  ///   - reward: the reward of that step.
  ///   - isTerminal: whether the task ended there, so that nothing can be earned afterwards. A time limit
  ///     is no such end: just start the next episode.
  public mutating func append(action: [Float], observation: [Float], reward: Float, isTerminal: Bool) {
    precondition(count > 0, "append(action:…) needs an episode: call startEpisode(with:) first")
    precondition(
      self.isTerminal[(stepsAdded - 1) % capacity] == 0,
      "append(action:…) after a terminal step: call startEpisode(with:) first")
    add(action: action, observation: observation, reward: reward, isTerminal: isTerminal, isFirst: false)
  }

  mutating func add(
    action: [Float], observation: [Float], reward: Float, isTerminal: Bool, isFirst: Bool
  ) {
    precondition(
      action.count == actionSize && observation.count == observationSize,
      "ReplayBuffer keeps actions of \(actionSize) and observations of \(observationSize) values, "
        + "not \(action.count) and \(observation.count)")
    if isFirst { episodeStarts.append(stepsAdded) }
    let slot = stepsAdded % capacity
    observations.put(observation, slot: slot)
    actions.put(action, slot: slot)
    rewards.put([reward], slot: slot)
    self.isTerminal.put([isTerminal ? 1 : 0], slot: slot)
    self.isFirst.put([isFirst ? 1 : 0], slot: slot)
    stepsAdded += 1
    if let start = episodeStarts.first, start <= oldest { episodeStarts.removeFirst() }
  }

  // MARK: Sampling windows

  /// The number of different windows of `length` steps that can be drawn now.
  public func windowCount(length: Int) -> Int {
    windowRanges(length: length).reduce(0) { $0 + $1.count }
  }

  /// Draws windows, each uniformly from all those stored; the ongoing episode takes part.
  ///
  /// - Parameters:
  ///   - batchSize: the number of windows.
  ///   - length: the number of steps in each; `windowCount(length:)` must not be 0.
  public func sample(
    batchSize: Int, length: Int, using random: inout SplitMix64
  ) -> SequenceBatch {
    let ranges = windowRanges(length: length)
    // Where each range's windows end when all windows are numbered one after the other.
    var total = 0
    let ends = ranges.map { range in
      total += range.count
      return total
    }
    precondition(
      total > 0, "the replay buffer holds no window of \(length) steps yet (\(count) steps stored)")
    var columns = Columns()
    for _ in 0..<batchSize {
      let number = random.index(below: total)
      let (range, end) = zip(ranges, ends).first { $0.1 > number }!
      gather(range.upperBound - (end - number), length: length, into: &columns)
    }
    return columns.batch(batchSize, length: length, observation: observationSize, action: actionSize)
  }

  var oldest: Int { stepsAdded - count }

  /// The step numbers at which a window may begin: one range for each episode long enough, or one for all.
  private func windowRanges(length: Int) -> [Range<Int>] {
    precondition(length > 0, "a window has at least 1 step, not \(length)")
    let boundaries = [oldest] + (crossesEpisodes ? [] : episodeStarts) + [stepsAdded]
    return zip(boundaries, boundaries.dropFirst()).compactMap { start, end in
      end - start < length ? nil : start..<(end - length + 1)
    }
  }

  private func gather(_ start: Int, length: Int, into columns: inout Columns) {
    let slot = start % capacity
    // A window that runs over the ring's end is two pieces.
    for piece in [slot..<min(slot + length, capacity), 0..<max(0, slot + length - capacity)] {
      observations.append(piece, to: &columns.observations)
      columns.actions += actions[piece.scaled(by: actionSize)]
      columns.rewards += rewards[piece]
      columns.continues += isTerminal[piece].map { 1 - Float($0) }
      columns.isFirst += isFirst[piece].map { Float($0) }
    }
  }

  /// The numbers of a batch while it is being gathered, row-major.
  private struct Columns {
    var observations: [Float] = []
    var actions: [Float] = []
    var rewards: [Float] = []
    var continues: [Float] = []
    var isFirst: [Float] = []

    func batch(_ size: Int, length: Int, observation: Int, action: Int) -> SequenceBatch {
      SequenceBatch(
        observations: Tensor(shape: [size, length, observation], observations),
        actions: Tensor(shape: [size, length, action], actions),
        rewards: Tensor(shape: [size, length], rewards),
        continues: Tensor(shape: [size, length], continues),
        isFirst: Tensor(shape: [size, length], isFirst))
    }
  }
}

extension ReplayBuffer {
  /// All stored observations, `[step, observation]`, in no particular order.
  public var allObservations: Tensor {
    var numbers: [Float] = []
    observations.append(0..<count, to: &numbers)
    return Tensor(shape: [count, observationSize], numbers)
  }
}
