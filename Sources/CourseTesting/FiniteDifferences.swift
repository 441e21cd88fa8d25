import Tensors
import Testing

/// Compares the gradient of `function` with finite differences, for every number of every tensor.
///
/// The loss is the sum of the result times fixed random weights, so that no two numbers of the result
/// can be exchanged or lost. The differences have four points, (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h)) / 12h;
/// with h = 1/32 and sums in double precision they are good to about five digits.
///
/// - Parameters:
///   - tensors: where to take the gradient. No kink of the function may be within 1/16 of these numbers.
///   - tolerance: the largest error allowed, relative to numbers above 1.
///   - function: computes a tensor of any shape; the same one for the same input.
public func expectGradientsMatchFiniteDifferences(
  at tensors: [Tensor], tolerance: Double = 5e-4, sourceLocation: SourceLocation = #_sourceLocation,
  of function: ([Tensor]) -> Tensor
) {
  var random = SplitMix64(seed: 20)
  let weights = Tensor.uniform(function(tensors).shape, low: -1, high: 1, using: &random)
  let gradients = valueWithGradient(at: tensors) { (function($0) * weights).sum() }.gradients

  let factors = weights.scalars.map(Double.init)
  func loss(_ tensors: [Tensor]) -> Double {
    zip(function(tensors).scalars, factors).reduce(0) { $0 + Double($1.0) * $1.1 }
  }
  for (position, tensor) in tensors.enumerated() {
    let step: Float = 1 / 32
    let expected = tensor.scalars.indices.map { index in
      [(-2, 1.0), (-1, -8), (1, 8), (2, -1)].reduce(0.0) { sum, point in
        var numbers = tensor.scalars
        numbers[index] += Float(point.0) * step
        var moved = tensors
        moved[position] = Tensor(shape: tensor.shape, numbers)
        return sum + point.1 * loss(moved)
      } / Double(12 * step)
    }
    #expect(gradients[position].shape == tensor.shape, sourceLocation: sourceLocation)
    expectClose(
      gradients[position].scalars.map(Double.init), expected, rtol: tolerance, atol: tolerance,
      "gradient of tensor \(position)", sourceLocation: sourceLocation)
  }
}
