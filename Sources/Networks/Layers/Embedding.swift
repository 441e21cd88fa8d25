import Tensors

/// A table with one learned vector for each token.
///
/// ```swift
/// let table = Embedding(10, size: 4, using: &random)
/// table([7, 7, 0]).shape  // [3, 4]
/// ```
public struct Embedding: Module {
  /// `[count, size]`.
  public var weight: Tensor

  /// A table of `count` vectors of `size` numbers, drawn as in minGPT and IRIS if nothing else is said.
  public init(
    _ count: Int, size: Int, weights: Initializer = .normal.scaled(by: 0.02), using random: inout SplitMix64
  ) {
    weight = weights([count, size], using: &random)
  }

  /// The vectors of some tokens, `[token, size]`.
  public func callAsFunction(_ tokens: [Int]) -> Tensor { weight.rows(tokens) }

  /// Shows the table to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("weight", &weight)
  }
}
