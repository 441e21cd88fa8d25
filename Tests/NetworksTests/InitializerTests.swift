import CourseTesting
import Networks
import Tensors
import Testing

/// What freshly made layers hold.
@Suite struct InitializerTests {
  private var random = SplitMix64(seed: 1)

  @Test mutating func glorotUniform() {
    let limit = Float(6.0 / 500).squareRoot()
    let weight = Initializer.glorotUniform([200, 300], using: &random)
    #expect(weight.shape == [200, 300])
    let (low, high) = (weight.scalars.min() ?? 0, weight.scalars.max() ?? 0)
    #expect(-limit <= low && low < -0.999 * limit && 0.999 * limit < high && high <= limit)
    // The variance 2 / (in + out) keeps the scale of activations and gradients.
    #expect(abs(square(weight).mean().scalar * 250 - 1) < 0.02 && abs(weight.mean().scalar) < 0.002)
  }

  /// All inputs of all blocks count.
  @Test(arguments: [[24, 5_000], [4, 6, 5_000], [2, 3, 4, 5_000]])
  mutating func truncatedNormal(_ shape: [Int]) throws {
    let golden = try GoldenCase.named("initialiser_moments", in: "dreamerv3")
    let weight = Initializer.truncatedNormal(shape, using: &random)
    #expect(weight.shape == shape)
    let deviation = Float(try golden.output("std_2024").number)
    #expect(abs(sqrt(square(weight).mean()).scalar / deviation - 1) < 0.01)
    #expect(abs(weight.mean().scalar) < 0.005)
    let bound = Float(try golden.output("bound_2024").number)
    let largest = weight.scalars.reduce(0) { max($0, abs($1)) }
    #expect(largest <= bound * 1.0001 && largest > 0.99 * bound)
  }

  @Test mutating func zerosAndScaledWeights() {
    var (first, second) = (SplitMix64(seed: 3), SplitMix64(seed: 3))
    let scaled = Initializer.truncatedNormal.scaled(by: 0.01)([3, 4], using: &first)
    #expect(scaled.scalars == (0.01 * Initializer.truncatedNormal([3, 4], using: &second)).scalars)
    #expect(Initializer.zeros([3, 4], using: &first) == .zeros([3, 4]) && first == second)
  }

  @Test(arguments: [[3, 3], [4, 12], [12, 4], [1, 5], [40, 40]])
  mutating func orthogonal(_ shape: [Int]) {
    let matrix = Initializer.orthogonal(shape, using: &random)
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
