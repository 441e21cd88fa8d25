import Foundation
import Networks
import Tensors

/// What networks should compute, in double precision, from their weights alone: a chapter's tests add
/// their own parts.
///
/// A vector is `[Double]`; a batch of them is `[[Double]]`.
public enum Oracle {
  // MARK: Functions

  /// x where positive, eˣ − 1 elsewhere.
  public static func elu(_ x: Double) -> Double { x > 0 ? x : exp(x) - 1 }
  /// 1 / (1 + e⁻ˣ).
  public static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  /// log(1 + eˣ).
  public static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  /// log N(x; mean, deviation).
  public static func logNormal(_ x: Double, mean: Double, deviation: Double) -> Double {
    let distance = (x - mean) / deviation
    return -0.5 * distance * distance - log(deviation) - 0.5 * log(2 * .pi)
  }

  // MARK: Networks

  /// x·W + b for one vector.
  public static func linear(_ x: [Double], _ layer: Linear) -> [Double] {
    let weights = layer.weight.vectors
    return layer.bias.vectors[0].enumerated().map { column, bias in
      zip(x, weights).reduce(bias) { $0 + $1.0 * $1.1[column] }
    }
  }

  /// A network of dense layers with ELU between them, for one vector.
  public static func mlp(_ x: [Double], _ network: MLP) -> [Double] {
    let hidden = network.layers.dropLast().reduce(x) { linear($0, $1).map(elu) }
    return linear(hidden, network.layers[network.layers.count - 1])
  }

  /// The decoder of a vector.
  public static func mlp(_ x: [Double], _ decoder: ObservationDecoder) -> [Double] { mlp(x, decoder.layers) }

  // MARK: Gradients

  /// The gradient of `function` by finite differences; in double precision good to nine digits.
  public static func gradient(at point: [[Double]], of function: ([[Double]]) -> Double) -> [[Double]] {
    point.indices.map { row in
      finiteDifferenceGradient(at: point[row], step: 1e-5) { numbers in
        var moved = point
        moved[row] = numbers
        return function(moved)
      }
    }
  }

  /// Σ weights · values, over a whole batch.
  public static func weightedSum(_ values: [[Double]], _ weights: [[Double]]) -> Double {
    zip(values.joined(), weights.joined()).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension Tensor {
  /// The numbers in double precision, cut along the last axis: the vectors of a batch.
  public var vectors: [[Double]] {
    let (numbers, width) = (scalars.map(Double.init), max(shape.last ?? 1, 1))
    return stride(from: 0, to: count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }

  /// A batch of vectors, `[batch, feature]`, or the same numbers in another shape.
  public init(_ vectors: [[Double]], shape: [Int]? = nil) {
    self.init(shape: shape ?? [vectors.count, vectors[0].count], vectors.joined().map { Float($0) })
  }

  /// Numbers for a test: uniform, the same for the same seed.
  public static func sample(_ shape: [Int], seed: UInt64, low: Float = -1, high: Float = 1) -> Tensor {
    var random = SplitMix64(seed: seed)
    return .uniform(shape, low: low, high: high, using: &random)
  }
}

extension Module {
  /// The same network with every parameter drawn anew, the biases too (they start at zero, which would
  /// hide that one is left out).
  public func withRandomParameters(seed: UInt64, limit: Float = 0.8) -> Self {
    var random = SplitMix64(seed: seed)
    var result = self
    result.forEachParameter { _, parameter in
      parameter = .uniform(parameter.shape, low: -limit, high: limit, using: &random)
    }
    return result
  }
}
