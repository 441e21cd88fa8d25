import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `COURSE_CHECK_FINITE=1` names the operation, and the line, where the first number that is not finite arose.
@Suite struct FiniteCheckTests {
  @Test func namesTheOperationOfAResult() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      setenv("COURSE_CHECK_FINITE", "1", 1)
      _ = valueWithGradient(at: [x]) { tensors in
        let shifted = tensors[0] - 1
        let logarithm = log(shifted)
        return (logarithm * 0).sum()
      }
    }
    try expect(result, "log: a result of shape [2, 2] is not finite", line: #line - 4)
  }

  @Test func namesTheOperationOfAGradient() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      setenv("COURSE_CHECK_FINITE", "1", 1)
      _ = valueWithGradient(at: [x]) { tensors in
        let zero = tensors[0] * 0
        let root = sqrt(zero)
        return (root + 1).sum()
      }
    }
    try expect(result, "sqrt: the gradient of an input of shape [2, 2] is not finite", line: #line - 4)
  }

  @Test func operatorsAndSlicesHaveNames() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      setenv("COURSE_CHECK_FINITE", "1", 1)
      _ = valueWithGradient(at: [x]) { tensors in
        (tensors[0].slice(0..<1, axis: 0) / Tensor([0, 1])).sum()
      }
    }
    try expect(result, "/: a result of shape [1, 2] is not finite", line: #line - 3)
  }

  /// Without the switch nothing stops.
  @Test func isOff() {
    #expect(valueWithGradient(at: [x]) { log($0[0] - 1).sum() }.value.scalar == -.infinity)
  }

  private func expect(_ result: ExitTest.Result?, _ message: String, line: Int) throws {
    let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let found = try #require(output.split(separator: "\n").first { $0.contains("Fatal error") })
    #expect(
      found.hasSuffix(
        "Fatal error: \(message) (called from Tests/TensorsTests/FiniteCheckTests.swift:\(line))"))
  }
}

private let x = Tensor([[1, 2], [3, 4]])
