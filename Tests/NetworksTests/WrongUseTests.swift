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
    "move: weight of shape [2, 3] met a parameter of shape [2, 4]",
    {
      var target = layer(outputs: 3)
      target.move(towards: layer(outputs: 4), by: 0.5)
    }
  ),
  (
    "gruGates: a state of shape [2, 3] needs pre-activations of shape [2, 9], got [2, 12] and [2, 12]",
    { _ = gruGates(joint: .zeros([2, 12]), state: x) }
  ),
  (
    "BlockLinear: 6 inputs and 8 outputs do not make 4 blocks",
    {
      var random = SplitMix64(seed: 1)
      _ = BlockLinear(6, 8, blocks: 4, using: &random)
    }
  ),
  (
    "BlockLinear: an input of shape [2, 3] does not fit a weight of shape [2, 3, 4]",
    {
      var random = SplitMix64(seed: 1)
      _ = BlockLinear(6, 8, blocks: 2, using: &random)(x)
    }
  ),
  (
    "Categorical: classes of shape [3] do not fit distributions of shape [2, 3]",
    { _ = Categorical(logits: x).logProbability(of: .zeros([3])) }
  ),
  (
    "Categorical: shapes [2, 3] and [2, 4] cannot be compared",
    { _ = Categorical(logits: x).klDivergence(to: Categorical(logits: .zeros([2, 4]))) }
  ),
  (
    "TwoHot: logits of shape [2, 3] do not fit 5 bins",
    { _ = TwoHot(logits: x, bins: [-2, -1, 0, 1, 2]) }
  ),
  (
    "TwoHot: numbers of shape [2, 3] do not fit distributions of shape [2, 3]",
    { _ = TwoHot(logits: x, bins: [-1, 0, 1]).logProbability(of: x) }
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
