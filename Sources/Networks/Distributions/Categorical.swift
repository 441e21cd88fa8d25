import Tensors

/// Independent categorical distributions: discrete actions, the latents of DreamerV2 and V3, the tokens of IRIS.
///
/// A latent of 32 groups has logits `[batch, group, class]` and is one distribution per group; whoever treats the
/// groups as one latent sums log-probabilities, entropies and divergences over them.
///
/// ```swift
/// let coin = Categorical(logits: log(Tensor([0.75, 0.25])))
/// coin.probabilities  // [0.75, 0.25]
/// ```
public struct Categorical: Sendable {
  /// The logarithms of the probabilities, `[…, class]`.
  public let logProbabilities: Tensor

  /// Distributions with the given logits.
  ///
  /// - Parameters:
  ///   - logits: `[…, class]`.
  ///   - uniformShare: how much of a uniform distribution is mixed in, so that no class dies out. DreamerV3 takes
  ///     0.01 ("unimix"), the others 0.
  public init(logits: Tensor, uniformShare: Float = 0) {
    if uniformShare == 0 {
      logProbabilities = logSoftmax(logits)
    } else {
      let classes = Float(logits.shape.last ?? 1)
      logProbabilities = log((1 - uniformShare) * softmax(logits) + uniformShare / classes)
    }
  }

  /// The probabilities, `[…, class]`.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([[0, 0]])).probabilities  // [[0.5, 0.5]]
  /// ```
  public var probabilities: Tensor { exp(logProbabilities) }

  /// Draws a class for each distribution, row by row.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([[0, -100], [-100, 0]])).sampleIndices(using: &random)  // [0, 1]
  /// ```
  public func sampleIndices(using random: inout SplitMix64) -> [Int] {
    let probabilities = probabilities
    let classes = probabilities.shape[probabilities.rank - 1]
    return probabilities.withPointer { first in
      stride(from: 0, to: probabilities.count, by: classes).map { start in
        let row = first + start
        var rest = 0.0
        for index in 0..<classes { rest += Double(row[index]) }
        rest *= random.uniform()
        for index in 0..<classes {
          rest -= Double(row[index])
          if rest < 0 { return index }
        }
        return classes - 1
      }
    }
  }

  /// Draws, as one-hot rows `[…, class]` with straight-through gradients.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([-100, 0, -100])).sample(using: &random)  // [0, 1, 0]
  /// ```
  public func sample(using random: inout SplitMix64) -> Tensor {
    straightThrough(sampleIndices(using: &random))
  }

  /// The likeliest classes, as one-hot rows `[…, class]` with straight-through gradients.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([1, 3, 2])).mode  // [0, 1, 0]
  /// ```
  public var mode: Tensor { straightThrough(logProbabilities.argmax()) }

  /// One-hot rows that pass gradients on as if they were the probabilities: onehot + p − sg(p).
  ///
  /// Source: Bengio, Léonard and Courville 2013; Hafner et al. 2021, algorithm 1.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([[1, 3, 2]])).straightThrough([2])  // [[0, 0, 1]]
  /// ```
  ///
  /// - Parameter classes: one for each distribution, row by row.
  /// - Returns: `[…, class]`; its numbers are exactly 0 and 1.
  public func straightThrough(_ classes: [Int]) -> Tensor {
    let shape = logProbabilities.shape
    let oneHot = Tensor.oneHot(classes, count: shape[shape.count - 1]).reshaped(shape)
    guard logProbabilities.isRecorded else { return oneHot }
    let probabilities = probabilities
    return oneHot + (probabilities - stopGradient(probabilities))
  }

  /// The log-probability of one-hot rows `[…, class]`, giving `[…]`.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([0, 0])).logProbability(of: Tensor([1, 0]))  // -0.693
  /// ```
  public func logProbability(of oneHot: Tensor) -> Tensor {
    require(
      oneHot.shape == logProbabilities.shape,
      "Categorical: classes of shape \(oneHot.shape) do not fit distributions of shape \(logProbabilities.shape)"
    )
    return logProbabilities.weighted(by: oneHot).sum(-1)
  }

  /// The entropy in nats, `[…]`; a class of probability 0 adds nothing.
  ///
  /// ```swift
  /// Categorical(logits: Tensor([0, 0, -.infinity])).entropy  // 0.693
  /// ```
  public var entropy: Tensor { -logProbabilities.weighted(by: probabilities).sum(-1) }

  /// KL(self ‖ other) in nats, `[…]`; infinite if only the other excludes a class.
  ///
  /// ```swift
  /// let (fair, bent) = (Categorical(logits: Tensor([0, 0])), Categorical(logits: log(Tensor([0.25, 0.75]))))
  /// fair.klDivergence(to: bent)  // 0.144
  /// ```
  public func klDivergence(to other: Categorical) -> Tensor {
    require(
      other.logProbabilities.shape == logProbabilities.shape,
      "Categorical: shapes \(logProbabilities.shape) and \(other.logProbabilities.shape) cannot be compared")
    return (logProbabilities - other.logProbabilities).weighted(by: probabilities).sum(-1)
  }
}
