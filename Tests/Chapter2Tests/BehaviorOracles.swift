import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

extension Oracle {
  // MARK: Returns; rows are the batch, columns the time

  /// Equation 6 as the paper prints it: the mixture of all n-step returns, not the recursion.
  static func lambdaReturns(
    rewards: [[Double]], values: [[Double]], discounts: [[Double]], lambda: Double
  ) -> [[Double]] {
    rewards.indices.map { row in
      let last = rewards[row].count - 1
      return (0..<last).map { t in
        var (sum, discount, mixture) = (0.0, 1.0, 0.0)
        for end in (t + 1)...last {
          sum += discount * rewards[row][end - 1]
          discount *= discounts[row][end - 1]
          let share =
            end == last ? pow(lambda, Double(last - t - 1)) : (1 - lambda) * pow(lambda, Double(end - t - 1))
          mixture += share * (sum + discount * values[row][end])
        }
        return mixture
      }
    }
  }

  /// 1, γ_0, γ_0·γ_1, … up to the last state but one.
  static func discountWeights(_ discounts: [[Double]]) -> [[Double]] {
    discounts.map { row in
      (0..<(row.count - 1)).map { t in row[..<t].reduce(1, *) }
    }
  }

  /// The mean over batch and time of what `term` makes of each pair.
  static func mean(_ a: [[Double]], _ b: [[Double]], _ term: (Double, Double) -> Double = { $0 * $1 })
    -> Double
  {
    let terms = zip(a.joined(), b.joined()).map(term)
    return terms.reduce(0, +) / Double(terms.count)
  }

  // MARK: The actor

  /// Means and deviations of an action before squashing.
  static func policy(
    _ actor: Actor, _ features: [Double], settings: DreamerV1Configuration
  ) -> (mean: [Double], deviation: [Double]) {
    let output = mlp(features, actor.layers)
    let size = output.count / 2
    let raw = log(exp(settings.actorInitialDeviation) - 1)
    return (
      output[..<size].map { settings.actorMeanLimit * tanh($0 / settings.actorMeanLimit) },
      output[size...].map { softplus($0 + raw) + settings.actorMinimumDeviation }
    )
  }
}

/// A shape is judged by the library; this names the mistake that gives the one found.
func expectShape(
  _ actual: Tensor, _ shape: [Int], _ what: String, mistakes: [(name: String, gives: [Int])],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let likely = mistakes.first { $0.gives == actual.shape }.map { "; looks like \($0.name)" } ?? ""
  expectShape(actual, shape, what + likely, sourceLocation: sourceLocation)
}

// MARK: Chance

/// Judges numbers that should be independent standard normal draws, a thousand or more.
///
/// - Parameter constant: the mistake that makes them all zero.
func expectStandardNormal(
  _ noise: [Double], _ what: String, constant: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let count = Double(noise.count)
  let mean = noise.reduce(0, +) / count
  let deviation = (noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  // Five standard errors.
  expectClose(
    mean, 0, "the mean of \(what)", within: Tolerance(relative: 0, absolute: 5 / Float(count).squareRoot()),
    sourceLocation: sourceLocation)
  expectClose(
    deviation, 1, "the standard deviation of \(what)",
    within: Tolerance(relative: 0, absolute: 4 / Float(count).squareRoot()),
    mistakes: [Mistake(constant, gives: 0)], sourceLocation: sourceLocation)
}

// MARK: Gradients

/// Compares gradients of the learner's function with finite differences of the same function.
///
/// - Parameter detached: for each tensor, the mistake that leaves it without a gradient.
func expectGradient(
  at tensors: [Tensor], _ what: String, detached: [String], sourceLocation: SourceLocation = #_sourceLocation,
  of function: ([Tensor]) -> Tensor
) {
  let found = valueWithGradient(at: tensors, of: function).gradients
  let step: Float = 1 / 128
  for (position, tensor) in tensors.enumerated() {
    func value(_ index: Int, _ change: Float) -> Float {
      var (numbers, moved) = (tensor.scalars, tensors)
      numbers[index] += change
      moved[position] = Tensor(shape: tensor.shape, numbers)
      return function(moved).scalar
    }
    let expected = tensor.scalars.indices.map { (value($0, step) - value($0, -step)) / (2 * step) }
    expectClose(
      found[position], Tensor(shape: tensor.shape, expected), "the gradient of \(what)",
      within: Tolerance(relative: 2e-3, absolute: 2e-3),
      mistakes: [Mistake(detached[position], gives: Tensor.zeros(tensor.shape))],
      sourceLocation: sourceLocation)
  }
}
