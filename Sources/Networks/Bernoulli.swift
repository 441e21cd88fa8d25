import Tensors

/// Independent flags: whether an episode goes on, or its discount as a soft target.
public struct Bernoulli: Sendable {
  /// The log-odds, any shape.
  public var logits: Tensor

  /// Flags with the given log-odds.
  public init(logits: Tensor) {
    self.logits = logits
  }

  /// The probability of 1.
  public var mean: Tensor { sigmoid(logits) }

  /// The log-likelihood of flags, or minus the cross-entropy of probabilities, number by number.
  public func logProbability(of x: Tensor) -> Tensor {
    -bernoulliLoss(logits: logits, target: x)
  }
}
