import Networks
import Tensors

/// The paths of tensors that a module stores but does not show to its visitor, found by reflection: they
/// would never be trained or saved.
///
/// Modules, plain structs, optionals, arrays, dictionaries, tuples and enumeration payloads are searched;
/// what a closure captures cannot be.
///
/// - Returns: paths of stored properties such as `layers.0.weight`; empty if the module is complete.
public func unvisitedTensors(in module: some Module) -> [String] {
  // No stored tensor has this shape, so whatever lacks it afterwards was not visited.
  let mark = Tensor.ones([1, 1, 1, 1, 1, 1, 1, 1])
  var marked = module
  marked.forEachParameter { _, parameter in parameter = mark }
  return storedTensors(in: marked).filter { $0.tensor.shape != mark.shape }.map(\.path)
}

private func storedTensors(in value: Any, path: [String] = []) -> [(path: String, tensor: Tensor)] {
  if let tensor = value as? Tensor { return [(path.joined(separator: "."), tensor)] }
  return Mirror(reflecting: value).children.enumerated().flatMap { index, child in
    storedTensors(in: child.value, path: path + [child.label ?? "\(index)"])
  }
}
