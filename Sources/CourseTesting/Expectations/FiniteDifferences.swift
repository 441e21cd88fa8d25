import Tensors
import Testing

/// The gradient of a function by finite differences.
///
/// Four points a number, (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h)) / 12h: the error falls with h⁴, so that a
/// step is large enough for single precision.
///
/// - Parameters:
///   - point: where; no kink of the function may be within two steps.
///   - step: h; in double precision 1e-5 is good to nine digits.
///   - function: the same number for the same input: it draws its random numbers from a seed of its own.
public func finiteDifferenceGradient<Number: BinaryFloatingPoint, Value: BinaryFloatingPoint>(
  at point: [Number], step: Number = 1 / 32, of function: ([Number]) throws -> Value
) rethrows -> [Number] {
  try point.indices.map { index in
    let terms: [(offset: Number, weight: Double)] = [(-2, 1), (-1, -8), (1, 8), (2, -1)]
    return Number(
      try terms.reduce(0.0) { sum, term in
        var moved = point
        moved[index] += term.offset * step
        return sum + term.weight * Double(try function(moved))
      } / Double(12 * step))
  }
}

/// Compares the gradient of `function` with finite differences, for every number of every tensor.
///
/// The loss is the sum of the result times fixed random weights, so that no two numbers of the result
/// can be exchanged or lost. With sums in double precision the differences are good to about five digits.
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
    let expected = finiteDifferenceGradient(at: tensor.scalars) { numbers in
      var moved = tensors
      moved[position] = Tensor(shape: tensor.shape, numbers)
      return loss(moved)
    }
    #expect(gradients[position].shape == tensor.shape, sourceLocation: sourceLocation)
    expectClose(
      gradients[position].scalars.map(Double.init), expected.map(Double.init), rtol: tolerance,
      atol: tolerance,
      "gradient of tensor \(position)", sourceLocation: sourceLocation)
  }
}
