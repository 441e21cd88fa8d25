import CourseTesting
import Tensors
import Testing

/// Values and gradients of every operation against PyTorch's, from `Fixtures/tensor.json`.
@Suite struct GoldenTests {
  private func check(
    _ name: String, at parameters: String..., sourceLocation: SourceLocation = #_sourceLocation,
    function: (GoldenCase, [Tensor]) throws -> [String: Tensor]
  ) throws {
    let golden = try GoldenCase.named(name, in: "tensor")
    try golden.check(at: parameters, sourceLocation: sourceLocation) { try function(golden, $0) }
  }

  // MARK: Products

  @Test func matrixProducts() throws {
    try check("matmul", at: "a", "b") { ["y": $1[0].matmul($1[1])] }
    try check("matmul_batched", at: "a", "b") { ["y": $1[0].matmul($1[1])] }
    try check("matmul_batched_shared_rhs", at: "a", "b") { ["y": $1[0].matmul($1[1])] }
    try check("matmul_vector", at: "a", "b") { ["y": $1[0].matmul($1[1].reshaped([4, 1])).reshaped([3])] }
    try check("linear", at: "x", "W", "bias") {
      ["y": linear($1[0], weight: $1[1].transposed(), bias: $1[2])]
    }
  }

  // MARK: Two tensors

  @Test func arithmeticWithBroadcasting() throws {
    try check("add_broadcast", at: "a", "b") { ["y": $1[0] + $1[1]] }
    try check("sub_broadcast", at: "a", "b") { ["y": $1[0] - $1[1]] }
    try check("mul_broadcast", at: "a", "b") { ["y": $1[0] * $1[1]] }
    try check("div_broadcast", at: "a", "b") { ["y": $1[0] / $1[1]] }
    try check("max_elementwise", at: "a", "b") { ["y": maximum($1[0], $1[1])] }
    try check("where_mask", at: "a", "b") { golden, x in
      let mask = try golden.input("mask").tensor
      return ["y": mask * x[0] + (1 - mask) * x[1]]
    }
  }

  @Test func arithmeticWithNumbers() throws {
    try check("scalar_ops", at: "x") { ["y": (2 - $1[0]) / 3 + 0.5 * $1[0] * $1[0] - 1 / $1[0]] }
    try check("pow_sqrt", at: "x") { _, x in
      ["p3": square(x[0]) * x[0], "s": sqrt(x[0]), "q": x[0] * sqrt(x[0]), "r": 1 / sqrt(x[0])]
    }
  }

  // MARK: Functions of one tensor

  private static let functions: [String: @Sendable (Tensor) -> Tensor] = [
    "tanh": { tanh($0) }, "sigmoid": { sigmoid($0) }, "softplus": { softplus($0) }, "elu": { elu($0) },
    "silu": { silu($0) }, "relu": { relu($0) }, "exp": { exp($0) }, "log_sigmoid": { logSigmoid($0) },
    "log1p_abs": { log(1 + abs($0)) }, "abs_square": { abs($0) + square($0) }, "gelu_exact": { gelu($0) },
  ]

  @Test(arguments: functions.keys.sorted()) func elementwise(_ name: String) throws {
    let function = try #require(Self.functions[name])
    try check("elementwise_\(name)", at: "x") { ["y": function($1[0])] }
  }

  @Test func approximateGELU() throws {
    try check("elementwise_gelu_tanh", at: "x") { ["y": geluByTanh($1[0])] }
  }

  @Test func saturatedFunctionsStayFinite() throws {
    try check("elementwise_extreme", at: "x") { _, x in
      [
        "tanh": tanh(x[0]), "sigmoid": sigmoid(x[0]), "softplus": softplus(x[0]), "elu": elu(x[0]),
        "silu": silu(x[0]), "gelu_exact": gelu(x[0]), "gelu_tanh": geluByTanh(x[0]),
        "log_sigmoid": logSigmoid(x[0]),
      ]
    }
  }

  @Test func logarithmAndClamp() throws {
    try check("log_exp", at: "x") { ["y": log($1[0])] }
    try check("clamp", at: "x") { ["y": $1[0].clamped(-1, 1)] }
  }

  // MARK: Reductions

  @Test func sumsAndMeans() throws {
    try check("sum_axes", at: "x") { _, x in
      [
        "sum_all": x[0].sum(), "sum1": x[0].sum(1), "sum02": x[0].sum(2, 0),
        "sum1k": x[0].sum(-2, keepingAxes: true),
      ]
    }
    try check("mean_axes", at: "x") { _, x in
      [
        "mean_all": x[0].mean(), "mean0": x[0].mean(0), "mean12": x[0].mean(1, -1),
        "meank": x[0].mean(2, keepingAxes: true),
      ]
    }
    try check("variance_axes", at: "x") { _, x in
      let squares = square(x[0] - x[0].mean(-1, keepingAxes: true))
      let variance = squares.mean(-1)
      return ["var_pop": variance, "var_s": squares.sum(-1) / 4, "std_pop": sqrt(variance)]
    }
  }

