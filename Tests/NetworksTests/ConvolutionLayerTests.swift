import CourseTesting
import Networks
import Tensors
import Testing

@Suite struct ConvolutionLayerTests {
  private var random = SplitMix64(seed: 1)

  private func expectSides(_ sides: [Int], of layers: [(Tensor) -> Tensor], from start: Tensor) {
    var x = start
    for (side, layer) in zip(sides, layers) {
      x = layer(x)
      #expect(x.shape[1] == side && x.shape[2] == side)
    }
    #expect(sides.count == layers.count && x.scalars.allSatisfy(\.isFinite))
  }

  @Test mutating func sidesOfTheWorldModelsEncoder() {
    let channels = [3, 2, 3, 4, 5]
    let layers = zip(channels, channels.dropFirst()).map {
      Conv2d($0, $1, kernel: 4, stride: 2, using: &random)
    }
    let functions = layers.map { layer in { (x: Tensor) in relu(layer(x)) } }
    expectSides([31, 14, 6, 2], of: functions, from: .ones([2, 64, 64, 3]))
    expectSides([47, 22, 10, 4], of: functions, from: .ones([1, 96, 96, 3]))
  }

  @Test mutating func sidesOfTheWorldModelsDecoder() {
    let channels = [7, 4, 3, 2, 3]
    let layers = (0..<4).map {
      ConvTranspose2d(channels[$0], channels[$0 + 1], kernel: [5, 5, 6, 6][$0], stride: 2, using: &random)
    }
    expectSides([5, 13, 30, 64], of: layers.map { layer in { layer($0) } }, from: .ones([2, 1, 1, 7]))
  }

  @Test mutating func sidesWithPadding() {
    let down = Conv2d(3, 3, kernel: 4, stride: 2, padding: 1, using: &random)
    expectSides([48, 24, 12, 6], of: Array(repeating: { down($0) }, count: 4), from: .ones([1, 96, 96, 3]))
    let up = ConvTranspose2d(3, 3, kernel: 4, stride: 2, padding: 1, using: &random)
    expectSides([12, 24, 48, 96], of: Array(repeating: { up($0) }, count: 4), from: .ones([1, 6, 6, 3]))
  }

  @Test mutating func biasAndInitialWeights() {
    let layer = Conv2d(8, 16, kernel: 5, using: &random)
    #expect(layer.weight.shape == [5, 5, 8, 16] && layer.bias == .zeros([16]))
    // Every pixel of the kernel counts as an input and as an output.
    let limit = (6 / Float(25 * (8 + 16))).squareRoot()
    let largest = layer.weight.scalars.reduce(0) { max($0, Swift.abs($1)) }
    #expect(largest <= limit && largest > 0.99 * limit)

    var up = ConvTranspose2d(2, 3, kernel: 4, using: &random)
    #expect(up.weight.shape == [4, 4, 3, 2])
    up.bias = Tensor([1, 2, 3])
    #expect(up(.zeros([1, 1, 1, 2]))[0, 3, 2, 1] == 2)
    let plain = Conv2d(2, 3, kernel: 4, hasBias: false, using: &random)
    #expect(plain.bias == nil && plain.parameterCount == 96)
  }

  // MARK: World Models' networks in PyTorch

  @Test mutating func encoderOfWorldModels() throws {
    let golden = try GoldenCase.named("conv_encoder_unpadded", in: "worldmodels")
    let pixels = (0..<64 * 64 * 3).map { index -> Float in
      let (row, column, channel) = (index / 192, index / 3 % 64, index % 3)
      return Float((7 * row + 13 * column + 5 * channel) % 17) / 16
    }
    let image = Tensor(shape: [1, 64, 64, 3], pixels)
    try golden.check(at: ["w4", "b4", "b1", "w_mu"]) { tensors in
      var h = image
      var results: [String: Tensor] = ["spatial_sizes": Tensor([31, 14, 6, 2])]
      for number in 1...4 {
        let weight = number == 4 ? tensors[0] : try golden.input("w\(number)").tensor
        let bias = try [1: tensors[2], 4: tensors[1]][number] ?? golden.input("b\(number)").tensor
        h = relu(conv2d(h, weight: weight.transposed(2, 3, 1, 0), bias: bias, stride: 2))
        results["h\(number)_sum"] = h.sum()
      }
      results["h4"] = h.transposed(0, 3, 1, 2)
      results["mu"] = linear(
        h.reshaped([1, -1]), weight: tensors[3].transposed(), bias: try golden.input("b_mu").tensor)
      return results
    }
  }

  @Test func decoderOfWorldModels() throws {
    let golden = try GoldenCase.named("deconv_decoder_1_5_13_30_64", in: "worldmodels")
    try golden.check(at: ["h", "w4", "b1"]) { tensors in
      var x = tensors[0].transposed(0, 2, 3, 1)
      for number in 1...4 {
        let weight = number == 4 ? tensors[1] : try golden.input("w\(number)").tensor
        let bias = number == 1 ? tensors[2] : try golden.input("b\(number)").tensor
        x = convTranspose2d(x, weight: weight.transposed(2, 3, 1, 0), bias: bias, stride: 2)
        x = number < 4 ? relu(x) : sigmoid(x)
      }
      let flat = x.transposed(0, 3, 1, 2).reshaped([-1])
      return [
        "samples": flat.rows(Array(stride(from: 0, to: flat.count, by: 97))), "sum": flat.sum(),
        "sum_sq": square(flat).sum(), "shape_check": Tensor(Float(x.shape[1])),
      ]
    }
  }
}
