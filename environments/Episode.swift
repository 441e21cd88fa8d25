/// Where an episode stands: counts its steps, cuts it at a limit and refuses to go on after its end.
struct Episode: Sendable {
  /// The number of steps after which the episode is truncated.
  let limit: Int

  /// Steps taken so far.
  private(set) var stepCount = 0

  /// Whether an episode has begun and has not ended.
  private(set) var isRunning = false

  init(limit: Int) {
    precondition(limit > 0, "an episode needs a limit of at least 1 step, not \(limit)")
    self.limit = limit
  }

  /// Starts anew.
  mutating func begin() {
    stepCount = 0
    isRunning = true
  }

  /// Counts one step; traps unless an episode is running.
  ///
  /// - Returns: whether the limit is reached.
  @inline(__always)
  mutating func advance() -> Bool {
    guard isRunning else { fatalError("step(_:) needs a running episode: call reset(seed:) first") }
    stepCount += 1
    if stepCount >= limit { isRunning = false }
    return stepCount >= limit
  }

  /// Ends the episode if the task itself ended.
  @inline(__always)
  mutating func end(if terminated: Bool) {
    if terminated { isRunning = false }
  }
}
