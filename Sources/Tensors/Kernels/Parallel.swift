import Foundation

/// How many cores the kernels use.
package enum Threads {
  /// `COURSE_THREADS` from the environment, or else the number of active processors; at least 1.
  package static let count: Int = {
    let wished = ProcessInfo.processInfo.environment["COURSE_THREADS"].flatMap { Int($0) }
    return max(1, wished ?? ProcessInfo.processInfo.activeProcessorCount)
  }()
}

/// Runs `body` over disjoint chunks that cover `0..<count`.
package func parallelFor(_ count: Int, costPerItem: Int, _ body: (Range<Int>) -> Void) {
  if count > 0 { body(0..<count) }
}
