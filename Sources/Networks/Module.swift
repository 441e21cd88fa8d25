import Kernels
import Tensors

/// A part of a network: a value that can name its parameters.
///
/// Everything that walks over parameters uses the one visitor: counts, optimisers, moving averages,
/// gradients and checkpoints. A module lists its stored tensors and modules in a fixed order:
///
/// ```swift
/// struct Scaling: Module {
///   var factor = Tensor([2, 3])
///   mutating func visit(_ visitor: inout ParameterVisitor) { visitor("factor", &factor) }
/// }
/// Scaling().parameterCount  // 2
/// ```
public protocol Module: Sendable {
  /// Shows every parameter to the visitor.
  mutating func visit(_ visitor: inout ParameterVisitor)
}

/// Walks over the parameters of a module; names are joined by dots, as in `encoder.layers.0.weight`.
///
/// ```swift
/// var (layer, names) = (Linear(2, 3, using: &random), [String]())
/// var visitor = ParameterVisitor { name, _ in names.append(name) }
/// visitor("layer", &layer)
/// names  // ["layer.weight", "layer.bias"]
/// ```
public struct ParameterVisitor {
  private var path = ""
  private let body: (String, inout Tensor) -> Void

  /// A visitor that calls `body` with each parameter's name and the parameter.
  public init(_ body: @escaping (String, inout Tensor) -> Void) {
    self.body = body
  }

  /// Visits a parameter.
  public mutating func callAsFunction(_ name: String, _ parameter: inout Tensor) {
    body(path + name, &parameter)
  }

  /// Visits a parameter if there is one.
  public mutating func callAsFunction(_ name: String, _ parameter: inout Tensor?) {
    guard var present = parameter else { return }
    parameter = nil  // so that an optimiser sees a storage with a single owner
    self(name, &present)
    parameter = present
  }

  /// Visits a module inside this one.
  public mutating func callAsFunction(_ name: String, _ module: inout some Module) {
    let outer = path
    path += name + "."
    module.visit(&self)
    path = outer
  }

  /// Visits a module if there is one.
  public mutating func callAsFunction(_ name: String, _ module: inout (some Module)?) {
    guard var present = module else { return }
    module = nil
    self(name, &present)
    module = present
  }

  /// Visits a list of modules, which are named by their position.
  public mutating func callAsFunction(_ name: String, _ modules: inout [some Module]) {
    for index in modules.indices { self("\(name).\(index)", &modules[index]) }
  }
}

extension Module {
  /// Calls `body` with each parameter's name and the parameter, in a fixed order.
  ///
  /// ```swift
  /// var layer = Linear(weight: Tensor([[1, 2]]), bias: nil)
  /// layer.forEachParameter { _, parameter in parameter = -parameter }
  /// layer.weight  // [[-1, -2]]
  /// ```
  public mutating func forEachParameter(_ body: (String, inout Tensor) -> Void) {
    withoutActuallyEscaping(body) { body in
      var visitor = ParameterVisitor(body)
      visit(&visitor)
    }
  }

  /// The parameters with their names, in a fixed order.
  ///
  /// ```swift
  /// Linear(2, 3, using: &random).parameters.map(\.name)  // ["weight", "bias"]
  /// ```
  public var parameters: [(name: String, value: Tensor)] {
    var copy = self
    var result: [(name: String, value: Tensor)] = []
    copy.forEachParameter { name, tensor in result.append((name, tensor)) }
    return result
  }

