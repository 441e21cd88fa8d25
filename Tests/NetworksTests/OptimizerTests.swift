import CourseTesting
import Kernels
import Networks
import Tensors
import Testing

@Suite struct OptimizerTests {
  private var random = SplitMix64(seed: 1)

  @Test mutating func theFirstStepHasTheSizeOfTheRate() {
    var layer = Linear(2, 3, using: &random)
    let before = layer
    var optimizer = Adam(for: layer, rate: 0.01)
    let gradients = Gradients(tensors: [Tensor([[5, -5, 1], [-1, 100, 0]]), Tensor([1, -1, 0])])
    let norm = optimizer.update(&layer, along: gradients)
    #expect(abs(norm - Float(25 + 25 + 1 + 1 + 10000 + 1 + 1).squareRoot()) < 1e-3)
    let change = (layer.weight - before.weight).scalars + (layer.bias - before.bias).scalars
    let expected: [Float] = [-0.01, 0.01, -0.01, 0.01, -0.01, 0, -0.01, 0.01, 0]
    #expect(zip(change, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test mutating func itFindsAMinimum() {
    var layer = Linear(1, 2, using: &random)
    var optimizer = Adam(for: layer, rate: 0.05)
    let x = Tensor([[-1], [0], [2]])
    let y = Tensor([[-3, 1], [-1, 1], [3, 1]])  // 2x − 1 and 1
    for _ in 0..<600 {
      let (_, gradients) = valueWithGradient(at: layer) { square($0(x) - y).mean() }
      optimizer.update(&layer, along: gradients)
    }
    let found = layer.weight.scalars + layer.bias.scalars
    #expect(zip(found, [2, 0, -1, 1]).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  /// The moments of a saved optimiser continue exactly.
  @Test mutating func itsStateIsInItsParameters() {
    var layer = Linear(2, 3, using: &random)
    var optimizer = Adam(for: layer, rate: 0.01, clipNorm: 1)
    let gradients = Gradients(tensors: [.normal([2, 3], using: &random), .normal([3], using: &random)])
    for _ in 0..<3 { optimizer.update(&layer, along: gradients) }
    #expect(
      optimizer.parameters.map(\.name) == [
        "steps", "first.weight", "second.weight", "first.bias", "second.bias",
      ])
    #expect(optimizer.parameters[0].value.scalar == 3)

    var restored = Adam(for: layer, rate: 0.01, clipNorm: 1)
    let saved = optimizer.parameters
    var index = 0
    restored.forEachParameter { _, parameter in
      parameter = saved[index].value
      index += 1
    }
    var twin = layer
    optimizer.update(&layer, along: gradients)
    restored.update(&twin, along: gradients)
    #expect(layer.parameters.map(\.value.scalars) == twin.parameters.map(\.value.scalars))
  }

  @Test mutating func gradientsBelowTheLimitAreNotClipped() {
    var (layer, free) = (Linear(2, 3, using: &random), Linear(2, 3, using: &random))
    free = layer
    var (limited, unlimited) = (Adam(for: layer, rate: 0.1, clipNorm: 100), Adam(for: layer, rate: 0.1))
    let gradients = Gradients(tensors: [.normal([2, 3], using: &random), .normal([3], using: &random)])
    #expect(limited.update(&layer, along: gradients) == unlimited.update(&free, along: gradients))
    #expect(layer.weight.scalars == free.weight.scalars)
  }

  // MARK: Official numbers

  @Test(arguments: [
    "adam", "adam_eps1e-5", "adam_other_betas", "adam_keras_eps_hat", "adamw", "dreamerv2_decay",
    "adam_global_norm_clip", "adam_elementwise_clip",
  ])
  func adam(_ name: String) throws {
    let golden = try GoldenCase.named(name, in: "optim")
    let (rate, epsilon) = (try golden.float("lr"), try golden.float("eps"))
    let isKeras = name == "adam_keras_eps_hat" || name == "dreamerv2_decay"
    let decay = try golden.inputs["weight_decay"].map { _ in try golden.float("weight_decay") } ?? 0
    let pair = try Pair(golden)
    var optimizer = Adam(
      for: pair, rate: rate,
      clipNorm: try golden.inputs["max_norm"].map { _ in try golden.float("max_norm") } ?? .infinity,
      epsilon: isKeras ? .keras(epsilon) : .pyTorch(epsilon),
      betas: (try golden.float("beta1"), try golden.float("beta2")),
      decay: { _ in name == "adamw" ? rate * decay : decay })
    let limit = try golden.inputs["clip"].map { _ in try golden.float("clip") } ?? .infinity
    var norms: [Float] = []
    try golden.checkSteps(of: pair) { norms.append(optimizer.update(&$0, along: $1.clipped(toValue: limit))) }
    if golden.outputs["grad_norms"] != nil { try golden.expect(Tensor(norms), is: "grad_norms") }
  }

