import Networks
import Tensors

/// Brings observations to mean 0 and deviation 1, with statistics that are taken once and then stay.
///
/// Pictures have a natural range; positions and speeds do not, and an unscaled one would outweigh the
/// others in every loss.
public struct ObservationScaling: Module {
  private var mean: Tensor
  private var deviation: Tensor

  /// A scaling that changes nothing yet.
  public init(size: Int) {
    mean = .zeros([size])
    deviation = .ones([size])
  }

  /// Takes the statistics of some observations, `[count, observation]`.
  public mutating func fit(_ observations: Tensor) {
    mean = observations.mean(0)
    // A number that never changes must not be blown up by a deviation of 0.
    deviation = sqrt(square(observations - mean).mean(0)) + 1e-3
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
