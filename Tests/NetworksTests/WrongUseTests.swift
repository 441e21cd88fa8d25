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
  (
    "Adam: bias of shape [3] met a gradient of shape [4]",
    { update(with: [.zeros([2, 3]), .zeros([4])]) }
  ),
  ("Adam: made for 2 parameters, met 1 gradients", { update(with: [.zeros([2, 3])]) }),
  (
    "Adam: 1 parameters met 2 partners of a gradient",
    {
      var optimizer = Adam(for: layer(outputs: 3), rate: 1)
      var network = Scale()
      optimizer.update(&network, along: Gradients(tensors: [x, .zeros([3])]))
    }
  ),
  (
    "LaProp: made for other parameters than weight of shape [2, 4]",
    {
      var optimizer = LaProp(for: layer(outputs: 3), rate: 1)
      var other = layer(outputs: 4)
      optimizer.update(&other, along: Gradients(tensors: [.zeros([2, 4]), .zeros([4])]))
    }
  ),
  (
    "SGD: bias of shape [3] met a gradient of shape [2, 3]",
    {
      var layer = layer(outputs: 3)
      SGD(rate: 1).update(&layer, along: Gradients(tensors: [x, x]))
    }
  ),
  (
    "move: weight of shape [2, 3] met a parameter of shape [2, 4]",
    {
      var target = layer(outputs: 3)
      target.move(towards: layer(outputs: 4), by: 0.5)
    }
  ),
  (
    "Gradients: shapes [[2, 3]] and [[3]] cannot be added",
    { _ = Gradients(tensors: [x]) + Gradients(tensors: [.zeros([3])]) }
  ),
]

private struct Scale: Module {
  var scale = Tensor(1)

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor("scale", &scale) }
}

private func layer(outputs: Int) -> Linear {
  var random = SplitMix64(seed: 1)
  return Linear(2, outputs, using: &random)
}

private func update(with gradients: [Tensor]) {
  var layer = layer(outputs: 3)
  var optimizer = Adam(for: layer, rate: 1)
  optimizer.update(&layer, along: Gradients(tensors: gradients))
}

private let x = Tensor.zeros([2, 3])
