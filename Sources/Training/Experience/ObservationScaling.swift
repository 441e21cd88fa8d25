import Environments
import Networks
import Tensors

/// Brings observations to a common scale, once and for all.
///
/// Pictures have a natural range; positions and speeds do not, and an unscaled one would outweigh the
/// others in every loss. The first random steps set the scale, but a narrow one is widened to a sixteenth
/// of the space's range: else a policy that leaves their region would leave the scale by far.
public struct ObservationScaling: Module {
  private var mean: Tensor
  private var deviation: Tensor

  /// A scaling that changes nothing yet.
  public init(size: Int) {
    mean = .zeros([size])
    deviation = .ones([size])
  }

  /// Sets the scale: from now on, these observations have mean 0 and a deviation of at most 1.
  ///
  /// - Parameters:
  ///   - observations: what was seen so far, `[count, observation]`.
  ///   - space: where they lie.
  public mutating func fit(_ observations: Tensor, in space: Space) {
    mean = observations.mean(0)
    // A number that never changes must not be blown up by a deviation of 0.
    var deviations = (sqrt(square(observations - mean).mean(0)) + 1e-3).scalars
    if case .box(let low, let high) = space {
      for index in deviations.indices where (high[index] - low[index]).isFinite {
        deviations[index] = max(deviations[index], (high[index] - low[index]) / 16)
      }
    }
    deviation = Tensor(deviations)
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
