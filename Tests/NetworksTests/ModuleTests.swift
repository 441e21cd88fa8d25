import CourseTesting
import Networks
import Tensors
import Testing

/// A module with everything that a visitor can be shown.
private struct Everything: Module {
  var layers: [Linear]
  var cell: GRUCell?
  var scale: Tensor?
  var offset: Tensor
  let size = 3

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("layers", &layers)
    visitor("cell", &cell)
    visitor("scale", &scale)
    visitor("offset", &offset)
  }
}

/// A module whose author forgot some tensors, at every depth.
private struct Forgetful: Module {
  var shown = Tensor(1)
  var forgotten = Tensor(2)
  var optional: Tensor? = Tensor(3)
  var pair = (Tensor(4), 5)
  var list: [Linear]
  var table = ["key": Tensor(6)]

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("shown", &shown)
    visitor("first", &list[0])
  }
}

@Suite struct ModuleTests {
  private var random = SplitMix64(seed: 1)

  private mutating func everything() -> Everything {
    Everything(
      layers: [Linear(2, 3, using: &random), Linear(3, 4, using: &random)],
      cell: GRUCell(2, size: 3, using: &random), scale: Tensor([2]), offset: Tensor([1, 2]))
  }

  // MARK: The visitor

  @Test mutating func everyModuleShowsAllOfItsTensors() {
    let layer = Linear(2, 3, using: &random)
    let network = MLP(2, 3, units: 4, hiddenLayers: 2, using: &random)
    let modules: [any Module] = [
      layer, network, GRUCell(2, size: 3, using: &random), LSTMCell(2, size: 3, using: &random),
      LayerNormGRUCell(2, size: 3, using: &random), BlockLinear(4, 6, blocks: 2, using: &random),
      Adam(for: network, rate: 1), LaProp(for: network, rate: 1), everything(),
      Conv2d(2, 3, kernel: 4, using: &random),
      ConvTranspose2d(2, 3, kernel: 4, hasBias: false, using: &random),
    ]
    for module in modules {
      #expect(unvisitedTensors(in: module) == [], "\(type(of: module))")
      let names = module.parameters.map(\.name)
      #expect(!names.isEmpty && Set(names).count == names.count, "\(type(of: module))")
    }
  }

  @Test mutating func forgottenTensorsAreFound() {
    let module = Forgetful(list: [Linear(1, 2, using: &random), Linear(2, 1, using: &random)])
    #expect(
      unvisitedTensors(in: module) == [
        "forgotten", "optional", "pair..0", "list.1.weight", "list.1.ownBias", "table.0.value",
      ])
  }

  @Test mutating func namesAndCounts() {
    let module = everything()
    #expect(
      module.parameters.map(\.name) == [
        "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "cell.input.weight",
        "cell.input.bias", "cell.recurrent.weight", "cell.recurrent.bias", "scale", "offset",
      ])
    #expect(module.parameterCount == (6 + 3) + (12 + 4) + (18 + 9) + (27 + 9) + 1 + 2)
    var smaller = module
    (smaller.cell, smaller.scale) = (nil, nil)
    #expect(smaller.parameters.count == 5 && smaller.cell == nil && smaller.scale == nil)
  }

  @Test mutating func visitingChangesTheModuleItself() {
    var module = everything()
    let before = module
    module.forEachParameter { _, parameter in parameter = parameter + 1 }
    for (old, new) in zip(before.parameters, module.parameters) {
      #expect(new.value.scalars == (old.value + 1).scalars, "\(old.name)")
    }
    #expect(module.scale?.scalars == [3] && before.scale?.scalars == [2])
  }

  // MARK: Gradients

  @Test mutating func gradientsComeInTheOrderOfTheVisitor() {
    let layer = Linear(2, 3, using: &random)
    let x = Tensor([[1, 2], [3, 4]])
    let (value, gradients) = valueWithGradient(at: layer) { $0(x).sum() }
    #expect(!value.isRecorded && value.scalar == layer(x).sum().scalar)
    #expect(gradients.tensors.map(\.shape) == [[2, 3], [3]])
    #expect(gradients.tensors[0].scalars == [4, 4, 4, 6, 6, 6] && gradients.tensors[1].scalars == [2, 2, 2])
    #expect(abs(gradients.norm - Float(3 * 16 + 3 * 36 + 3 * 4).squareRoot()) < 1e-5)
  }

  @Test mutating func aSecondResultIsHandedOn() {
    let layer = Linear(2, 3, using: &random)
    let x = Tensor([[1, 2], [3, 4]])
    let expected = valueWithGradient(at: layer) { square($0(x)).sum() }
    let (value, gradients, outputs) = valueWithGradientAndResult(at: layer) { layer in
      let outputs = layer(x)
      return (square(outputs).sum(), outputs)
    }
    #expect(value.scalar == expected.value.scalar && outputs.scalars == layer(x).scalars)
    #expect(gradients.tensors.map(\.scalars) == expected.gradients.tensors.map(\.scalars))
    // For a later gradient it is a constant.
    let later = valueWithGradient(at: layer) { ($0(x) * outputs).sum() }
    #expect(
      later.gradients.tensors[0].scalars == x.transposed().matmul(stopGradient(outputs)).scalars)
  }

  /// An actor's gradient crosses the world model; the model's own parameters stay out of it.
  @Test mutating func capturedModulesAreConstants() {
    let (world, actor) = (Linear(2, 3, using: &random), Linear(4, 2, using: &random))
    let state = Tensor.normal([5, 4], using: &random)
    let (_, gradients) = valueWithGradient(at: actor) { actor in
      #expect(actor.weight.isRecorded && !world.weight.isRecorded)
      return world(actor(state)).sum()
    }
    #expect(gradients.tensors.map(\.shape) == [[4, 2], [2]])
    let expected = linear(Tensor.ones([5, 3]), weight: world.weight.transposed(), bias: nil).sum(0)
    for (found, wanted) in zip(gradients.tensors[1].scalars, expected.scalars) {
      #expect(abs(found - wanted) < 1e-4)
    }
  }

  @Test mutating func aParameterThatIsNotUsedHasZeroGradient() {
    let layer = Linear(2, 3, using: &random)
    let (_, gradients) = valueWithGradient(at: layer) { $0.weight.sum() }
    #expect(gradients.tensors[0].scalars == [1, 1, 1, 1, 1, 1] && gradients.tensors[1].scalars == [0, 0, 0])
  }

  @Test func aValueThatReachesNoParameterStops() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      lossOfAConstant()
    }
    let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      output.contains(
        "valueWithGradient: the value depends on none of the parameters input.weight, input.bias, "
          + "recurrent.weight, recurrent.bias (called from Tests/NetworksTests/ModuleTests.swift:"))
  }

  @Test mutating func aCopyIsNotTrained() {
    var critic = MLP(2, 1, units: 4, hiddenLayers: 1, using: &random)
    let target = critic
    let before = critic.parameters.map(\.value.scalars)
    var optimizer = Adam(for: critic, rate: 0.1)
    let (_, gradients) = valueWithGradient(at: critic) { $0(Tensor([[1, 2]])).sum() }
    optimizer.update(&critic, along: gradients)
    #expect(target.parameters.map(\.value.scalars) == before)
    #expect(critic.parameters.map(\.value.scalars) != before)
  }
}

private func lossOfAConstant() {
  var random = SplitMix64(seed: 1)
  let cell = GRUCell(2, size: 3, using: &random)
  _ = valueWithGradient(at: cell) { _ in Tensor(1) }
}
