import Networks
import Tensors
import Testing

/// Wrong shapes given to networks stop with a message that shows them, and the place of the wrong call.
@Suite struct WrongUseTests {
  @Test(arguments: mistakes.indices) func stops(_ index: Int) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
      mistakes[index].run()
    }
    let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let line = try #require(output.split(separator: "\n").first { $0.contains("Fatal error") })
    #expect(line.contains("Fatal error: \(mistakes[index].message)"))
    #expect(line.contains("(called from Tests/NetworksTests/WrongUseTests.swift:"))
  }
}

private let mistakes: [(message: String, run: @Sendable () -> Void)] = [
  (
    "lstmGates: pre-activations of shape [2, 9] do not fit a cell of shape [2, 3]",
    { _ = lstmGates(input: .zeros([2, 9]), cell: x) }
  ),
  (
    "lstmGates: pre-activations of shape [3] do not fit a cell of shape [3]",
    { _ = lstmGates(input: .zeros([3]), cell: .zeros([3])) }
  ),
]

private let x = Tensor.zeros([2, 3])
