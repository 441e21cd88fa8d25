import Foundation
import Synchronization

/// How many cores the kernels use.
package enum Threads {
  /// `COURSE_THREADS` from the environment, or else the number of active processors; at least 1.
  package static let count: Int = {
    let wished = ProcessInfo.processInfo.environment["COURSE_THREADS"].flatMap { Int($0) }
    return max(1, wished ?? ProcessInfo.processInfo.activeProcessorCount)
  }()
}

/// Runs `body` over disjoint chunks that cover `0..<count`, on several cores when the work pays for it.
///
/// - Parameters:
///   - count: the number of items.
///   - costPerItem: rough float operations per item, some eight a nanosecond.
///   - body: computes one chunk. It is called on several threads at once, so chunks must not share anything
///     they write, and each item must be computed the same way in whatever chunk it is.
package func parallelFor(_ count: Int, costPerItem: Int, _ body: (Range<Int>) -> Void) {
  guard count > 0 else { return }
  // A chunk takes some 20 µs at least; four per core even out cores that are busy with something else. Two cores
  // would need as long for three chunks as for four.
  var chunks = min(count, count * costPerItem / 150_000, 4 * Threads.count)
  if chunks > Threads.count { chunks -= chunks % Threads.count }
  if chunks < 2 || !(Workers.shared?.run(count, chunks: chunks, body) ?? false) { body(0..<count) }
}

/// Threads that wait for jobs: `Threads.count - 1` of them, because the caller works too.
///
/// Waking a sleeping thread takes some 50 µs, about as long as many jobs. So a worker that has finished a job
/// looks out for the next one for a moment before it sleeps; and the caller never waits for a worker that has
/// not yet come, it computes the chunks itself. Where other programs want the cores too, either may lose its core
/// in the middle of a chunk, for milliseconds: after such a loss the caller does without workers for a while.
private final class Workers: Sendable {
  static let shared = Threads.count > 1 ? Workers(count: Threads.count - 1) : nil

  /// One job: `body` over `chunks` parts of `0..<count`.
  private struct Job {
    var count: Int
    var chunks: Int
    var body: (Range<Int>) -> Void
  }
  /// Written only by the caller that holds `taken`, while the job is closed and no worker is inside; read only
  /// by workers inside.
  nonisolated(unsafe) private var job: UnsafePointer<Job>?
  /// Whether some caller is using the workers.
  private let taken = Atomic(false)
  /// The number of workers inside the job, plus `open` while more may enter.
  private let door = Atomic(0)
  private static let open = 1 << 32
  private let nextChunk = Atomic(0)
  /// The number of workers that will not come before an `alarm`.
  private let sleepers = Atomic(0)
  private let alarm = DispatchSemaphore(value: 0)
  /// When workers may be used again, on the monotonic clock.
  private let restUntil = Atomic(0)

  private init(count: Int) {
    for _ in 0..<count {
      let thread = Thread { [self] in serve() }
      thread.qualityOfService = .userInitiated
      thread.start()
    }
  }

  /// Runs a job, or returns false at once if another one (perhaps the caller of this one) is running.
  func run(_ count: Int, chunks: Int, _ body: (Range<Int>) -> Void) -> Bool {
    let (start, processorStart) = (Self.clock(CLOCK_MONOTONIC), Self.clock(CLOCK_THREAD_CPUTIME_ID))
    guard start >= restUntil.load(ordering: .relaxed), !taken.exchange(true, ordering: .acquiring)
    else { return false }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: Job(count: count, chunks: chunks, body: body)) { job in
        self.job = job
        nextChunk.store(0, ordering: .relaxed)
        door.store(Self.open, ordering: .sequentiallyConsistent)
        let asleep = sleepers.exchange(0, ordering: .sequentiallyConsistent)
        let needed = min(asleep, chunks - 1)
        sleepers.add(asleep - needed, ordering: .relaxed)
        for _ in 0..<needed { alarm.signal() }
        work()
        door.subtract(Self.open, ordering: .acquiringAndReleasing)
        let done = Self.clock(CLOCK_MONOTONIC)
        while door.load(ordering: .acquiring) > 0 {
          // To give way costs a time slice of several milliseconds if another program is waiting.
          if Self.clock(CLOCK_MONOTONIC) - done > max(200_000, done - start) { sched_yield() }
        }
      }
    }
    let end = Self.clock(CLOCK_MONOTONIC)
    let lost = (end - start) - (Self.clock(CLOCK_THREAD_CPUTIME_ID) - processorStart)
    if lost > 200_000 { restUntil.store(end + 5 * lost, ordering: .relaxed) }
    taken.store(false, ordering: .releasing)
    return true
  }

  /// Takes chunks until none are left.
  @inline(never)
  private func work() {
    let job = job!.pointee
    while true {
      let chunk = nextChunk.add(1, ordering: .relaxed).oldValue
      guard chunk < job.chunks else { return }
      job.body(chunk * job.count / job.chunks..<(chunk + 1) * job.count / job.chunks)
    }
  }

  /// The life of a worker: job after job, with sleep in between.
  private func serve() {
    let patience = 60_000  // nanoseconds
    var idleSince = Self.clock(CLOCK_MONOTONIC)
    while true {
      if enter() {
        work()
        door.subtract(1, ordering: .releasing)
        idleSince = Self.clock(CLOCK_MONOTONIC)
      } else if Self.clock(CLOCK_MONOTONIC) > idleSince + patience {
        sleepers.add(1, ordering: .sequentiallyConsistent)
        // If a job has come just now, its alarm will wake some later sleep in vain, which does no harm.
        if door.load(ordering: .sequentiallyConsistent) < Self.open { alarm.wait() }
        idleSince = Self.clock(CLOCK_MONOTONIC)
      }
    }
  }

  /// The time of a clock in nanoseconds.
  private static func clock(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Goes through the door if it is open.
  private func enter() -> Bool {
    var inside = door.load(ordering: .relaxed)
    while inside >= Self.open {
      let (entered, found) = door.weakCompareExchange(
        expected: inside, desired: inside + 1, ordering: .acquiring)
      if entered { return true }
      inside = found
    }
    return false
  }
}
