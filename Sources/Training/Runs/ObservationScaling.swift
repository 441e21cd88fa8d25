import Environments
import Networks
import Tensors

/// Brings observations to a common scale, once and for all.
///
/// Pictures have a natural range; positions and speeds do not, and an unscaled one would outweigh the
/// others in every loss. Where the space has bounds they set the scale, so that a policy that leaves the
/// region of the first random steps does not leave the scale; elsewhere those steps' deviation does.
public struct ObservationScaling: Module {
  private var mean: Tensor
  private var deviation: Tensor

  /// A scaling that changes nothing yet.
  public init(size: Int) {
    mean = .zeros([size])
    deviation = .ones([size])
  }

  /// Sets the scale: bounds become ±2, and an unbounded number gets mean 0 and deviation 1.
  ///
  /// - Parameters:
  ///   - observations: what was seen so far, `[count, observation]`.
  ///   - space: where they lie.
  public mutating func fit(_ observations: Tensor, in space: Space) {
    var means = observations.mean(0).scalars
    // A number that never changes must not be blown up by a deviation of 0.
    var deviations = (sqrt(square(observations - Tensor(means)).mean(0)) + 1e-3).scalars
    if case .box(let low, let high) = space {
      for index in means.indices where low[index].isFinite && high[index].isFinite {
        means[index] = (low[index] + high[index]) / 2
        deviations[index] = (high[index] - low[index]) / 4
      }
    }
    (mean, deviation) = (Tensor(means), Tensor(deviations))
  }

  /// Observations `[…, observation]` on the common scale.
  public func callAsFunction(_ observations: Tensor) -> Tensor {
    (observations - mean) / deviation
  }

  /// Observations in their own units again.
  public func inverse(_ scaled: Tensor) -> Tensor {
    scaled * deviation + mean
  }

  /// Shows the statistics to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("mean", &mean)
    visitor("deviation", &deviation)
  }
}
