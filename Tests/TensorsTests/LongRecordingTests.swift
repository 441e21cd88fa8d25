import Foundation
import Tensors
import Testing

/// Recordings far longer than a stack is deep, and many short ones.
@Suite(.serialized) struct LongRecordingTests {
  private static let length = 1_000_000

  private static func chain(_ start: Tensor) -> Tensor {
    (0..<length).reduce(start) { x, _ in x + 1 }
  }

  /// Runs `body` on a thread with a small stack, as a learner's own thread may have.
  private func onSmallStack(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      let thread = Thread {
        body()
        continuation.resume()
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
  }

  @Test func aMillionOperationsForwardAndBack() async {
    await onSmallStack {
      let (value, gradients) = valueWithGradient(at: [Tensor(0)]) { Self.chain($0[0]) }
      #expect(value.scalar == Float(Self.length))
      #expect(gradients[0].scalar == 1)
    }
  }

  @Test func aMillionOperationsThatAreDropped() async {
    await onSmallStack {
      let (value, gradients) = valueWithGradient(at: [Tensor(0)]) { tensors in
        let unused = Self.chain(tensors[0])
        #expect(unused.isRecorded)
        return 2 * tensors[0]
      }
      #expect(value.scalar == 0 && gradients[0].scalar == 2)
    }
  }

  /// Two links per step: what one of them releases must not leave the other to recursion.
  @Test func aLongLadderThatIsDropped() async {
    await onSmallStack {
      _ = valueWithGradient(at: [Tensor(0)]) { tensors in
        var rails = (tensors[0], tensors[0])
        for _ in 0..<100_000 { rails = (rails.0 + rails.1, rails.1 - rails.0) }
        return 2 * tensors[0]
      }
    }
  }

  #if os(Linux)
    /// In a process of its own: what other tests have freed would hide the growth.
    @Test func memoryDoesNotGrow() async {
      await #expect(processExitsWith: .success) {
        var random = SplitMix64(seed: 1)
        var weight = Tensor.normal([64, 64], using: &random) * 0.1
        let x = Tensor.normal([32, 64], using: &random)
        var early = 0
        for step in 0..<1100 {
          let (_, gradients) = valueWithGradient(at: [weight]) { tensors in
            square((0..<5).reduce(x) { state, _ in tanh(state.matmul(tensors[0])) }).mean()
          }
          weight = weight - 0.01 * gradients[0]
          if step == 100 { early = try residentBytes() }
        }
        // A step computes some 0.2 MB; a thousand that stayed would be 200 MB.
        let growth = try residentBytes() - early
        if growth > 4 << 20 { fatalError("\(growth) bytes more after 1,000 steps") }
      }
    }
  #endif
}

private func residentBytes() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return try #require(Int(fields[1])) * Int(getpagesize())
}
