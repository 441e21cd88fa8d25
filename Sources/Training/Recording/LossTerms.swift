import Tensors

/// The parts of a loss under their names, from which follow both what is minimised and what is recorded: a part that
/// was added cannot get lost on the way.
///
/// ```swift
/// var losses = LossTerms("model")
/// losses.add("reward", rewardLoss)
/// losses.add("KL", divergence, weight: 0.1)
/// losses.total  // rewardLoss + 0.1 · divergence
/// losses.metrics  // "model/total", "model/reward", "model/KL"
/// ```
public struct LossTerms: Sendable {
  private let group: String
  private let ownTotal: Tensor?
  private var terms: [(name: String, value: Tensor, weight: Float)] = []

  /// A loss without parts.
  ///
  /// - Parameters:
  ///   - group: what is lost by it, such as `model`: the first part of the recorded names.
  ///   - total: what is minimised where it is no weighted sum of the parts; nil for the sum.
  public init(_ group: String, total: Tensor? = nil) {
    self.group = group
    ownTotal = total
  }

  /// Adds a part.
  ///
  /// - Parameters:
  ///   - name: its name in records.
  ///   - value: a single number; it is recorded without the weight.
  ///   - weight: its factor in the total.
  public mutating func add(_ name: String, _ value: Tensor, weight: Float = 1) {
    require(
      value.count == 1, "the loss \(group)/\(name) must be a single number, not of shape \(value.shape)")
    terms.append((name, value, weight))
  }

  /// What is minimised.
  public var total: Tensor {
    if let ownTotal { return ownTotal }
    precondition(!terms.isEmpty, "the loss \(group) has no parts")
    return terms.dropFirst().reduce(terms[0].weight * terms[0].value) { $0 + $1.weight * $1.value }
  }

  /// The total and the parts as they were added, for recording.
  public var metrics: Metrics {
    var metrics: Metrics = ["\(group)/total": Double(total.scalar)]
    for term in terms { metrics.add("\(group)/\(term.name)", Double(term.value.scalar)) }
    return metrics
  }
}
