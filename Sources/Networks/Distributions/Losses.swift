import Tensors

/// The negative log-likelihood of flags or probabilities under Bernoulli distributions, without overflow.
///
/// ```swift
/// bernoulliLoss(logits: Tensor([0, 2]), target: Tensor([1, 0]))  // [0.693, 2.127]
/// ```
///
/// - Parameters:
///   - logits: log-odds, any shape.
///   - target: numbers in [0, 1] of the same shape; a soft target gives the cross-entropy.
/// - Returns: nats, number by number.
public func bernoulliLoss(logits: Tensor, target: Tensor) -> Tensor {
  softplus(logits) - target * logits
}

/// The negative log-likelihood of classes under categorical distributions.
///
/// ```swift
/// crossEntropy(logits: Tensor([[0, 0], [0, 2]]), target: [0, 0])  // [0.693, 2.127]
/// ```
///
/// - Parameters:
///   - logits: `[…, class]`.
///   - target: the classes, one for each row of logits, row by row.
/// - Returns: nats, `[…]`.
public func crossEntropy(logits: Tensor, target: [Int]) -> Tensor {
  logits.logSumExp() - logits.gather(target)
}

/// The cross-entropy of categorical distributions with soft targets.
///
/// ```swift
/// crossEntropy(logits: Tensor([[0, 2]]), target: Tensor([[0.5, 0.5]]))  // [1.127]
/// ```
///
/// - Parameters:
///   - logits: `[…, class]`.
///   - target: probabilities of the same shape.
/// - Returns: nats, `[…]`.
public func crossEntropy(logits: Tensor, target: Tensor) -> Tensor {
  -logSoftmax(logits).weighted(by: target).sum(-1)
}
