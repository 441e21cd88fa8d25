import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `COURSE_CHECK_FINITE=1` names the operation, and the line, where the first number that is not finite
/// arose.
@Suite struct FiniteCheckTests {
  @Test(arguments: culprits.indices) func namesTheOperation(_ index: Int) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
      setenv("COURSE_CHECK_FINITE", "1", 1)
      _ = valueWithGradient(at: [x], of: culprits[index].function)
    }
    let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let line = try #require(output.split(separator: "\n").first { $0.contains("Fatal error") })
    let place = "Tests/TensorsTests/FiniteCheckTests.swift:\(culprits[index].line)"
    #expect(line.hasSuffix("Fatal error: \(culprits[index].message) is not finite (called from \(place))"))
  }

  /// Without the switch nothing stops.
  @Test func isOff() {
    #expect(valueWithGradient(at: [x]) { log($0[0] - 1).sum() }.value.scalar == -.infinity)
  }
}

/// What must be said of a function that goes wrong two lines below, in the second line of three.
private let culprits: [(message: String, line: Int, function: @Sendable ([Tensor]) -> Tensor)] = [
  (
    "log: a result of shape [2, 2]", #line + 3,
    { tensors in
      let shifted = tensors[0] - 1
      let logarithm = log(shifted)
      return (logarithm * 0).sum()
    }
  ),
  (
    "/: a result of shape [1, 2]", #line + 3,
    { tensors in
      let row = tensors[0].slice(0..<1, axis: 0)
      let quotient = row / Tensor([0, 1])
      return tanh(quotient).sum()
    }
  ),
  (
    "squareRoot: the gradient of an input of shape [2, 2]", #line + 3,
    { tensors in
      let zero = tensors[0] * 0
      let root = sqrt(zero)
      return (root + 1).sum()
    }
  ),
  (
    "matmul: the gradient of an input of shape [2, 2]", #line + 3,
    { tensors in
      let large = Tensor(repeating: 1e38, shape: [2, 2])
      let product = (tensors[0] * 0.01).matmul(large, transposingRight: true)
      return (product * 10).sum()
    }
  ),
]

private let x = Tensor([[1, 2], [3, 4]])
