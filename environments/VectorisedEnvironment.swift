import Dispatch

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Several environments of one kind that step together, on as many cores as are worth it.
///
/// Nothing resets by itself: an environment whose episode has ended must be reset before the next step.
/// The results do not depend on how many cores work.
public struct VectorisedEnvironment<Base: Environment>: Sendable {
  /// The single environments.
  public private(set) var environments: [Base]

  /// How many of them may step at the same time.
  public let workers: Int

  /// Environments that step together.
  ///
  /// - Parameters:
  ///   - environments: at least one, all with the same spaces.
  ///   - workers: how many may step at the same time. By default all cores for tasks with images, and
  ///     one for others: their steps take less time than waking up another core.
  public init(_ environments: [Base], workers: Int? = nil) {
    precondition(!environments.isEmpty, "a vectorised environment needs at least one environment")
    self.environments = environments
    self.workers = workers ?? Self.usefulWorkers(for: environments[0].observationSpace)
    precondition(self.workers >= 1, "workers must be at least 1, not \(self.workers)")
  }

  private static func usefulWorkers(for observationSpace: Space) -> Int {
    guard case .image = observationSpace else { return 1 }
    return max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)
  }

  /// How many environments there are.
  public var count: Int { environments.count }

  /// Starts an episode in every environment.
  ///
  /// - Parameter seeds: one for each environment.
  /// - Returns: the first observations.
  public mutating func reset(seeds: [UInt64]) -> [[Float]] {
    precondition(seeds.count == count, "\(count) environments need \(count) seeds, got \(seeds.count)")
    return forEach { environment, index in environment.reset(seed: seeds[index]) }
  }

  /// Starts an episode in one environment.
  ///
  /// - Parameters:
  ///   - index: which one.
  ///   - seed: fixes the episode.
  /// - Returns: its first observation.
  public mutating func reset(at index: Int, seed: UInt64) -> [Float] {
    environments[index].reset(seed: seed)
  }

  /// Moves every environment on by one step.
  ///
  /// - Parameter actions: one for each environment.
  /// - Returns: their results, in the same order.
  public mutating func step(_ actions: [[Float]]) -> [StepResult] {
    precondition(actions.count == count, "\(count) environments need \(count) actions, got \(actions.count)")
    return forEach { environment, index in environment.step(actions[index]) }
  }

  /// Calls `body` with every environment and its index, in equal shares on the workers.
  ///
  /// - Parameter body: called on several cores at once, so it must change nothing but its environment.
  /// - Returns: what `body` returned, in the order of the environments.
  public mutating func forEach<Result>(
    _ body: @Sendable (inout Base, Int) -> Result
  ) -> [Result] {
    let (count, workers) = (count, min(workers, count))
    return environments.withUnsafeMutableBufferPointer { environments in
      // Each worker touches its own stretch of both buffers only, and all are done before they end.
      nonisolated(unsafe) let environments = environments
      return [Result](unsafeUninitializedCapacity: count) { results, initializedCount in
        nonisolated(unsafe) let results = results
        @Sendable func work(_ worker: Int) {
          for index in worker * count / workers..<(worker + 1) * count / workers {
            results.initializeElement(at: index, to: body(&environments[index], index))
          }
        }
        if workers == 1 {
          work(0)
        } else {
          DispatchQueue.concurrentPerform(iterations: workers, execute: work)
        }
        initializedCount = count
      }
    }
  }
}
