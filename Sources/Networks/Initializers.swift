import Tensors

extension Tensor {
  /// Uniform on ±√(6 / (in + out)) (Glorot and Bengio 2010).
  ///
  /// - Parameters:
  ///   - shape: `[in, out]`, or `[height, width, in, out]` for the kernel of a convolution, where each of the
  ///     `height`·`width` pixels counts as an input and as an output.
  ///   - random: draws the numbers.
  public static func glorotUniform(_ shape: [Int], using random: inout SplitMix64) -> Tensor {
    let pixels = shape.dropLast(2).reduce(1, *)
    let limit = (6 / Float(pixels * shape.suffix(2).reduce(0, +))).squareRoot()
    return .uniform(shape, low: -limit, high: limit, using: &random)
  }

  /// Normal numbers without those beyond two standard deviations, of variance 1 / fan: DreamerV3's weights.
  ///
  /// Cutting takes variance away; the numbers are drawn wider by 1 / 0.8796 to make up for it.
  ///
  /// - Parameters:
  ///   - shape: any.
  ///   - fan: how many inputs feed one output, over all blocks; in V3's code of 2023 the mean of that and of how
  ///     many outputs one input feeds.
  ///   - random: draws the numbers.
  public static func truncatedNormal(
    _ shape: [Int], fan: Float, using random: inout SplitMix64
  ) -> Tensor {
    let deviation = (1 / Double(fan)).squareRoot() / 0.879_625_66
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
  /// - Parameters:
  ///   - shape: `[rows, columns]`.
  ///   - random: draws the numbers.
  public static func orthogonal(_ shape: [Int], using random: inout SplitMix64) -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    if rows > columns { return orthogonal([columns, rows], using: &random).transposed() }
    var basis: [[Double]] = []
    while basis.count < rows {
      // Gram–Schmidt on a random direction, twice, so that rounding leaves no component behind.
      var vector = (0..<columns).map { _ in random.normal() }
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
    return Tensor(shape: shape, basis.flatMap { $0.map(Float.init) })
  }
}
