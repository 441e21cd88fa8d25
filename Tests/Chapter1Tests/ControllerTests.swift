import CourseTesting
import Foundation
import Tensors
import Testing
import Training

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// Controllers with 4 features and 3 outputs, and with hidden layers of 5 and 2.
@Suite(.exercise("1.8")) struct ControllerTests {
  let features = Tensor.sample([4], seed: 101).scalars

  private func parameters(_ count: Int) -> [Float] { Tensor.sample([count], seed: 102).scalars }

  /// One layer, whose parameters are found by the number of the output and that of the input.
  private func layer(
    _ inputs: [Float], outputs: Int, _ parameters: [Float], bias: (Int) -> Int? = { $0 },
    weight: (_ input: Int, _ output: Int) -> Int
  ) -> [Float] {
    (0..<outputs).map { output in
      let start = bias(output).map { Double(parameters[$0]) } ?? 0
      return Float(
        inputs.indices.reduce(start) {
          $0 + Double(inputs[$1]) * Double(parameters[weight($1, output)])
        })
    }
  }

  /// One layer whose parameters begin at a place.
  private func layer(_ inputs: [Float], outputs: Int, _ parameters: [Float], from start: Int = 0) -> [Float] {
    layer(inputs, outputs: outputs, parameters, bias: { start + $0 }) { start + ($0 + 1) * outputs + $1 }
  }

  @Test func oneLayer() {
    let numbers = parameters(15)
    let right = layer(features, outputs: 3, numbers)
    expectClose(
      Controller(parameters: numbers, sizes: [4, 3])(features), right, "3 outputs from 4 features",
      mistakes: [
        Mistake("outputs squashed by tanh: ActionFormat does that", gives: right.map { tanh($0) }),
        Mistake(
          "weights read as [output, feature]",
          gives: layer(features, outputs: 3, numbers) { 3 + 4 * $1 + $0 }),
        Mistake(
          "biases behind the weights: they come first",
          gives: layer(features, outputs: 3, numbers, bias: { 12 + $0 }) { 3 * $0 + $1 }),
        Mistake(
          "a layer without its bias",
          gives: layer(features, outputs: 3, numbers, bias: { _ in nil }) { 3 + 3 * $0 + $1 }),
      ])
  }

  /// Layers of 5, 2 and 3 outputs, whose parameters begin at these places.
  private func layers(
    _ parameters: [Float], from starts: [Int] = [0, 25, 37], activation: (Float) -> Float = { tanh($0) },
    before squashed: [Int] = [1, 2]
  ) -> [Float] {
    (0..<3).reduce(features) { numbers, index in
      let inputs = squashed.contains(index) ? numbers.map(activation) : numbers
      return layer(inputs, outputs: [5, 2, 3][index], parameters, from: starts[index])
    }
  }

  @Test func hiddenLayers() {
    let numbers = parameters(46)
    let right = layers(numbers)
    expectClose(
      Controller(parameters: numbers, sizes: [4, 5, 2, 3])(features), right,
      "3 outputs from 4 features through hidden layers of 5 and 2",
      mistakes: [
        Mistake("no tanh between the layers: linear layers are one", gives: layers(numbers, before: [])),
        Mistake(
          "tanh between the first two layers only", gives: layers(numbers, before: [1])),
        Mistake("tanh between the last two layers only", gives: layers(numbers, before: [2])),
        Mistake("outputs squashed by tanh: ActionFormat does that", gives: right.map { tanh($0) }),
        Mistake("features squashed by tanh", gives: layers(numbers, before: [0, 1, 2])),
        Mistake("a ReLU in place of tanh", gives: layers(numbers, activation: { max($0, 0) })),
        Mistake("the first layer's parameters in all layers", gives: layers(numbers, from: [0, 0, 0])),
        Mistake(
          "starts that do not add up: a layer's numbers begin behind those of all before it",
          gives: layers(numbers, from: [0, 25, 12])),
        Mistake(
          "as many weights as there are features in every layer", gives: layers(numbers, from: [0, 25, 35])),
      ])
  }

  @Test func featuresInsideALongerArray() {
    let numbers = parameters(15)
    let row = ([9, 9, 9, 9, 9] + features + [9])[5..<9]
    expectClose(
      Controller(parameters: numbers, sizes: [4, 3])(row), layer(features, outputs: 3, numbers),
      "features that are a slice of the whole population's",
      mistakes: [
        Mistake(
          "other features than those of the slice",
          gives: layer([9, 9, 9, 9], outputs: 3, numbers))
      ])
  }

  @Test func theCarOfThePaper() throws {
    let golden = try GoldenCase.named("controller_car_racing", in: "worldmodels")
    let (parameters, x) = (try golden.input("params").tensor.scalars, try golden.input("x"))
    let controller = Controller(parameters: parameters, sizes: [7, 3])
    let outputs = (0..<x.shape[0]).map { controller(x.row($0).map { Float($0) }) }
    let expected = try golden.output("action").tensor
    expectClose(
      outputs.map { ActionFormat.driving.action($0) }, expected,
      "steering, gas and brake of the paper's code for some features")
  }
}
