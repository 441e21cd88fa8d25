import Curriculum
import Foundation
import Tensors

/// A test of a gradient: whether it agrees with what the function does when its input moves a little.
///
/// Nudging one number x_i by ±h gives its derivative without any calculus,
/// (f(x + h·e_i) − f(x − h·e_i)) / 2h: the central difference, whose error falls with h². In single
/// precision h must not be small: the difference of two nearly equal numbers is noise. Around 0.01 is
/// good where x and f are of order 1.
///
/// - Parameters:
///   - gradient: the gradient in question.
///   - function: computes a single number; smooth, and the same for the same input.
///   - point: where; its numbers are of order 1.
/// - Returns: whether `gradient` has the shape of `point` and every number of it is right. A right
///   gradient must pass although differences are not exact: by up to 1 % of the gradient's largest
///   number. One that is off by 10 % of it, anywhere, must not pass; nor must a NaN.
public func acceptsGradient(
  _ gradient: Tensor, of function: (Tensor) -> Tensor, at point: Tensor
) -> Bool {
  // BEGIN SOLUTION 0.3
  guard gradient.shape == point.shape else { return false }
  let step: Float = 0.01
  func value(_ index: Int, movedBy offset: Float) -> Float {
    var numbers = point.scalars
    numbers[index] += offset
    return function(Tensor(shape: point.shape, numbers)).scalar
  }
  let differences = point.scalars.indices.map { index in
    (value(index, movedBy: step) - value(index, movedBy: -step)) / (2 * step)
  }
  let largest = differences.map(abs).max() ?? 0
  return zip(gradient.scalars, differences).allSatisfy { abs($0 - $1) <= 0.03 * largest }
  // END SOLUTION 0.3
}
