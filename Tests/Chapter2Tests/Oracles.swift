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
enum Oracle {
  // MARK: Functions

  static func elu(_ x: Double) -> Double { x > 0 ? x : exp(x) - 1 }
  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  /// log N(x; mean, deviation).
  static func logNormal(_ x: Double, mean: Double, deviation: Double) -> Double {
    let distance = (x - mean) / deviation
    return -0.5 * distance * distance - log(deviation) - 0.5 * log(2 * .pi)
  }

  // MARK: Networks

  static func linear(_ x: [Double], _ layer: Linear) -> [Double] {
    let weights = layer.weight.vectors
    return layer.bias.vectors[0].enumerated().map { column, bias in
      zip(x, weights).reduce(bias) { $0 + $1.0 * $1.1[column] }
    }
  }

  static func mlp(_ x: [Double], _ network: MLP) -> [Double] {
    let hidden = network.layers.dropLast().reduce(x) { linear($0, $1).map(elu) }
    return linear(hidden, network.layers[network.layers.count - 1])
  }

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

  // MARK: Gradients

  /// The gradient of `function` by central differences; in double precision good to nine digits.
  static func gradient(at point: [[Double]], of function: ([[Double]]) -> Double) -> [[Double]] {
    let step = 1e-5
    return point.indices.map { row in
      point[row].indices.map { column in
        var (above, below) = (point, point)
        above[row][column] += step
        below[row][column] -= step
        return (function(above) - function(below)) / (2 * step)
      }
    }
  }

  /// Σ weights · values, over a whole batch.
  static func weightedSum(_ values: [[Double]], _ weights: [[Double]]) -> Double {
    zip(values.joined(), weights.joined()).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension Tensor {
  /// The numbers in double precision, cut along the last axis: the vectors of a batch.
  var vectors: [[Double]] {
    let (numbers, width) = (scalars.map(Double.init), max(shape.last ?? 1, 1))
    return stride(from: 0, to: count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }

  /// A batch of vectors, `[batch, feature]`, or the same numbers in another shape.
  init(_ vectors: [[Double]], shape: [Int]? = nil) {
    self.init(shape: shape ?? [vectors.count, vectors[0].count], vectors.joined().map { Float($0) })
  }

  /// Numbers for a test: uniform, the same for the same seed.
  static func sample(_ shape: [Int], seed: UInt64, low: Float = -1, high: Float = 1) -> Tensor {
    var random = SplitMix64(seed: seed)
    return .uniform(shape, low: low, high: high, using: &random)
  }
}

extension Module {
  /// The same network with every parameter drawn anew, the biases too (they start at zero, which would
  /// hide that one is left out).
  func withRandomParameters(seed: UInt64, limit: Float = 0.8) -> Self {
    var random = SplitMix64(seed: seed)
    var result = self
    result.forEachParameter { _, parameter in
      parameter = .uniform(parameter.shape, low: -limit, high: limit, using: &random)
    }
    return result
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
