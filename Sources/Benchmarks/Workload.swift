import Support
import Tensors

/// A computation whose speed is measured; the programs in `Tests/Peers` know it under the same words.
public struct Workload: Sendable {
  /// The kind of computation, such as `gemm`.
  public let family: String
  /// Sizes and the like, such as `512`; they follow the family in ``name``.
  public let parameters: [String]
  /// Floating-point operations of a run, where they are all it consists of.
  public var arithmetic: Double?
  /// The recorded operations of a run, where their bookkeeping is all it consists of.
  public var recordedOperations: Int?
  /// How many times as fast as a peer this must be at least, by the peer's name.
  public var goals: [String: Double] = [:]
  /// Makes everything that a run needs; each call of the result is one run and returns what it came to.
  public let prepare: @Sendable () -> () -> Tensor

  init(_ family: String, _ parameters: [String] = [], prepare: @escaping @Sendable () -> () -> Tensor) {
    self.family = family
    self.parameters = parameters
    self.prepare = prepare
  }

  /// Family and parameters, such as `gemm-512`.
  public var name: String { ([family] + parameters).joined(separator: "-") }

  /// All workloads, in the order in which they are reported.
  public static var all: [Workload] {
    var all: [Workload] = [
      .matrixProduct(48, 256, 256), .matrixProduct(256, 256, 256), .matrixProduct(512, 512, 512),
      .recurrentTraining(batch: 16, width: 256), .recurrentTraining(batch: 50, width: 200),
      .imageTraining, .tokenTraining, .cellInference,
    ]
    for operation in ["exp", "tanh", "sigmoid", "add"] {
      for count in [16_384, 1 << 20] { all.append(.elementwise(operation, count: count)) }
    }
    return all + [.recording]
  }

  /// The workloads that are named, or whose family is; all for an empty list.
  ///
  /// - Throws: `InvalidInput` with the valid names.
  public static func named(_ names: [String]) throws -> [Workload] {
    for name in names where !all.contains(where: { $0.family == name || $0.name == name }) {
      let families = all.reduce(into: [String]()) { if $0.last != $1.family { $0.append($1.family) } }
      throw InvalidInput(
        unknown: "workload", name,
        expected: families + ["or one of them with its size, such as \(all[0].name)"])
    }
    return names.isEmpty ? all : all.filter { names.contains($0.family) || names.contains($0.name) }
  }
}
