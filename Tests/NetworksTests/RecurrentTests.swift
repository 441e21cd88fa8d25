import CourseTesting
import Networks
import Tensors
import Testing

/// Recurrent cells against PyTorch, TensorFlow and the papers' code.
@Suite struct RecurrentTests {
  private var random = SplitMix64(seed: 1)

  private func cell(input: Linear, recurrent: Tensor) -> LSTMCell {
    var random = SplitMix64(seed: 1)
    var cell = LSTMCell(input.weight.shape[0], size: recurrent.shape[0], using: &random)
    (cell.input, cell.recurrent) = (input, recurrent)
    return cell
  }

  /// A cell with the weights of World Models' code: one kernel for [x, h], the gates in the order input,
  /// candidate, forget, output, and 1 added to the forget gate.
  private func cellOfWorldModels(kernel: Tensor, bias: Tensor) -> LSTMCell {
    let size = bias.shape[0] / 4
    func reordered(_ kernel: Tensor) -> Tensor {
      concatenate([0, 2, 1, 3].map { kernel.slice($0 * size..<($0 + 1) * size, axis: -1) })
    }
    let forget = Tensor((0..<4 * size).map { $0 / size == 1 ? 1 : 0 })
    let inputs = kernel.shape[0] - size
    return cell(
      input: Linear(weight: reordered(kernel.slice(0..<inputs, axis: 0)), bias: reordered(bias) + forget),
      recurrent: reordered(kernel.slice(inputs..<(inputs + size), axis: 0)))
  }

  @Test func memoryOfPyTorch() throws {
    let golden = try GoldenCase.named("lstm_cell", in: "tensor_nn")
    try golden.check(at: ["x", "h", "c", "Wih", "Whh", "bih", "bhh"]) { tensors in
      let cell = cell(
        input: Linear(weight: tensors[3].transposed(), bias: tensors[5] + tensors[6]),
        recurrent: tensors[4].transposed())
      let next = cell(tensors[0], state: LSTMCell.State(hidden: tensors[1], cell: tensors[2]))
      return ["h": next.hidden, "c": next.cell]
    }
  }

  @Test func memoryThroughTime() throws {
    let golden = try GoldenCase.named("lstm_sequence", in: "tensor_nn")
    try golden.check(at: ["x", "h", "c", "Wih", "Whh", "b"]) { tensors in
      let cell = cell(
        input: Linear(weight: tensors[3].transposed(), bias: tensors[5]), recurrent: tensors[4].transposed())
      var state = LSTMCell.State(hidden: tensors[1], cell: tensors[2])
      var hidden: [Tensor] = []
      for time in 0..<tensors[0].shape[0] {
        state = cell(tensors[0].at(time, axis: 0), state: state)
        hidden.append(state.hidden)
      }
      return ["hs": stack(hidden), "c_last": state.cell]
    }
  }

  @Test func memoryOfWorldModels() throws {
    let golden = try GoldenCase.named("lstm_step_tf", in: "worldmodels")
    try golden.check(at: ["x", "h", "c", "kernel", "bias"]) { tensors in
      let cell = cellOfWorldModels(kernel: tensors[3], bias: tensors[4])
      let next = cell(tensors[0], state: LSTMCell.State(hidden: tensors[1], cell: tensors[2]))
      return ["h": next.hidden, "c": next.cell]
    }
  }

  @Test mutating func aFreshMemory() {
    let (inputs, size) = (35, 256)
    let cell = LSTMCell(inputs, size: size, using: &random)
    // With the 256·480 weights and 480 biases of the mixture that reads it: the paper's 422,368.
    #expect(cell.parameterCount + size * 480 + 480 == 422_368)
    #expect(cell.input.bias.scalars == (0..<4 * size).map { size <= $0 && $0 < 2 * size ? 1 : 0 })
    let limit = Float(6.0 / Double(inputs + 5 * size)).squareRoot()
    for weight in [cell.input.weight, cell.recurrent] {
      #expect(abs((weight.scalars.max() ?? 0) - limit) < 0.01 * limit)
    }
    let start = cell.initialState(batch: 3)
    #expect(start.hidden == .zeros([3, size]) && start.cell == .zeros([3, size]))
    let next = cell(.normal([3, inputs], using: &random), state: start)
    #expect(next.hidden.shape == [3, size] && next.hidden.scalars.allSatisfy { abs($0) < 1 })
  }

  /// Hidden state and cell are used together, alone, and with only one of the inputs recorded.
  @Test mutating func gradientsOfTheMemory() {
    let parts = [Tensor.normal([2, 20], using: &random), .normal([2, 5], using: &random)]
    func both(_ input: Tensor, _ cell: Tensor) -> Tensor {
      let next = lstmGates(input: input, cell: cell)
      return concatenate([next.hidden, next.cell])
    }
    expectGradientsMatchFiniteDifferences(at: parts) { both($0[0], $0[1]) }
    expectGradientsMatchFiniteDifferences(at: parts) { lstmGates(input: $0[0], cell: $0[1]).hidden }
    expectGradientsMatchFiniteDifferences(at: parts) { lstmGates(input: $0[0], cell: $0[1]).cell }
    expectGradientsMatchFiniteDifferences(at: [parts[0]]) { both($0[0], parts[1]) }
    expectGradientsMatchFiniteDifferences(at: [parts[1]]) { both(parts[0], $0[0]) }
  }
}
