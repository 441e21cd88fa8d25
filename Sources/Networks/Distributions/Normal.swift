import Tensors

/// Independent normal distributions, one for each number of `mean`.
///
/// ```swift
/// Normal(mean: Tensor([1]), standardDeviation: Tensor([2])).logProbability(of: Tensor([1]))  // [-1.612]
/// ```
public struct Normal: Sendable {
  /// The means, `[…, feature]`.
  public var mean: Tensor
  /// The standard deviations, of a shape that broadcasts with `mean`; positive.
  public var standardDeviation: Tensor

  /// Normal distributions with the given means and standard deviations.
  public init(mean: Tensor, standardDeviation: Tensor) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// A draw through which gradients reach mean and standard deviation: mean + σ·ε with ε ~ N(0, 1).
  ///
  /// Source: Kingma and Welling 2014, the reparameterisation trick.
  ///
  /// ```swift
  /// Normal(mean: Tensor([3]), standardDeviation: Tensor([0])).sample(using: &random)  // [3]
  /// ```
  public func sample(using random: inout SplitMix64) -> Tensor {
    mean + standardDeviation * .normal(mean.shape, using: &random)
  }

  /// log N(x; mean, σ), number by number (not summed).
  ///
  /// ```swift
  /// Normal(mean: Tensor(0), standardDeviation: Tensor(1)).logProbability(of: Tensor([0, 1]))  // [-0.919, -1.419]
  /// ```
  public func logProbability(of x: Tensor) -> Tensor {
    let halfLogTwoPi: Float = 0.918_938_533_2
    return -0.5 * square((x - mean) / standardDeviation) - log(standardDeviation) - halfLogTwoPi
  }

  /// The entropy in nats, number by number, in the shape of `standardDeviation`.
  ///
  /// ```swift
  /// Normal(mean: Tensor(0), standardDeviation: Tensor(1)).entropy  // 1.419
  /// ```
  public var entropy: Tensor {
    let halfLogTwoPiE: Float = 1.418_938_533_2
    return log(standardDeviation) + halfLogTwoPiE
  }
}
