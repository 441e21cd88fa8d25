import Networks
import Tensors
import Testing

@Suite struct AdamTests {
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

  @Test func gradientsOfAnotherModuleStop() async throws {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      update(with: [.zeros([2, 3]), .zeros([4])])
    }
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      update(with: [.zeros([2, 3])])
    }
    let place = "(called from Tests/NetworksTests/AdamTests.swift:"
    let wrongShape = String(decoding: try #require(shapes).standardErrorContent, as: UTF8.self)
    #expect(wrongShape.contains("Adam: bias of shape [3] met the gradient of bias, shape [4] \(place)"))
    let wrongCount = String(decoding: try #require(count).standardErrorContent, as: UTF8.self)
    #expect(wrongCount.contains("Adam: made for 2 parameters, met 2 parameters and 1 gradients \(place)"))
  }
}

private func update(with gradients: [Tensor]) {
  var random = SplitMix64(seed: 1)
  var layer = Linear(2, 3, using: &random)
  var optimizer = Adam(for: layer, rate: 1)
  optimizer.update(&layer, along: Gradients(tensors: gradients))
}
