import CourseTesting
import Networks
import Tensors
import Testing

/// Layers, distributions and losses against PyTorch and Keras.
@Suite struct GoldenTests {
  /// The columns of a Keras kernel, whose gates are update, reset, candidate, in the order reset, update,
  /// candidate.
  private func reordered(_ kernel: Tensor) -> Tensor {
    let size = kernel.shape[kernel.rank - 1] / 3
    let gates = [1, 0, 2].map { kernel.slice($0 * size..<($0 + 1) * size, axis: -1) }
    return concatenate(gates)
  }

  private func cell(input: Linear, recurrent: Linear) -> GRUCell {
    var random = SplitMix64(seed: 1)
    var cell = GRUCell(input.weight.shape[0], size: recurrent.weight.shape[0], using: &random)
    (cell.input, cell.recurrent) = (input, recurrent)
    return cell
  }

  private func kerasCell(kernel: Tensor, recurrent: Tensor, bias: Tensor) -> GRUCell {
    cell(
      input: Linear(weight: reordered(kernel), bias: reordered(bias.at(0, axis: 0))),
      recurrent: Linear(weight: reordered(recurrent), bias: reordered(bias.at(1, axis: 0))))
  }

  @Test func gruCellOfPyTorch() throws {
    let golden = try GoldenCase.named("gru_cell", in: "tensor_nn")
    try golden.check(at: ["x", "h", "Wih", "Whh", "bih", "bhh"]) { tensors in
      let cell = cell(
        input: Linear(weight: tensors[2].transposed(), bias: tensors[4]),
        recurrent: Linear(weight: tensors[3].transposed(), bias: tensors[5]))
      return ["y": cell(tensors[0], state: tensors[1])]
    }
  }

  @Test func gruCellOfKeras() throws {
    let golden = try GoldenCase.named("keras_gru_cell", in: "dreamerv1")
    try golden.check(at: ["x", "h", "kernel", "recurrent", "bias"]) { tensors in
      let cell = kerasCell(kernel: tensors[2], recurrent: tensors[3], bias: tensors[4])
      return ["y": cell(tensors[0], state: tensors[1])]
    }
  }

  /// DreamerV1's model step: linear layers, ELU, a GRU cell and reparameterised samples together.
  @Test func recurrentStateSpaceModel() throws {
    let golden = try GoldenCase.named("rssm_step_v1", in: "dreamerv1")
    func layer(_ name: String) throws -> Linear {
      Linear(weight: try golden.input("\(name)_k").tensor, bias: try golden.input("\(name)_b").tensor)
    }
    let cell = kerasCell(
      kernel: try golden.input("gru_kernel").tensor, recurrent: try golden.input("gru_recurrent").tensor,
      bias: try golden.input("gru_bias").tensor)
    try golden.check(at: ["stoch", "deter", "action", "embed", "img3_k"]) { tensors in
      let x = elu(try layer("img1")(concatenate([tensors[0], tensors[2]])))
      let deter = cell(x, state: tensors[1])
      var results = ["deter": deter]

      var priorOutput = try layer("img3")
      priorOutput.weight = tensors[4]
      let prior = priorOutput(elu(try layer("img2")(deter)))
      let posterior = try layer("obs2")(elu(try layer("obs1")(concatenate([deter, tensors[3]]))))
      for (name, parameters) in [("prior", prior), ("post", posterior)] {
        let mean = parameters.slice(0..<3, axis: -1)
        let deviation = softplus(parameters.slice(3..<6, axis: -1)) + 0.1
        results["\(name)_mean"] = mean
        results["\(name)_std"] = deviation
        results["\(name)_stoch"] = mean + deviation * (try golden.input("eps_\(name)").tensor)
      }
      return results
    }
  }

  @Test func normalDistribution() throws {
    let golden = try GoldenCase.named("gaussian_log_prob", in: "tensor")
    try golden.check(at: ["x", "mean", "std"]) { tensors in
      let normal = Normal(mean: tensors[1], standardDeviation: tensors[2])
      let halfLogTwoPiE: Float = 1.418_938_5
      return ["logp": normal.logProbability(of: tensors[0]), "entropy": log(tensors[2]) + halfLogTwoPiE]
    }
  }

  @Test func binaryCrossEntropy() throws {
    let golden = try GoldenCase.named("bce_with_logits", in: "tensor")
    let target = try golden.input("target").tensor
    try golden.check(at: ["x"]) { tensors in
      let loss = bernoulliLoss(logits: tensors[0], target: target)
      return ["none": loss, "mean": loss.mean()]
    }
  }
}
