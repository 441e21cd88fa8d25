import Networks
import Tensors

extension Tensor {
  /// Irregular numbers in [−`scale`, `scale`) that a peer computes to the same bits:
  /// number i is scale · (2·frac((i + 1)²·φ + `seed`·√2) − 1) in double precision, φ = (√5 − 1) / 2.
  static func formula(_ shape: [Int], seed: Int, scale: Double = 1) -> Tensor {
    let start = Double(seed) * 1.414_213_562_373_095
    return Tensor(
      shape: shape,
      (1...max(1, shape.reduce(1, *))).map { index in
        let x = Double(index * index) * 0.618_033_988_749_894_9 + start
        return Float(scale * (2 * (x - x.rounded(.down)) - 1))
      })
  }
}

extension Module {
  /// The module with weights by formula, of variance 1 / fan in; vectors stay as a new module has them.
  ///
  /// The seed of a weight is its position among the matrices in the visitor's order.
  func withFormulaWeights() -> Self {
    var module = self
    var seed = 0
    module.forEachParameter { _, parameter in
      guard parameter.rank > 1 else { return }
      let fanIn = parameter.shape.dropLast().reduce(1, *)
      parameter = .formula(parameter.shape, seed: seed, scale: (3 / Double(fanIn)).squareRoot())
      seed += 1
    }
    return module
  }
}