  /// No paper leaves the correction out; it is the kernel that is compared.
  @Test func adamWithoutCorrection() throws {
    let golden = try GoldenCase.named("adam_no_bias_correction", in: "optim")
    for key in ["a", "b"] {
      var (parameter, gradients) = (try golden.input(key).tensor, try golden.input("g\(key)").tensor)
      var (first, second) = (Tensor.zeros(parameter.shape), Tensor.zeros(parameter.shape))
      let count = parameter.count
      let steps = (0..<gradients.shape[0]).map { step in
        parameter.update { parameter in
          gradients.update { gradients in
            first.update { first in
              second.update { second in
                adamStep(
                  parameter, gradient: gradients + step * count, gradientScale: 1, firstMoment: first,
                  secondMoment: second, count: count, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8,
                  decay: 0)
              }
            }
          }
        }
        return parameter
      }
      try golden.expect(stack(steps), is: "\(key)_steps")
    }
  }

  /// Without memory (β₁ = 0) the first moment is the clipped gradient itself.
  @Test func clippingByTheGlobalNorm() throws {
    let golden = try GoldenCase.named("global_norm_clip_only", in: "optim")
    let limit = try golden.float("max_norm")
    let clipped = try golden.gradients(into: Pair(a: .zeros([2, 3]), b: .zeros([4]))) { pair, gradients in
      var optimizer = Adam(for: pair, rate: 1, clipNorm: limit, betas: (0, 0.999))
      let norm = optimizer.update(&pair, along: gradients)
      #expect(norm == gradients.norm)
      return optimizer.parameters.filter { $0.name.hasPrefix("first.") }.map(\.value)
    }
    try golden.expect(stack(clipped.map { $0[0] }), is: "ga_clipped")
    try golden.expect(stack(clipped.map { $0[1] }), is: "gb_clipped")
  }

  @Test func clippingByTheNormOfTheParameter() throws {
    let golden = try GoldenCase.named("agc", in: "optim")
    let (fraction, minimum) = (try golden.float("clip"), try golden.float("pmin"))
    let clipped = try golden.gradients(into: Pair(golden)) { pair, gradients in
      gradients.clippedAdaptively(for: pair, to: fraction, minimum: minimum)
    }
    try golden.expect(stack(clipped.map { $0.tensors[0] }), is: "ga_clipped")
    try golden.expect(stack(clipped.map { $0.tensors[1] }), is: "gb_clipped")

    let zero = try GoldenCase.named("agc_zero_parameter", in: "optim")
    let parameter = try zero.input("p").tensor
    let both = Gradients(tensors: [try zero.input("g").tensor, parameter])
    let result = both.clippedAdaptively(for: Pair(a: parameter, b: parameter))
    try zero.expect(result.tensors[0], is: "g_clipped")
    #expect(result.tensors[1] == parameter)
  }

  @Test(arguments: ["laprop", "laprop_agc", "laprop_agc_warmup"]) func laProp(_ name: String) throws {
    let golden = try GoldenCase.named(name, in: "optim")
    let pair = try Pair(golden)
    let warmup = try golden.inputs["warmup"].map { _ in Int(try golden.float("warmup")) } ?? 0
    var optimizer = LaProp(for: pair, rate: try golden.float("lr"), warmup: warmup)
    var rates: [Float] = []
    try golden.checkSteps(of: pair) { pair, gradients in
      rates.append(optimizer.nextRate)
      let isClipped = golden.inputs["agc"] != nil
      optimizer.update(&pair, along: isClipped ? gradients.clippedAdaptively(for: pair) : gradients)
    }
    if golden.outputs["lr_steps"] != nil { try golden.expect(Tensor(rates), is: "lr_steps") }
  }

  @Test func movingAverage() throws {
    let golden = try GoldenCase.named("ema_target", in: "optim")
    let (source, start) = (try golden.input("source").tensor, try golden.input("target0").tensor)
    let fast = Pair(a: source, b: source)
    var slow = Pair(a: start, b: start)
    let steps = (0..<3).map { _ in
      slow.move(towards: fast, by: 0.02)
      return slow.a
    }
    try golden.expect(stack(steps), is: "target_steps")
    #expect(slow.b == slow.a && fast.a == source)
  }
}

/// Two parameters in one module, as the fixtures have.
private struct Pair: Module {
  var a: Tensor, b: Tensor

  init(a: Tensor, b: Tensor) { (self.a, self.b) = (a, b) }

  init(_ golden: GoldenCase) throws {
    self.init(a: try golden.input("a").tensor, b: try golden.input("b").tensor)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("a", &a)
    visitor("b", &b)
  }
}

extension GoldenCase {
  fileprivate func float(_ key: String) throws -> Float { Float(try input(key).number) }

  /// Calls `body` with a copy of `pair` and the gradients of each step.
  fileprivate func gradients<Result>(
    into pair: Pair, _ body: (inout Pair, Gradients) throws -> Result
  ) throws -> [Result] {
    let (ga, gb) = (try input("ga").tensor, try input("gb").tensor)
    return try (0..<ga.shape[0]).map { step in
      var copy = pair
      return try body(&copy, Gradients(tensors: [ga.at(step, axis: 0), gb.at(step, axis: 0)]))
    }
  }

  /// Compares the parameters after each step.
  fileprivate func checkSteps(of pair: Pair, _ update: (inout Pair, Gradients) -> Void) throws {
    var pair = pair
    // Earlier steps are kept as values: the updates in place must not change them.
    let steps = try gradients(into: pair) { _, gradients in
      update(&pair, gradients)
      return pair
    }
    try expect(stack(steps.map(\.a)), is: "a_steps")
    try expect(stack(steps.map(\.b)), is: "b_steps")
  }
}
