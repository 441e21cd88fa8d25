import Tensors

/// Independent normal distributions, one for each number of `mean`.
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
  public func sample(using random: inout SplitMix64) -> Tensor {
    mean + standardDeviation * .normal(mean.shape, using: &random)
  }

  /// log N(x; mean, σ), number by number (not summed).
  public func logProbability(of x: Tensor) -> Tensor {
    let halfLogTwoPi: Float = 0.918_938_533_2
    return -0.5 * square((x - mean) / standardDeviation) - log(standardDeviation) - halfLogTwoPi
  }

  /// The entropy in nats, number by number, in the shape of `standardDeviation`.
  public var entropy: Tensor {
    let halfLogTwoPiE: Float = 1.418_938_533_2
    return log(standardDeviation) + halfLogTwoPiE
  }
}
