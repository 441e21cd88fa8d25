import Tensors

/// What a policy says about actions, whatever their kind: squashed or truncated numbers, or one of some choices.
///
/// An action is a vector, one-hot for a choice; all of it is one draw, so probabilities and entropies are of whole
/// actions.
///
/// ```swift
/// let policy: any Distribution = Categorical(logits: Tensor([[0, 2, 1]]))
/// policy.mode(using: &random)  // [[0, 1, 0]]
/// ```
public protocol Distribution: Sendable {
  /// A draw, `[…, action]`, through which gradients reach the distribution: exactly where numbers are drawn,
  /// straight through where choices are.
  func sample(using random: inout SplitMix64) -> Tensor

  /// The likeliest action, `[…, action]`; looked for among draws where there is no formula.
  func mode(using random: inout SplitMix64) -> Tensor

  /// The log-probability, or log-density, of actions `[…, action]`, giving `[…]`.
  func logProbability(of action: Tensor) -> Tensor

  /// The entropy in nats, `[…]`; estimated from a draw where there is no formula.
  func entropy(using random: inout SplitMix64) -> Tensor
}

extension Categorical: Distribution {
  /// ``mode``, which needs no draws.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([0, 2, 1])).mode(using: &random)  // [0, 1, 0]
  /// ```
  public func mode(using random: inout SplitMix64) -> Tensor { mode }

  /// ``entropy``, which needs no draws.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([3, 3])).entropy(using: &random)  // 0.6931
  /// ```
  public func entropy(using random: inout SplitMix64) -> Tensor { entropy }
}

extension TruncatedNormal: Distribution {
  /// ``mode``, which needs no draws.
  ///
  /// ```swift
  /// TruncatedNormal(Normal(mean: Tensor([0.3]), standardDeviation: Tensor([1]))).mode(using: &random)  // [0.3]
  /// ```
  public func mode(using random: inout SplitMix64) -> Tensor { mode }

  /// ``entropy``, which needs no draws.
  ///
  /// ```swift
  /// let wide = TruncatedNormal(Normal(mean: Tensor([0, 0]), standardDeviation: Tensor(100)))
  /// wide.entropy(using: &random)  // 1.386
  /// ```
  public func entropy(using random: inout SplitMix64) -> Tensor { entropy }
}
