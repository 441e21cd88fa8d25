import CourseTesting
import Foundation
import Networks
import Tensors

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// What the networks of this chapter should compute, in double precision, from their weights alone.
///
/// `OracleTests` compares it with the official implementation.
///
/// A vector is `[Double]`; a batch of them is `[[Double]]`.
extension Oracle {
  // MARK: Networks

  static func gru(_ x: [Double], state: [Double], _ cell: GRUCell) -> [Double] {
    let (input, hidden) = (linear(x, cell.input), linear(state, cell.recurrent))
    return state.indices.map { index in
      let (update, candidate) = (index + state.count, index + 2 * state.count)
      let r = sigmoid(input[index] + hidden[index])
      let u = sigmoid(input[update] + hidden[update])
      return u * state[index] + (1 - u) * tanh(input[candidate] + r * hidden[candidate])
    }
  }

  // MARK: The recurrent state-space model

  /// h′ from `joined`, which should be [z, a], and h.
  static func nextMemory(
    _ rssm: RSSM, joined: [Double], memory: [Double], activation: (Double) -> Double = elu
  ) -> [Double] {
    gru(linear(joined, rssm.inputLayer).map(activation), state: memory, rssm.cell)
  }

  /// Means and deviations of p(z | h).
  static func prior(_ rssm: RSSM, memory: [Double]) -> (mean: [Double], deviation: [Double]) {
    latent(mlp(memory, rssm.priorLayers))
  }

  /// Means and deviations of q(z | h, e).
  static func posterior(
    _ rssm: RSSM, memory: [Double], embedding: [Double]
  ) -> (mean: [Double], deviation: [Double]) {
    latent(mlp(memory + embedding, rssm.posteriorLayers))
  }

  private static func latent(_ output: [Double]) -> (mean: [Double], deviation: [Double]) {
    let size = output.count / 2
    return (Array(output[..<size]), output[size...].map { softplus($0) + 0.1 })
  }
}

extension RSSM {
  /// A model no two of whose extents are equal: action 3, z 5, hidden 6, h 7, embedding 9.
  static var example: RSSM {
    var random = SplitMix64(seed: 1)
    let rssm = RSSM(
      actionSize: 3, embeddingSize: 9, deterministicSize: 7, stochasticSize: 5, hiddenSize: 6, using: &random)
    return rssm.withRandomParameters(seed: 2)
  }

  /// The same with beliefs that depend on nothing: the prior N(−2, 1.5²), the posterior N(3, 0.5²).
  static var constantBeliefs: RSSM {
    var rssm = RSSM.example
    let numbers = { (mean: Float, deviation: Float) in
      [Float](repeating: mean, count: 5)
        + [Float](repeating: log(exp(deviation - 0.1) - 1), count: 5)  // the inverse of softplus + 0.1
    }
    rssm.priorLayers.layers[1] = Linear(weight: .zeros([6, 10]), bias: Tensor(numbers(-2, 1.5)))
    rssm.posteriorLayers.layers[1] = Linear(weight: .zeros([6, 10]), bias: Tensor(numbers(3, 0.5)))
    return rssm
  }

  /// The model of a case of `dreamerv1.json`: action 1, z 3, embedding 4, h 5, hidden 6.
  static func golden(_ golden: GoldenCase) throws -> RSSM {
    var random = SplitMix64(seed: 0)
    var rssm = RSSM(
      actionSize: 1, embeddingSize: 4, deterministicSize: 5, stochasticSize: 3, hiddenSize: 6, using: &random)
    func layer(_ name: String) throws -> Linear {
      Linear(weight: try golden.input(name + "_k").tensor, bias: try golden.input(name + "_b").tensor)
    }
    rssm.inputLayer = try layer("img1")
    rssm.priorLayers.layers = [try layer("img2"), try layer("img3")]
    rssm.posteriorLayers.layers = [try layer("obs1"), try layer("obs2")]
    // Keras keeps the gates in the order update, reset, candidate; here it is reset, update, candidate.
    func gates(_ x: Tensor) -> Tensor {
      concatenate([5..<10, 0..<5, 10..<15].map { x.slice($0, axis: -1) })
    }
    let bias = gates(try golden.input("gru_bias").tensor)
    rssm.cell.input = Linear(weight: gates(try golden.input("gru_kernel").tensor), bias: bias.at(0, axis: 0))
    rssm.cell.recurrent = Linear(
      weight: gates(try golden.input("gru_recurrent").tensor), bias: bias.at(1, axis: 0))
    return rssm
  }
}

extension Linear {
  /// A layer with these parameters.
  fileprivate init(weight: Tensor, bias: Tensor) {
    var random = SplitMix64(seed: 0)
    self.init(weight.shape[0], weight.shape[1], using: &random)
    (self.weight, self.bias) = (weight, bias)
  }
}
