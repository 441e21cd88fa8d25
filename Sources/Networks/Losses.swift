import Tensors

/// The negative log-likelihood of flags or probabilities under Bernoulli distributions, without overflow.
///
/// - Parameters:
///   - logits: log-odds, any shape.
///   - target: numbers in [0, 1] of the same shape; a soft target gives the cross-entropy.
/// - Returns: nats, number by number.
public func bernoulliLoss(logits: Tensor, target: Tensor) -> Tensor {
  softplus(logits) - target * logits
}
