import Curriculum
import Foundation
import Tensors

/// C: a single linear layer from what V sees and M remembers to the action.
///
/// Everything hard is in V and M, so that hundreds of numbers are enough here, few enough to be found without
/// gradients. As in the paper's ablation, there may be a hidden layer.
/// Source: Ha and Schmidhuber 2018, section 2.3.
public struct Controller: Sendable {
  /// For each layer a bias for each output, then the weights, `[input, output]` row by row.
  public let parameters: [Float]
  /// The extents of features, hidden layers if any, and outputs.
  public let sizes: [Int]

  /// A controller with these numbers.
  ///
  /// - Parameters:
  ///   - parameters: as many as `parameterCount(sizes:)` says.
  ///   - sizes: the extents of features, hidden layers if any, and outputs.
  public init(parameters: [Float], sizes: [Int]) {
    precondition(
      parameters.count == Self.parameterCount(sizes: sizes),
      "a controller of sizes \(sizes) has \(Self.parameterCount(sizes: sizes)) numbers, not \(parameters.count)"
    )
    self.parameters = parameters
    self.sizes = sizes
  }

  /// How many numbers a controller has.
  public static func parameterCount(sizes: [Int]) -> Int {
    zip(sizes, sizes.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
  }

  /// features·W + b, and so on through the hidden layers, with tanh between them.
  ///
  /// Source: Ha and Schmidhuber 2018, equation 1.
  ///
  /// - Parameter features: [z, h], or z alone in the ablation; h is the memory *before* it takes in z.
  /// - Returns: outputs still without limits; see ``ActionFormat/action(_:)``.
  public func callAsFunction(_ features: some Collection<Float>) -> [Float] {
    // BEGIN EXERCISE 1.8: replace the next line; for help: course hint 1.8
    todo("1.8")
    // END EXERCISE 1.8
  }
}
