import Tensors

/// One pre-norm block: x + attention(norm(x)), then x + MLP(norm(x)).
///
/// ```swift
/// let block = TransformerBlock(6, heads: 2, using: &random)
/// block(Tensor.ones([1, 4, 6])).shape  // [1, 4, 6]
/// ```
public struct TransformerBlock: Module {
  /// Before the attention and before the two linear layers.
  public var attentionNorm: LayerNorm, expansionNorm: LayerNorm
  /// Between positions.
  public var attention: MultiHeadAttention
  /// `[feature, 4·feature]`, GELU, `[4·feature, feature]`.
  public var expansion: Linear, contraction: Linear

  /// A block for `features`, initialised as in minGPT and IRIS.
  public init(_ features: Int, heads: Int, using random: inout SplitMix64) {
    attentionNorm = LayerNorm(features)
    attention = MultiHeadAttention(features, heads: heads, using: &random)
    expansionNorm = LayerNorm(features)
    let weights = Initializer.normal.scaled(by: 0.02)
    expansion = Linear(features, 4 * features, weights: weights, using: &random)
    contraction = Linear(4 * features, features, weights: weights, using: &random)
  }

  /// Applies the block to whole sequences `[batch, time, feature]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    expanded(x + attention(attentionNorm(x)))
  }

  /// Applies the block to the next positions of sequences and remembers them.
  public func callAsFunction(_ x: Tensor, after memory: inout MultiHeadAttention.Memory) -> Tensor {
    expanded(x + attention(attentionNorm(x), after: &memory))
  }

  private func expanded(_ x: Tensor) -> Tensor {
    x + contraction(gelu(expansion(expansionNorm(x))))
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("attentionNorm", &attentionNorm)
    visitor("attention", &attention)
    visitor("expansionNorm", &expansionNorm)
    visitor("expansion", &expansion)
    visitor("contraction", &contraction)
  }
}

/// A causal transformer on vectors: pre-norm blocks and a last layer norm.
///
/// Embeddings of tokens and positions come before it, heads after it. Source: minGPT, as IRIS uses it
/// (without dropout).
///
/// ```swift
/// let network = Transformer(6, layers: 3, heads: 2, using: &random)
/// var memory = network.emptyMemory
/// network(Tensor.ones([1, 4, 6]), after: &memory).shape  // [1, 4, 6]
/// ```
public struct Transformer: Module {
  /// The blocks from input to output.
  public var blocks: [TransformerBlock]
  /// After the last block.
  public var norm: LayerNorm

  /// A transformer of `layers` blocks for `features`.
  public init(_ features: Int, layers: Int, heads: Int, using random: inout SplitMix64) {
    blocks = (0..<layers).map { _ in TransformerBlock(features, heads: heads, using: &random) }
    norm = LayerNorm(features)
  }

  /// Applies the network to whole sequences `[batch, time, feature]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    norm(blocks.reduce(x) { $1($0) })
  }

  /// A memory without positions, one part for each block.
  ///
  /// ```swift
  /// Transformer(6, layers: 3, heads: 2, using: &random).emptyMemory.count  // 3
  /// ```
  public var emptyMemory: [MultiHeadAttention.Memory] { blocks.map { _ in .init() } }

  /// Applies the network to the next positions of sequences, `[batch, time, feature]`, and remembers them.
  public func callAsFunction(_ x: Tensor, after memory: inout [MultiHeadAttention.Memory]) -> Tensor {
    norm(blocks.indices.reduce(x) { blocks[$1]($0, after: &memory[$1]) })
  }

  /// Shows blocks and norm to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("blocks", &blocks)
    visitor("norm", &norm)
  }
}