  /// How many numbers are learned.
  ///
  /// ```swift
  /// Linear(2, 3, using: &random).parameterCount  // 9
  /// ```
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// A step of a moving average: each parameter becomes (1 − fraction)·own + fraction·other's.
  ///
  /// This is how a slow target network follows the one that learns.
  ///
  /// ```swift
  /// var target = Linear(weight: Tensor([[0]]), bias: nil)
  /// target.move(towards: Linear(weight: Tensor([[1]]), bias: nil), by: 0.02)
  /// target.weight  // [[0.02]]
  /// ```
  public mutating func move(towards other: Self, by fraction: Float) {
    forEachParameter(with: other.parameters.map(\.value), "move", "a parameter") { _, _, own, other in
      own.update { numbers in
        scaleAndShift(numbers, scale: 1 - fraction, shift: 0, into: numbers, count: other.count)
        other.withPointer { addScaled($0, scale: fraction, to: numbers, count: other.count) }
      }
    }
  }

  /// Calls `body` with the index, name and value of each parameter and its partner; stops when their shapes differ.
  mutating func forEachParameter(
    with partners: [Tensor], _ operation: String, _ kind: String,
    _ body: (Int, String, inout Tensor, Tensor) -> Void
  ) {
    let count = parameters.count
    require(
      count == partners.count, "\(operation): \(count) parameters met \(partners.count) partners of \(kind)")
    var index = 0
    forEachParameter { name, parameter in
      let partner = partners[index]
      require(
        parameter.shape == partner.shape,
        "\(operation): \(name) of shape \(parameter.shape) met \(kind) of shape \(partner.shape)")
      body(index, name, &parameter, partner)
      index += 1
    }
  }
}

/// The value of a function of a module, and its gradient with respect to the module's parameters.
///
/// The closure receives a copy whose parameters are recorded. Whatever else it uses is a constant:
/// an actor's gradient crosses a frozen world model without touching it.
///
/// ```swift
/// let layer = Linear(weight: Tensor([[1]]), bias: nil)
/// let (loss, gradients) = valueWithGradient(at: layer) { layer in square(layer(Tensor([[3]]))).sum() }
/// loss  // 9
/// gradients.tensors[0]  // [[18]]
/// ```
///
/// - Parameters:
///   - module: where to take the gradient.
///   - function: computes a single number from the recorded copy. It must depend on at least one
///     parameter: if nothing is reached the call stops and names the parameters.
/// - Returns: the value and the gradients.
public func valueWithGradient<M: Module>(
  at module: M, of function: (M) throws -> Tensor
) rethrows -> (value: Tensor, gradients: Gradients) {
  let (value, gradients, _) = try valueWithGradientAndResult(at: module) { (try function($0), ()) }
  return (value, gradients)
}

/// `valueWithGradient` of a function with a second result, which is handed on: the parts of a loss, or the states
/// it met.
///
/// ```swift
/// let layer = Linear(weight: Tensor([[1]]), bias: nil)
/// let (loss, _, output) = valueWithGradientAndResult(at: layer) { layer in
///   let output = layer(Tensor([[3]]))
///   return (square(output).sum(), output)
/// }
/// loss  // 9
/// output  // [[3]]
/// ```
///
/// It has a name of its own because one that can mean either is slow to type-check.
///
/// - Parameters:
///   - module: where to take the gradient.
///   - function: computes the number whose gradient is taken, and anything else.
/// - Returns: the value, the gradients and the second result as it is. Tensors in it count as constants from now
///   on, but those that depend on the parameters still hold a part of the record: whoever keeps them for long,
///   or goes on computing with them, should `stopGradient` first.
public func valueWithGradientAndResult<M: Module, Result>(
  at module: M, of function: (M) throws -> (Tensor, Result)
) rethrows -> (value: Tensor, gradients: Gradients, result: Result) {
  var recording = Recording()
  var tracked = module
  tracked.forEachParameter { _, parameter in parameter = recording.track(parameter) }
  let (value, result) = try function(tracked)
  let reached = recording.gradients(of: value)
  require(
    reached.contains { $0 != nil },
    "valueWithGradient: the value depends on none of the parameters "
      + module.parameters.map(\.name).joined(separator: ", "))
  let gradients = zip(reached, module.parameters).map { $0 ?? .zeros($1.value.shape) }
  return (stopGradient(value), Gradients(tensors: gradients), result)
}
