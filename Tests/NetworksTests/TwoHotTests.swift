import CourseTesting
import Networks
import Tensors
import Testing

/// DreamerV3's numbers as classes, against its code.
@Suite struct TwoHotTests {
  @Test func logarithmicScale() throws {
    for (name, function) in [("symlog", symlog), ("symexp", symexp)]
      as [(String, @Sendable (Tensor) -> Tensor)]
    {
      try GoldenCase.named(name, in: "dreamerv3").check(at: ["x"]) { ["y": function($0[0])] }
      let zero = Tensor([0])
      #expect(function(zero).scalars == [0])
      #expect(valueWithGradient(at: [zero]) { function($0[0]) }.gradients[0].scalars == [1])
      let x = Tensor([-1.3, -0.5, -0.2, 0.15, 0.4, 1.6])
      expectGradientsMatchFiniteDifferences(at: [x]) { function($0[0]) }
    }
  }

  @Test(arguments: [255, 41, 5]) func bins(_ count: Int) throws {
    let golden = try GoldenCase.named("symexp_bins_\(count)", in: "dreamerv3")
    let bins = TwoHot.exponentialBins(count)
    try golden.expect(Tensor(bins), is: "bins")
    #expect(bins == bins.reversed().map { -$0 } && bins[count / 2] == 0)
  }

  @Test func weights() throws {
    let golden = try GoldenCase.named("twohot_encode_given_bins", in: "dreamerv3")
    let bins = try golden.input("bins").tensor.scalars
    try golden.expect(TwoHot.weights(of: golden.input("target").tensor, bins: bins), is: "weights")
  }

  @Test func weightsOfAllSizes() throws {
    let golden = try GoldenCase.named("twohot_encode_255", in: "dreamerv3")
    let target = try golden.input("target")
    let weights = TwoHot.weights(of: target.tensor, bins: TwoHot.exponentialBins(255))
    let (low, high) = (try golden.output("index_low").integers, try golden.output("index_high").integers)
    let (below, above) = (try golden.output("weight_low").data, try golden.output("weight_high").data)
    for row in low.indices {
      let (left, right) = (Double(weights[row, low[row]]), Double(weights[row, high[row]]))
      #expect(abs(left - below[row]) < 1e-3 && abs(right - above[row]) < 1e-3, "\(target.data[row])")
      #expect(weights.at(row, axis: 0).scalars.filter { $0 != 0 }.count == (low[row] == high[row] ? 1 : 2))
    }
  }

  @Test func weightsOnABin() throws {
    let golden = try GoldenCase.named("twohot_encode_255_on_bin", in: "dreamerv3")
    let (indices, bins) = (try golden.input("bin_indices").integers, TwoHot.exponentialBins(255))
    let weights = TwoHot.weights(of: Tensor(indices.map { bins[$0] }), bins: bins)
    #expect(weights == .oneHot(try golden.output("one_hot_index").integers, count: 255))
  }

  @Test(arguments: ["twohot_loss_given_bins", "twohot_loss_255", "twohot_2023_symlog_loss"])
  func loss(_ name: String) throws {
    let golden = try GoldenCase.named(name, in: "dreamerv3")
    let target = try golden.input("target").tensor
    let is2023 = name.contains("2023")
    let bins =
      golden.inputs["bins"]?.tensor.scalars
      ?? (is2023 ? TwoHot.linearBins(255) : TwoHot.exponentialBins(255))
    try golden.check(at: ["logits"]) { tensors in
      let twoHot = TwoHot(logits: tensors[0], bins: bins)
      return ["y": -twoHot.logProbability(of: is2023 ? symlog(target) : target)]
    }
  }

  @Test func decoding() throws {
    let given = try GoldenCase.named("twohot_decode_given_bins", in: "dreamerv3")
    let bins = try given.input("bins").tensor.scalars
    try given.check(at: ["logits"]) { ["y": TwoHot(logits: $0[0], bins: bins).mean] }

    let wide = try GoldenCase.named("twohot_decode_255", in: "dreamerv3")
    let logits = try wide.input("logits").tensor
    try wide.expect(TwoHot(logits: logits, bins: TwoHot.exponentialBins(255)).mean, is: "y")

    let older = try GoldenCase.named("twohot_2023_symlog_decode", in: "dreamerv3")
    let twoHot = TwoHot(logits: try older.input("logits").tensor, bins: TwoHot.linearBins(255))
    try older.expect(symexp(twoHot.mean), is: "y")
  }

  @Test(arguments: [255, 41]) func uniformLogitsMeanExactlyZero(_ count: Int) throws {
    let golden = try GoldenCase.named("twohot_decode_uniform_\(count)", in: "dreamerv3")
    let expected = Float(try golden.output("pred").number)
    for logit: Float in [0, -3.7, 12.3] {
      for bins in [TwoHot.exponentialBins(count), TwoHot.linearBins(count)] {
        let logits = Tensor(repeating: logit, shape: [3, count])
        #expect(TwoHot(logits: logits, bins: bins).mean.scalars == [expected, expected, expected])
      }
    }
  }

  @Test func gradients() {
    var random = SplitMix64(seed: 1)
    let logits = Tensor.normal([2, 3, 5], using: &random)
    let bins: [Float] = [-3, -1, 0, 2, 5]
    let target = Tensor([[-4, -2.5, -0.3], [0, 1.5, 4]])
    expectGradientsMatchFiniteDifferences(at: [logits]) { tensors in
      let twoHot = TwoHot(logits: tensors[0], bins: bins)
      return stack([twoHot.mean, twoHot.logProbability(of: target)])
    }
    // What a number decodes to is the number, within the bins.
    let weights = TwoHot.weights(of: target, bins: bins)
    let decoded = (weights * Tensor(bins)).sum(-1)
    #expect(zip(decoded.scalars, [-3, -2.5, -0.3, 0, 1.5, 4]).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
