import CourseTesting
import Foundation
import Networks
import Tensors

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
