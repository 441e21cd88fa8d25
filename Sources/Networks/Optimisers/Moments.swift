import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What an adaptive optimiser remembers of the gradients: two running means per parameter, and the steps taken.
///
/// It is a module, so that a checkpoint continues the optimiser exactly.
struct Moments: Module {
  private let names: [String]
  private var first: [Tensor]
  private var second: [Tensor]
  /// How many steps were taken, a whole number.
  private(set) var steps = Tensor(0)

  /// No memories yet of the gradients of `module`; only its names and shapes are kept.
  init(for module: some Module) {
    let parameters = module.parameters
    names = parameters.map(\.name)
    first = parameters.map { .zeros($0.value.shape) }
    second = first
  }

  /// Changes one parameter, its gradient's mean and that of the gradient's square, in place: `count` numbers each.
  typealias Update = (
    _ index: Int, _ parameter: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>,
    _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>, _ count: Int
  ) -> Void

  /// Counts a step and calls `body` with each parameter and its memory.
  mutating func step(
    _ module: inout some Module, along gradients: Gradients, _ optimizer: String, _ body: Update
  ) {
    require(
      gradients.tensors.count == names.count,
      "\(optimizer): made for \(names.count) parameters, met \(gradients.tensors.count) gradients")
    steps = steps + 1
    module.forEachParameter(with: gradients.tensors, optimizer, "a gradient") {
      index, name, parameter, gradient in
      require(
        names[index] == name && first[index].shape == parameter.shape,
        "\(optimizer): made for other parameters than \(name) of shape \(parameter.shape)")
      parameter.update { parameter in
        first[index].update { first in
          second[index].update { second in
            gradient.withPointer { body(index, parameter, $0, first, second, gradient.count) }
          }
        }
      }
    }
  }

  /// 1 − βᵗ after the next step t: what a mean that started at zero is still short of.
  func nextCorrection(_ beta: Float) -> Float {
    1 - Float(pow(Double(beta), Double(steps.scalar) + 1))
  }

  /// Shows the means and the step count to the visitor.
  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("steps", &steps)
    for (index, name) in names.enumerated() {
      visitor("first.\(name)", &first[index])
      visitor("second.\(name)", &second[index])
    }
  }
}
