import Tensors

/// Causal self-attention with several heads: each position looks at itself and at earlier ones.
///
/// Source: Vaswani et al. 2017, section 3.2.
///
/// ```swift
/// let layer = MultiHeadAttention(6, heads: 2, using: &random)
/// layer(Tensor.ones([1, 4, 6])).shape  // [1, 4, 6]
/// ```
public struct MultiHeadAttention: Module {
  /// `[feature, feature]` and a bias each; the heads' features lie side by side.
  public var query: Linear, key: Linear, value: Linear
  /// Mixes the heads' results.
  public var output: Linear
  private let heads: Int

  /// The keys and values of the positions that a sequence has had so far.
  ///
  /// ```swift
  /// var memory = MultiHeadAttention.Memory()
  /// let layer = MultiHeadAttention(6, heads: 2, using: &random)
  /// layer(Tensor.ones([1, 4, 6]), after: &memory).shape  // [1, 4, 6]
  /// memory.count  // 4
  /// ```
  public struct Memory: Sendable {
    fileprivate var keys: Tensor?, values: Tensor?

    /// A memory without positions.
    public init() {}

    /// How many positions there are.
    ///
    /// ```swift
    /// MultiHeadAttention.Memory().count  // 0
    /// ```
    public var count: Int { keys?.shape[1] ?? 0 }
  }

  /// A layer with weights from N(0, 0.02²) and zero biases, as in minGPT and IRIS.
  public init(_ features: Int, heads: Int, using random: inout SplitMix64) {
    let weights = Initializer.normal.scaled(by: 0.02)
    query = Linear(features, features, weights: weights, using: &random)
    key = Linear(features, features, weights: weights, using: &random)
    value = Linear(features, features, weights: weights, using: &random)
    output = Linear(features, features, weights: weights, using: &random)
    self.heads = heads
  }

  /// Applies the layer to whole sequences `[batch, time, feature]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    output(attention(query: query(x), key: key(x), value: value(x), heads: heads))
  }

  /// Applies the layer to the next positions of sequences, `[batch, time, feature]`, and remembers them.
  public func callAsFunction(_ x: Tensor, after memory: inout Memory) -> Tensor {
    let keys = concatenate([memory.keys, key(x)].compactMap { $0 }, axis: 1)
    let values = concatenate([memory.values, value(x)].compactMap { $0 }, axis: 1)
    (memory.keys, memory.values) = (keys, values)
    return output(attention(query: query(x), key: keys, value: values, heads: heads))
  }

  /// Shows the four layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("query", &query)
    visitor("key", &key)
    visitor("value", &value)
    visitor("output", &output)
  }
}
