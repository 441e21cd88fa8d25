import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

extension MDNRNN {
  /// A memory no two of whose extents are equal: action 3, z 4, h 7, mixtures of 5.
  static var example: MDNRNN {
    var configuration = WorldModelsConfiguration.preset(.smoke)
    (configuration.memorySize, configuration.mixtures) = (7, 5)
    var random = SplitMix64(seed: 61)
    return MDNRNN(latentSize: 4, actionSize: 3, configuration: configuration, using: &random)
      .withRandomParameters(seed: 62, limit: 0.6)
  }

  /// Expects a loss to teach parameters, and all that it could teach them.
  ///
  /// Along a random direction in each the gradient is what finite differences say; the first that is not so is
  /// reported.
  ///
  /// - Parameters:
  ///   - parts: what the names of the parameters begin with.
  ///   - reason: why a gradient may be missing.
  func expectGradients(
    of what: String, for parts: [String], likely reason: String, _ loss: (MDNRNN) -> Tensor
  ) {
    let gradients = valueWithGradient(at: self) { loss($0) + 0 * $0.cell.recurrent.sum() }.gradients
    for (index, (name, parameter)) in parameters.enumerated() where parts.contains(where: name.hasPrefix) {
      let gradient = gradients.tensors[index]
      let what = "the gradient of \(what) for \(name)"
      guard expectNonzero(gradient, what, likely: reason) else { return }
      let direction = Tensor.sample(parameter.shape, seed: 67)
      let slope = (gradient * direction).sum().scalar
      let isRight = expectGradient([slope], at: [Float(0)], "\(what), along a direction") { point in
        var moved = self
        moved.forEachParameter { if $0 == name { $1 = $1 + point[0] * direction } }
        return loss(moved).scalar
      }
      guard isRight else { return }
    }
  }
}

extension Oracle {
  /// What a step of the memory takes in, and how much of h and of the cell it keeps.
  struct MemoryStep {
    var input: [Double]
    var hidden = 1.0
    var cell = 1.0
  }

  /// h and the cell after each step of a sequence, which begins with zeros.
  static func memories(_ lstm: LSTMCell, _ steps: [MemoryStep]) -> [(hidden: [Double], cell: [Double])] {
    let recurrent = lstm.recurrent.vectors
    let size = recurrent.count
    var (hidden, cell) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
    return steps.map { step in
      var gates = linear(step.input, lstm.input)
      for (row, h) in hidden.enumerated() {
        for column in gates.indices { gates[column] += step.hidden * h * recurrent[row][column] }
      }
      for index in 0..<size {
        let candidate = sigmoid(gates[index]) * tanh(gates[2 * size + index])
        cell[index] = sigmoid(gates[size + index]) * step.cell * cell[index] + candidate
        hidden[index] = sigmoid(gates[3 * size + index]) * tanh(cell[index])
      }
      return (hidden, cell)
    }
  }
}
