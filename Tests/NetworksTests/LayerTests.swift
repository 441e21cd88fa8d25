import CourseTesting
import Networks
import Tensors
import Testing

@Suite struct LayerTests {
  private var random = SplitMix64(seed: 1)

  @Test mutating func linearLayer() {
    var layer = Linear(2, 3, using: &random)
    layer.weight = Tensor([[1, 2, 3], [4, 5, 6]])
    layer.bias = Tensor([10, 20, 30])
    #expect(layer(Tensor([1, 2])).scalars == [19, 32, 45])
    #expect(
      layer(Tensor.ones([4, 5, 2])).shape == [4, 5, 3] && layer(Tensor.ones([4, 5, 2]))[3, 4, 2] == 39)
  }

  @Test mutating func networkOfLayers() {
    let network = MLP(2, 3, units: 5, hiddenLayers: 2, activation: { tanh($0) }, using: &random)
    #expect(network.layers.map(\.weight.shape) == [[2, 5], [5, 5], [5, 3]])
    let x = Tensor.normal([4, 2], using: &random)
    let expected = network.layers[2](tanh(network.layers[1](tanh(network.layers[0](x)))))
    #expect(network(x).scalars == expected.scalars)
    #expect(MLP(2, 3, units: 5, hiddenLayers: 0, using: &random).layers.map(\.weight.shape) == [[2, 3]])
    expectGradientsMatchFiniteDifferences(at: [x]) { network($0[0]) }
  }

  @Test mutating func theUsualActivationIsELU() {
    let network = MLP(2, 3, units: 5, hiddenLayers: 1, using: &random)
    let x = Tensor.normal([4, 2], using: &random)
    #expect(network(x).scalars == network.layers[1](elu(network.layers[0](x))).scalars)
  }

  @Test mutating func recurrentCell() {
    let cell = GRUCell(2, size: 3, using: &random)
    #expect(cell.input.weight.shape == [2, 9] && cell.recurrent.weight.shape == [3, 9])
    let state = cell(Tensor.ones([4, 2]), state: .zeros([4, 3]))
    #expect(state.shape == [4, 3] && state.scalars.allSatisfy { abs($0) < 1 })
  }

  // MARK: Distributions and losses

  @Test mutating func samplesOfANormalDistribution() {
    let normal = Normal(
      mean: Tensor([-2, 3]).broadcast(to: [20_000, 2]), standardDeviation: Tensor([0.5, 2]))
    let sample = normal.sample(using: &random)
    #expect(sample.shape == [20_000, 2])
    let mean = sample.mean(0)
    let deviation = sqrt(square(sample - mean).mean(0))
    // Five standard errors: 5σ/√n, and 5σ/√(2n).
    #expect(abs(mean[0] + 2) < 0.018 && abs(mean[1] - 3) < 0.071)
    #expect(abs(deviation[0] - 0.5) < 0.0125 && abs(deviation[1] - 2) < 0.05)
  }

  @Test func gradientsPassThroughSamples() {
    let (mean, deviation) = (Tensor([[-1, 0.5, 2]]), Tensor([[0.6, 1, 1.5]]))
    expectGradientsMatchFiniteDifferences(at: [mean, deviation]) { tensors in
      var random = SplitMix64(seed: 2)
      return square(Normal(mean: tensors[0], standardDeviation: tensors[1]).sample(using: &random))
    }
  }

  @Test func bernoulliLossOfExtremeLogits() {
    let loss = bernoulliLoss(logits: Tensor([-200, 200, -200, 200, 0]), target: Tensor([0, 1, 1, 0, 0.25]))
    let expected: [Float] = [0, 0, 200, 200, 0.693_147_2]
    #expect(zip(loss.scalars, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  // MARK: Initial weights

  @Test mutating func glorotUniform() {
    let limit = Float(6.0 / 500).squareRoot()
    let weight = Tensor.glorotUniform([200, 300], using: &random)
    #expect(weight.shape == [200, 300])
    let (low, high) = (weight.scalars.min() ?? 0, weight.scalars.max() ?? 0)
    #expect(-limit <= low && low < -0.999 * limit && 0.999 * limit < high && high <= limit)
    // The variance 2 / (in + out) keeps the scale of activations and gradients.
    #expect(abs(square(weight).mean().scalar * 250 - 1) < 0.02 && abs(weight.mean().scalar) < 0.002)
  }

  @Test mutating func truncatedNormalWeights() throws {
    let golden = try GoldenCase.named("initialiser_moments", in: "dreamerv3")
    let (inputs, outputs) = (
      Float(try golden.input("fan_in").number), Float(try golden.input("fan_out").number)
    )
    for (year, fan) in [("2024", inputs), ("2023", (inputs + outputs) / 2)] {
      let weight = Tensor.truncatedNormal([50, 4, 300], fan: fan, using: &random)
      let deviation = sqrt(square(weight).mean()).scalar
      let bound = weight.scalars.reduce(0) { max($0, abs($1)) }
      let expected = (
        deviation: Float(try golden.output("std_\(year)").number),
        bound: Float(try golden.output("bound_\(year)").number)
      )
      #expect(abs(deviation / expected.deviation - 1) < 0.01 && abs(weight.mean().scalar) < 0.005)
      #expect(bound <= expected.bound * 1.0001 && bound > 0.99 * expected.bound)
    }
  }

  @Test(arguments: [[3, 3], [4, 12], [12, 4], [1, 5], [40, 40]])
  mutating func orthogonal(_ shape: [Int]) {
    let matrix = Tensor.orthogonal(shape, using: &random)
    #expect(matrix.shape == shape)
    let short = shape[0] <= shape[1] ? matrix : matrix.transposed()
    let products = short.matmul(short.transposed())
    for row in 0..<products.shape[0] {
      for column in 0..<products.shape[1] {
        #expect(abs(products[row, column] - (row == column ? 1 : 0)) < 1e-5)
      }
    }
  }

  @Test mutating func initialWeightsOfLayers() {
    let cell = GRUCell(2, size: 3, using: &random)
    let products = cell.recurrent.weight.matmul(cell.recurrent.weight.transposed())
    #expect(abs(products[0, 0] - 1) < 1e-5 && abs(products[0, 1]) < 1e-5)
    #expect(
      cell.input.bias.scalars.allSatisfy { $0 == 0 } && cell.recurrent.bias.scalars.allSatisfy { $0 == 0 })
    let limit = Float(6.0 / 11).squareRoot()
    #expect(cell.input.weight.scalars.allSatisfy { abs($0) <= limit })

    // The same seed gives the same weights, and every layer its own.
    var (first, second) = (SplitMix64(seed: 3), SplitMix64(seed: 3))
    let networks = [
      MLP(4, 4, units: 4, hiddenLayers: 1, using: &first),
      MLP(4, 4, units: 4, hiddenLayers: 1, using: &second),
    ]
    #expect(networks[0].layers[0].weight.scalars == networks[1].layers[0].weight.scalars)
    #expect(networks[0].layers[0].weight.scalars != networks[0].layers[1].weight.scalars)
  }
}