  @Test func positionOfTheLargest() throws {
    let golden = try GoldenCase.named("argmax", in: "tensor")
    let x = try golden.input("x").tensor
    #expect(x.argmax(1) == (try golden.output("argmax1").integers))
    #expect((-x).argmax() == (try golden.output("argmin_last").integers))
  }

  @Test func largestNumbers() throws {
    try check("max_axis", at: "x") {
      ["m1": $1[0].maximum(1), "mall": $1[0].maximum(), "n0": -(-$1[0]).maximum(0)]
    }
  }

  @Test(arguments: [("softmax_last", -1), ("softmax_axis1", 1), ("softmax_huge_logits", -1)])
  func softmaxes(_ name: String, axis: Int) throws {
    try check(name, at: "x") { _, x in
      [
        "softmax": softmax(x[0], axis: axis), "log_softmax": logSoftmax(x[0], axis: axis),
        "logsumexp": x[0].logSumExp(axis),
      ]
    }
  }

  @Test func runningSumsAndProducts() throws {
    try check("cumsum_cumprod", at: "x") { _, x in
      let columns = (0..<5).map { x[0].at($0, axis: 1) }
      let sums = columns.dropFirst().reduce(into: [columns[0]]) { $0.append($0[$0.count - 1] + $1) }
      let products = columns.dropFirst().reduce(into: [columns[0]]) { $0.append($0[$0.count - 1] * $1) }
      return ["cs": stack(sums, axis: 1), "cp": stack(products, axis: -1)]
    }
  }

  @Test func losses() throws {
    try check("mse_l1_huber", at: "a", "b") { _, x in
      let difference = x[0] - x[1]
      let near = abs(difference).clamped(0, 1)
      return [
        "mse_mean": square(difference).mean(), "l1_mean": abs(difference).mean(),
        "huber": (near * (abs(difference) - 0.5 * near)).mean(),
      ]
    }
  }

  // MARK: Layout

  @Test func rowsAndElements() throws {
    try check("embedding_gather", at: "table") { golden, x in
      ["y": x[0].rows(try golden.input("ids").integers).reshaped([2, 4, 3])]
    }
    try check("gather_last_axis", at: "x") { ["y": $1[0].gather(try $0.input("idx").integers)] }
  }

  @Test func slicesAndJoins() throws {
    try check("slicing", at: "x") { _, x in
      let second = concatenate([0, 2, 4].map { x[0].slice($0..<($0 + 1), axis: -1) })
      return [
        "a": x[0].slice(1..<3, axis: 1), "b": second, "c": x[0].at(3, axis: 1), "d": x[0].at(0, axis: 0),
      ]
    }
    try check("concat_stack", at: "a", "b", "c") { _, x in
      [
        "c0": concatenate([x[0], x[1]], axis: 0), "c1": concatenate([x[0], x[2]], axis: 1),
        "st": stack([x[0], x[1].slice(0..<2, axis: 0)], axis: 1),
      ]
    }
  }

  @Test func axesInAnotherOrder() throws {
    try check("reshape_transpose", at: "x") { _, x in
      let permuted = x[0].transposed(2, 0, 1)
      return ["p": permuted, "r": permuted.reshaped([-1, 3]), "t": x[0].transposed()]
    }
    try check("broadcast_repeat", at: "x") { _, x in
      [
        "e": x[0].broadcast(to: [2, 3, 4]),
        "rep": x[0].reshaped([2, 1, 4, 1]).broadcast(to: [2, 1, 4, 2]).reshaped([2, 1, 8]),
        "tile": concatenate([x[0], x[0]]),
      ]
    }
  }

  // MARK: Where gradients flow

  @Test func stoppedAndReusedTensors() throws {
    try check("stop_gradient", at: "x") { ["y": $1[0] * stopGradient($1[0]) + stopGradient(tanh($1[0]))] }
    try check("reused_variable", at: "x") {
      ["y": $1[0] * tanh($1[0]) + $1[0].sum(1, keepingAxes: true)]
    }
  }
}

/// The approximation of GELU, to which the fixture compares too; no paper of the course uses it.
private func geluByTanh(_ x: Tensor) -> Tensor {
  0.5 * x * (1 + tanh(0.797_884_56 * (x + 0.044715 * x * square(x))))
}
