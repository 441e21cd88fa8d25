import CourseTesting
import Tensors
import Testing

/// What operations do with infinities, NaN, subnormal numbers and far out in their tails, against
/// `Fixtures/edges.json`.
@Suite struct EdgeTests {
  private func check(
    _ name: String, at parameters: String..., sourceLocation: SourceLocation = #_sourceLocation,
    function: ([Tensor]) throws -> [String: Tensor]
  ) throws {
    try GoldenCase.named(name, in: "edges")
      .check(at: parameters, sourceLocation: sourceLocation, function: function)
  }

  private static let functions: [String: @Sendable (Tensor) -> Tensor] = [
    "exp": { exp($0) }, "log": { log($0) }, "log_small_gradient": { 1e-5 * log($0) }, "sqrt": { sqrt($0) },
    "abs": { abs($0) }, "relu": { relu($0) }, "elu": { elu($0) }, "softplus": { softplus($0) },
    "log_sigmoid": { logSigmoid($0) }, "silu": { silu($0) }, "gelu": { gelu($0) }, "tanh": { tanh($0) },
    "sigmoid": { sigmoid($0) }, "normal_cumulative": { normalCumulative($0) }, "symlog": { symlog($0) },
    "symexp": { symexp($0) }, "divide_by_number": { $0 / Float(3e-40 as Double) },
    "divide_number": { Float(3e-40 as Double) / $0 },
  ]

  @Test(arguments: functions.keys.sorted()) func functionsOfOneTensor(_ name: String) throws {
    let function = try #require(Self.functions[name])
    try check(name, at: "x") { ["y": function($0[0])] }
  }

  @Test func quotients() throws {
    try check("divide", at: "a", "b") { ["y": $0[0] / $0[1]] }
  }

  @Test func largestAndSmallest() throws {
    try check("extremes_of_two", at: "a", "b") {
      ["maximum": maximum($0[0], $0[1]), "minimum": minimum($0[0], $0[1])]
    }
    try check("extremes_of_rows", at: "x") { ["maximum": $0[0].maximum(1), "minimum": -(-$0[0]).maximum(1)] }
    try check("max_pool", at: "x") {
      ["y": maxPool2d($0[0].reshaped([-1, 2, 2, 1])).reshaped([$0[0].shape[0]])]
    }
    let golden = try GoldenCase.named("argmax", in: "edges")
    #expect(try golden.input("x").tensor.argmax() == (try golden.output("argmax").integers))
  }

  @Test func averagesOfNothing() throws {
    let x = Tensor.zeros([0])
    let (columns, rows) = (x.reshaped([0, 3]), x.reshaped([3, 0]))
    try check("average_of_nothing") { _ in
      [
        "mean": x.mean(), "sum": x.sum(), "columns": columns.mean(0), "rows": columns.mean(1),
        "log_sum_exp": rows.logSumExp(1),
      ]
    }
  }

  @Test func probabilities() throws {
    try check("softmax", at: "x") {
      ["softmax": softmax($0[0]), "log_softmax": logSoftmax($0[0]), "log_sum_exp": $0[0].logSumExp()]
    }
  }

  @Test func nothingIsLeftOfAnInfiniteNumberWithoutWeight() {
    let numbers = Tensor([[-.infinity, .nan, 2], [.infinity, 3, -4]])
    let (value, gradients) = valueWithGradient(at: [numbers, Tensor([0, 0, 0.5])]) {
      $0[0].slice(0..<1, axis: 0).weighted(by: $0[1]).sum()
    }
    #expect(value.scalar == 1)
    #expect(gradients == [Tensor([[0, 0, 0.5], [0, 0, 0]]), Tensor([0, 0, 2])])
    #expect(numbers.weighted(by: Tensor([1, 1, 0])).at(1, axis: 0) == Tensor([.infinity, 3, 0]))
  }
}
