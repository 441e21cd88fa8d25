import Tensors

/// Distributions over fixed bins that stand for numbers: rewards and values in DreamerV3.
///
/// A number between two bins counts as both, the nearer the more ("two-hot"). Predicting it is then a
/// classification, whose gradients do not grow with the number. Source: Hafner et al. 2023, equations 8 to 10.
///
/// ```swift
/// TwoHot(logits: Tensor([0, 0, 0]), bins: [-1, 0, 2]).mean  // 0.333
/// ```
public struct TwoHot: Sendable {
  /// The logarithms of the probabilities, `[…, bin]`.
  public let logProbabilities: Tensor
  /// The numbers the bins stand for, ascending.
  public let bins: [Float]

  /// Distributions with the given logits.
  ///
  /// - Parameters:
  ///   - logits: `[…, bin]`.
  ///   - bins: an odd number of them, 3 or more, ascending.
  public init(logits: Tensor, bins: [Float]) {
    require(
      logits.shape.last == bins.count && bins.count % 2 == 1 && bins.count > 1,
      "TwoHot: logits of shape \(logits.shape) do not fit \(bins.count) bins, whose number must be odd, 3 or more"
    )
    logProbabilities = logSoftmax(logits)
    self.bins = bins
  }

  /// Evenly spaced bins from −20 to 20, for numbers that go through `symlog`: V3 as of 2023.
  ///
  /// ```swift
  /// TwoHot.linearBins(5)  // [-20, -10, 0, 10, 20]
  /// ```
  public static func linearBins(_ count: Int) -> [Float] {
    (0..<count).map { 20 * (Float(2 * $0 - (count - 1)) / Float(count - 1)) }
  }

  /// Bins from −4.85·10⁸ to 4.85·10⁸, `symexp` of the linear ones, for numbers as they are: V3 since 2024.
  ///
  /// ```swift
  /// TwoHot.exponentialBins(3)  // [-4.85e8, 0, 4.85e8]
  /// ```
  public static func exponentialBins(_ count: Int) -> [Float] {
    symexp(Tensor(linearBins(count))).scalars
  }

  /// The expected number, `[…]`.
  ///
  /// Each bin is added to its mirror image first, so that uniform probabilities give exactly 0.
  ///
  /// ```swift
  /// TwoHot(logits: Tensor([[0, 0, 0], [0, 0, 100]]), bins: [-1, 0, 1]).mean  // [0, 1]
  /// ```
  public var mean: Tensor {
    let (count, middle) = (bins.count, bins.count / 2)
    let products = exp(logProbabilities) * Tensor(bins)
    let (below, above) = (products.slice(0..<middle, axis: -1), products.slice(middle + 1..<count, axis: -1))
    return (below.reversed(-1) + above).sum(-1) + products.at(middle, axis: -1)
  }

  /// The log-likelihood of numbers `[…]` as two-hot weights, giving `[…]`; no gradient reaches the numbers.
  ///
  /// ```swift
  /// TwoHot(logits: Tensor([[0, 0, 0]]), bins: [-1, 0, 1]).logProbability(of: Tensor([0.5]))  // [-1.099]
  /// ```
  public func logProbability(of x: Tensor) -> Tensor {
    require(
      x.shape == logProbabilities.shape.dropLast(),
      "TwoHot: numbers of shape \(x.shape) do not fit distributions of shape \(logProbabilities.shape)")
    return logProbabilities.weighted(by: TwoHot.weights(of: x, bins: bins)).sum(-1)
  }

  /// The two-hot weights `[…, bin]` of numbers `[…]`: their mean is the number, or the outermost bin beyond it.
  ///
  /// ```swift
  /// TwoHot.weights(of: Tensor([0.25, 9]), bins: [-1, 0, 1])  // [[0, 0.75, 0.25], [0, 0, 1]]
  /// ```
  public static func weights(of x: Tensor, bins: [Float]) -> Tensor {
    var weights = Tensor.zeros(x.shape + [bins.count])
    let numbers = x.scalars
    weights.update { weights in
      for (row, number) in numbers.enumerated() {
        var (below, above) = (0, bins.count - 1)
        let inside = min(max(number, bins[below]), bins[above])
        while above - below > 1 {
          let middle = (below + above) / 2
          if bins[middle] <= inside { below = middle } else { above = middle }
        }
        let share = (inside - bins[below]) / (bins[above] - bins[below])
        weights[row * bins.count + below] = 1 - share
        weights[row * bins.count + above] = share
      }
    }
    return weights
  }
}
