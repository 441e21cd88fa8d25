import Foundation
import Support

/// Everything a training run needs to go on bit for bit, in one safetensors file.
///
/// Arrays (weights, optimiser moments, the replay buffer) are tensors named `group.name`, as in
/// `model.encoder.layers.0.weight`. Small state (the random generator, counters, the environment) is any
/// `Codable` value, kept as JSON text in the header; numbers come back exactly.
public struct Checkpoint: Sendable, Equatable {
  /// The tensors of one module or optimiser: names, shapes and values, in the module's own order.
  public typealias NamedFloats = [(name: String, shape: [Int], values: [Float])]

  private static let format = "world models course checkpoint 1"
  private var file = SafeTensors()
  /// Where it was read from, for messages.
  private let path: String

  /// An empty checkpoint, to be filled and written.
  public init() {
    path = "checkpoint"
    file.metadata["format"] = Self.format
  }

  // MARK: Files

  /// Reads a checkpoint.
  ///
  /// - Throws: `CourseError` when the file cannot be read, is cut short or is something else.
  public init(contentsOf path: String) throws {
    self.path = path
    file = try SafeTensors(contentsOf: path)
    guard file.metadata["format"] == Self.format else {
      throw CourseError(
        path,
        "a safetensors file but no checkpoint of this program: expected the format "
          + "'\(Self.format)', found \(file.metadata["format"].map { "'\($0)'" } ?? "none")")
    }
  }

  /// Writes the checkpoint in one piece: on failure, the one that was there stays.
  ///
  /// - Throws: `CourseError` when the folder is missing or unwritable, or the disk is full.
  public func write(to path: String) throws {
    try file.write(to: path)
  }

  // MARK: Tensors

  /// Adds the tensors of one module or optimiser under the name `group`.
  public mutating func add(_ tensors: NamedFloats, group: String) {
    for tensor in tensors {
      file.add("\(group).\(tensor.name)", shape: tensor.shape, .floats(tensor.values))
    }
  }

  /// Adds one tensor of any element type.
  public mutating func add(_ name: String, shape: [Int], _ values: SafeTensors.Values) {
    file.add(name, shape: shape, values)
  }

  /// The values of the tensors of `group`, in the order asked for.
  ///
  /// - Parameter expected: every name in the group, with its shape.
  /// - Throws: `CourseError` naming the first tensor that is missing, has another shape or type, or
  ///   is there though nothing asks for it.
  public func floats(group: String, expected: [(name: String, shape: [Int])]) throws -> [[Float]] {
    let values = try expected.map { try floats("\(group).\($0.name)", shape: $0.shape) }
    let names = Set(expected.map { "\(group).\($0.name)" })
    for entry in file.entries where entry.name.hasPrefix(group + ".") && !names.contains(entry.name) {
      throw failure(
        "holds tensor '\(entry.name)' of shape \(entry.shape), which nothing here expects; "
          + "was it made with another configuration?")
    }
    return values
  }

  /// The values of one F32 tensor.
  ///
  /// - Parameter shape: the shape it must have; nil accepts any.
  /// - Throws: `CourseError` when it is missing or has another shape or type.
  public func floats(_ name: String, shape: [Int]? = nil) throws -> [Float] {
    guard case .floats(let values) = try entry(name, shape).values else { throw wrongType(name, "F32") }
    return values
  }

  /// The values of one I64 tensor; see ``floats(_:shape:)``.
  public func integers(_ name: String, shape: [Int]? = nil) throws -> [Int] {
    guard case .integers(let values) = try entry(name, shape).values else { throw wrongType(name, "I64") }
    return values
  }

  /// The values of one U8 tensor; see ``floats(_:shape:)``.
  public func bytes(_ name: String, shape: [Int]? = nil) throws -> [UInt8] {
    guard case .bytes(let values) = try entry(name, shape).values else { throw wrongType(name, "U8") }
    return values
  }

  private func entry(_ name: String, _ shape: [Int]?) throws -> SafeTensors.Entry {
    guard let entry = file[name] else {
      throw failure("holds no tensor '\(name)'\(shape.map { ", expected with shape \($0)" } ?? "")")
    }
    if let shape, entry.shape != shape {
      throw failure("tensor '\(name)' has shape \(entry.shape), expected \(shape)")
    }
    return entry
  }

  private func wrongType(_ name: String, _ expected: String) -> CourseError {
    failure("tensor '\(name)' has type \(file[name]!.values.type.rawValue), expected \(expected)")
  }

  private func failure(_ problem: String) -> CourseError {
    CourseError(path, problem)
  }

  // MARK: State

  /// Keeps a value under `name`; infinite and undefined numbers are allowed.
  ///
  /// - Throws: what the value's own encoding throws.
  public mutating func setState(_ state: some Encodable, named name: String) throws {
    let data = try JSONFile.encoder(indented: false).encode(state)
    file.metadata["state.\(name)"] = String(decoding: data, as: UTF8.self)
  }

  /// The value kept under `name`.
  ///
  /// - Throws: `CourseError` when there is none or it does not fit the type.
  public func state<State: Decodable>(_ type: State.Type, named name: String) throws -> State {
    guard let text = file.metadata["state.\(name)"] else { throw failure("holds no state '\(name)'") }
    do {
      return try JSONFile.decoder().decode(type, from: Data(text.utf8))
    } catch {
      throw failure("state '\(name)' does not fit \(type): \(decodingProblem(error))")
    }
  }
}
