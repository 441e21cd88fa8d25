import CourseTesting
import Networks
import Tensors
import Testing

@Suite struct LayerTests {
  private var random = SplitMix64(seed: 1)

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
}
