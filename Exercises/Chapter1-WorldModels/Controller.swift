import Tensors

/// C: a single linear layer from what V sees and M remembers to the action.
///
/// Everything hard is in V and M, so that hundreds of numbers are enough here, few enough to be found without
/// gradients.
/// Source: Ha and Schmidhuber 2018, section 2.3.
public struct Controller: Sendable {
  /// First a bias for each output, then the weights, `[feature, output]` row by row.
  public let parameters: [Float]
  /// The number of outputs.
  public let outputs: Int

  /// A controller with these numbers: `(features + 1) · outputs` of them.
  public init(parameters: [Float], outputs: Int) {
    self.parameters = parameters
    self.outputs = outputs
  }

  /// How many numbers a controller has.
  public static func parameterCount(features: Int, outputs: Int) -> Int { (features + 1) * outputs }

  /// features · W + b.
  ///
  /// - Parameter features: [z, h], or z alone in the ablation; h is the memory *before* it takes in z.
  /// - Returns: `outputs` numbers, still without limits; see ``ActionFormat/action(_:)``.
  public func callAsFunction(_ features: some Collection<Float>) -> [Float] {
    var result = Array(parameters[..<outputs])
    var weight = outputs
    for feature in features {
      for output in 0..<outputs { result[output] += feature * parameters[weight + output] }
      weight += outputs
    }
    return result
  }
}
