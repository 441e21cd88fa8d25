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
      let cell = LSTMCell.worldModels(kernel: tensors[3], bias: tensors[4])
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

  // MARK: Gated recurrent units of DreamerV2 and V3

  /// The official code has the candidate before the update gate.
  private func reordered(_ kernel: Tensor) -> Tensor {
    let size = kernel.shape[kernel.rank - 1] / 3
    return concatenate([0, 2, 1].map { kernel.slice($0 * size..<($0 + 1) * size, axis: -1) })
  }

  private func cell(kernel: Tensor, bias: Tensor, scale: Tensor, offset: Tensor) -> LayerNormGRUCell {
    var random = SplitMix64(seed: 1)
    let size = bias.count / 3
    var cell = LayerNormGRUCell(kernel.shape[0] - size, size: size, using: &random)
    cell.linear = Linear(weight: reordered(kernel), bias: reordered(bias))
    (cell.norm.scale, cell.norm.offset) = (reordered(scale), reordered(offset))
    return cell
  }

  @Test func cellOfDreamerV2() throws {
    let golden = try GoldenCase.named("ln_gru_v2", in: "dreamerv2")
    try golden.check(at: ["x", "h", "kernel", "bias_linear", "scale", "bias_norm"]) { tensors in
      let cell = cell(kernel: tensors[2], bias: tensors[3], scale: tensors[4], offset: tensors[5])
      return ["y": cell(tensors[0], state: tensors[1])]
    }
  }

  /// The code of 2023 has the state before the input, and no bias before the norm.
  @Test func cellOfDreamerV3() throws {
    let golden = try GoldenCase.named("ln_gru_2023", in: "dreamerv3_rssm")
    try golden.check(at: ["x", "h", "kernel", "scale", "bias"]) { tensors in
      let size = tensors[1].shape[1]
      let rows = [size..<tensors[2].shape[0], 0..<size].map { tensors[2].slice($0, axis: 0) }
      let cell = cell(
        kernel: concatenate(rows, axis: 0), bias: .zeros([3 * size]), scale: tensors[3], offset: tensors[4])
      return ["y": cell(tensors[0], state: tensors[1])]
    }
  }

  /// The core of the code of 2024: block-diagonal layers, and no norm before the gates.
  @Test func blockCellOfDreamerV3() throws {
    let golden = try GoldenCase.named("block_gru_2024", in: "dreamerv3_rssm")
    let names = [
      "deter", "stoch", "action", "dynhid0_kernel", "dyngru_kernel", "dyngru_bias", "dynin1_kernel",
    ]
    try golden.check(at: names) { tensors in
      func given(_ name: String) throws -> Tensor {
        try names.firstIndex(of: name).map { tensors[$0] } ?? golden.input(name).tensor
      }
      func normalised(_ x: Tensor, _ name: String) throws -> Tensor {
        var norm = RMSNorm(x.shape[1])
        norm.scale = try given("\(name)norm_scale")
        return silu(norm(x))
      }
      func blockLinear(_ x: Tensor, _ name: String) throws -> Tensor {
        var random = SplitMix64(seed: 1)
        let (kernel, bias) = (try given("\(name)_kernel"), try given("\(name)_bias"))
        let blocks = kernel.shape[0]
        var layer = BlockLinear(
          blocks * kernel.shape[1], blocks * kernel.shape[2], blocks: blocks, using: &random)
        #expect(layer.weight.shape == kernel.shape && layer.bias.shape == bias.shape)
        (layer.weight, layer.bias) = (kernel, bias)
        return layer(x)
      }
      let (deter, batch) = (tensors[0], tensors[0].shape[0])
      let action = tensors[2] / stopGradient(maximum(abs(tensors[2]), Tensor(1)))
      let inputs = try [deter, tensors[1].reshaped([batch, -1]), action].enumerated().map { index, x in
        let name = "dynin\(index)"
        return try normalised(
          linear(x, weight: given("\(name)_kernel"), bias: given("\(name)_bias")), name)
      }
      let (blocks, size) = (tensors[3].shape[0], deter.shape[1])
      let shared = concatenate(inputs).reshaped([batch, 1, -1]).broadcast(to: [batch, blocks, 15])
      let x = concatenate([deter.reshaped([batch, blocks, size / blocks]), shared]).reshaped([batch, -1])
      let hidden = try normalised(blockLinear(x, "dynhid0"), "dynhid0")
      let parts = try blockLinear(hidden, "dyngru").reshaped([batch, blocks, 3, size / blocks])
      let joint = reordered(parts.transposed(0, 2, 1, 3).reshaped([batch, 3 * size]))
      return ["y": gruGates(joint: joint, state: deter)]
    }
  }

  @Test mutating func gradientsOfJointGates() {
    let parts = [Tensor.normal([2, 9], using: &random), .normal([2, 3], using: &random)]
    expectGradientsMatchFiniteDifferences(at: parts) { gruGates(joint: $0[0], state: $0[1]) }
    let cell = LayerNormGRUCell(4, size: 3, using: &random)
    let inputs = [Tensor.normal([2, 4], using: &random), parts[1]]
    expectGradientsMatchFiniteDifferences(at: inputs) { cell($0[0], state: $0[1]) }
    // Without any pre-activation u = σ(−1), and the candidate is 0.
    let kept = gruGates(joint: .zeros([2, 9]), state: parts[1])
    #expect(zip(kept.scalars, parts[1].scalars).allSatisfy { abs($0 - 0.731_058_6 * $1) < 1e-6 })
  }

  @Test mutating func blocksDoNotMix() {
    var layer = BlockLinear(6, 4, blocks: 2, using: &random)
    layer.bias = Tensor([1, 2, 3, 4])
    let x = Tensor.normal([5, 6], using: &random)
    let halves = (0..<2).map { x.slice(3 * $0..<3 * $0 + 3, axis: 1).matmul(layer.weight.at($0, axis: 0)) }
    let expected = concatenate(halves) + layer.bias
    #expect(zip(layer(x).scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-6 })
    expectGradientsMatchFiniteDifferences(at: [x, layer.weight, layer.bias]) { [layer] tensors in
      var layer = layer
      (layer.weight, layer.bias) = (tensors[1], tensors[2])
      return layer(tensors[0])
    }
  }
}

extension LSTMCell {
  /// A cell with the weights of World Models' code: one kernel for [x, h], the gates in the order input,
  /// candidate, forget, output, and 1 added to the forget gate.
  static func worldModels(kernel: Tensor, bias: Tensor) -> LSTMCell {
    let size = bias.count / 4
    func reordered(_ kernel: Tensor) -> Tensor {
      concatenate([0, 2, 1, 3].map { kernel.slice($0 * size..<($0 + 1) * size, axis: -1) })
    }
    let forget = Tensor((0..<4 * size).map { $0 / size == 1 ? 1 : 0 })
    let inputs = kernel.shape[0] - size
    var random = SplitMix64(seed: 1)
    var cell = LSTMCell(inputs, size: size, using: &random)
    cell.input = Linear(
      weight: reordered(kernel.slice(0..<inputs, axis: 0)), bias: reordered(bias) + forget)
    cell.recurrent = reordered(kernel.slice(inputs..<(inputs + size), axis: 0))
    return cell
  }
}
