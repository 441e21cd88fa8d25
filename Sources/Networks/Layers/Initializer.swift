import Tensors

/// How the weights of a layer are drawn.
///
/// ```swift
/// let critic = MLP(
///   8, 255, units: 64, hiddenLayers: 3, weights: .truncatedNormal, outputWeights: .zeros, using: &random)
/// critic(Tensor.ones([2, 8])).maximum().scalar  // 0
/// ```
public struct Initializer: Sendable {
  private let draw: @Sendable (_ shape: [Int], _ random: inout SplitMix64) -> Tensor

  /// An initialiser that draws weights of a shape as `draw` does.
  public init(_ draw: @escaping @Sendable (_ shape: [Int], _ random: inout SplitMix64) -> Tensor) {
    self.draw = draw
  }

  /// Draws weights.
  ///
  /// - Parameters:
  ///   - shape: `[in, out]`; `[block, in / blocks, out / blocks]`; or `[height, width, in, out]` for the kernel of
  ///     a convolution, where each of the `height`·`width` pixels counts as an input and as an output.
  ///   - random: draws the numbers.
  public func callAsFunction(_ shape: [Int], using random: inout SplitMix64) -> Tensor {
    draw(shape, &random)
  }

  /// The same weights multiplied by a factor: `.truncatedNormal.scaled(by: 0.01)`.
  ///
  /// ```swift
  /// let ones = Initializer { shape, _ in .ones(shape) }
  /// ones.scaled(by: 0.01)([2], using: &random)  // [0.01, 0.01]
  /// ```
  public func scaled(by factor: Float) -> Initializer {
    Initializer { [draw] in factor * draw($0, &$1) }
  }

  /// Zeros, which make a network predict its output's bias at first: DreamerV3's reward and critic.
  ///
  /// ```swift
  /// Initializer.zeros([1, 2], using: &random)  // [[0, 0]]
  /// ```
  public static let zeros = Initializer { shape, _ in .zeros(shape) }

  /// Standard normal numbers; minGPT and IRIS have `.normal.scaled(by: 0.02)`.
  ///
  /// ```swift
  /// Initializer.normal([3, 4], using: &random).shape  // [3, 4]
  /// ```
  public static let normal = Initializer { .normal($0, using: &$1) }

  /// Uniform on ±√(6 / (in + out)) (Glorot and Bengio 2010), the initialisation of Keras that DreamerV1 uses.
  ///
  /// ```swift
  /// abs(Initializer.glorotUniform([2, 4], using: &random)).maximum().scalar < 1  // true
  /// ```
  public static let glorotUniform = Initializer { shape, random in
    let pixels = shape.dropLast(2).reduce(1, *)
    let limit = (6 / Float(pixels * shape.suffix(2).reduce(0, +))).squareRoot()
    return .uniform(shape, low: -limit, high: limit, using: &random)
  }

  /// Normal numbers without those beyond two standard deviations, of variance 1 / in: DreamerV3's weights.
  ///
  /// All inputs of all blocks count. Cutting takes variance away; the numbers are drawn wider by 1 / 0.8796 to make
  /// up for it. (V3's code of 2023 divides by the mean of in and out.)
  ///
  /// ```swift
  /// abs(Initializer.truncatedNormal([4, 8], using: &random)).maximum().scalar < 1.14  // true
  /// ```
  public static let truncatedNormal = Initializer { shape, random in
    let inputs = shape.dropLast().reduce(1, *)
    let deviation = (1 / Double(inputs)).squareRoot() / 0.879_625_66
    let numbers = (0..<shape.reduce(1, *)).map { _ in
      var number = random.normal()
      while Swift.abs(number) > 2 { number = random.normal() }
      return Float(deviation * number)
    }
    return Tensor(shape: shape, numbers)
  }

  /// A matrix with orthonormal rows, or columns if there are more rows.
  ///
  /// Source: Saxe, McClelland and Ganguli 2013.
  ///
  /// ```swift
  /// let matrix = Initializer.orthogonal([2, 3], using: &random)
  /// matrix.matmul(matrix, transposingRight: true)  // [[1, 0], [0, 1]]
  /// ```
  public static let orthogonal = Initializer { shape, random in
    let (long, short) = (max(shape[0], shape[1]), min(shape[0], shape[1]))
    let matrix = Tensor(orthonormalVectors(short, size: long, using: &random))
    return shape[0] > shape[1] ? matrix.transposed() : matrix
  }
}

private func orthonormalVectors(_ count: Int, size: Int, using random: inout SplitMix64) -> [[Float]] {
  var basis: [[Double]] = []
  while basis.count < count {
    // Gram–Schmidt on a random direction, twice, so that rounding leaves no component behind.
    var vector = (0..<size).map { _ in random.normal() }
    for _ in 0..<2 {
      for other in basis {
        let projection = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        for index in vector.indices { vector[index] -= projection * other[index] }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vector = vector.map { $0 / length }
    }
    basis.append(vector)
  }
  return basis.map { $0.map(Float.init) }
}
