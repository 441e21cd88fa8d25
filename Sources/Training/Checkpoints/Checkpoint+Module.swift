import Networks
import Tensors

extension Checkpoint {
  /// Adds every tensor of a module under the name `group`.
  public mutating func add(_ module: some Module, group: String) {
    add(module.parameters.map { ($0.name, $0.value.shape, $0.value.scalars) }, group: group)
  }

  /// Replaces every tensor of a module by the one kept under `group`.
  ///
  /// - Throws: `CourseError` naming the first tensor that is missing, has another shape, or is not
  ///   expected; the module then stays as it was.
  public func load(_ module: inout some Module, group: String) throws {
    let expected = module.parameters.map { (name: $0.name, shape: $0.value.shape) }
    let values = try floats(group: group, expected: expected)
    var index = 0
    module.forEachParameter { _, parameter in
      parameter = Tensor(shape: expected[index].shape, values[index])
      index += 1
    }
  }
}
