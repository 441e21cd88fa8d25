import Tensors

/// A table with one learned vector for each token.
public struct Embedding: Module {
  /// `[count, size]`.
  public var weight: Tensor

  /// A table of `count` vectors of `size` numbers from N(0, σ²); minGPT and IRIS have σ = 0.02.
  public init(
    _ count: Int, size: Int, standardDeviation: Float = 0.02, using random: inout SplitMix64
  ) {
    weight = standardDeviation * .normal([count, size], using: &random)
  }

  /// The vectors of some tokens, `[token, size]`.
  public func callAsFunction(_ tokens: [Int]) -> Tensor { weight.rows(tokens) }

  /// Shows the table to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("weight", &weight)
  }
}
