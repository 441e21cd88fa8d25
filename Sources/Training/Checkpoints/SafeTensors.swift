import Support

/// A file of named arrays in the safetensors format, which Python's `safetensors` reads and writes too.
///
/// Layout: the header's length in 8 little-endian bytes; a JSON header, padded with spaces to a multiple
/// of 8, with each tensor's type, shape and place; then the tensors' bytes, little-endian and without
/// gaps. Source: https://github.com/huggingface/safetensors (types F32, I64 and U8 of its list).
public struct SafeTensors: Sendable, Equatable {
  /// The values of one tensor, row-major.
  public enum Values: Sendable, Equatable {
    /// Stored as F32.
    case floats([Float])
    /// Stored as I64.
    case integers([Int])
    /// Stored as U8.
    case bytes([UInt8])

    var count: Int {
      switch self {
      case .floats(let values): values.count
      case .integers(let values): values.count
      case .bytes(let values): values.count
      }
    }
    var type: ElementType {
      switch self {
      case .floats: .float32
      case .integers: .int64
      case .bytes: .uint8
      }
    }
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
      switch self {
      case .floats(let values): try values.withUnsafeBytes(body)
      case .integers(let values): try values.withUnsafeBytes(body)
      case .bytes(let values): try values.withUnsafeBytes(body)
      }
    }
  }

  /// The element types that are understood, by their names in the file.
  enum ElementType: String, CaseIterable {
    case float32 = "F32"
    case int64 = "I64"
    case uint8 = "U8"

    var size: Int {
      switch self {
      case .float32: 4
      case .int64: 8
      case .uint8: 1
      }
    }
  }

  /// One named tensor.
  public struct Entry: Sendable, Equatable {
    /// The name, such as `encoder.layers.0.weight`.
    public let name: String
    /// The dimensions; `[]` for a single value.
    public let shape: [Int]
    /// As many values as the product of the shape.
    public let values: Values
  }

  /// The tensors in the order in which they were added or stand in the file.
  public private(set) var entries: [Entry] = []
  /// Free text by name, kept in the header.
  public var metadata: [String: String] = [:]

  /// A collection without tensors.
  public init() {}

  /// Adds a tensor; its name must be new and its values must fit its shape.
  public mutating func add(_ name: String, shape: [Int], _ values: Values) {
    precondition(self[name] == nil && name != Header.metadataName, "the name '\(name)' is taken already")
    precondition(
      values.count == shape.reduce(1, *), "'\(name)' has \(values.count) values, which do not fill \(shape)")
    entries.append(Entry(name: name, shape: shape, values: values))
  }

  /// The tensor of that name.
  public subscript(name: String) -> Entry? {
    entries.first { $0.name == name }
  }

  // MARK: Files

  /// Writes the file in one piece: on failure, what was there stays.
  ///
  /// Tensors go by falling element size, in the order added, so that all values are aligned.
  ///
  /// - Throws: `CourseError` when the folder is missing or unwritable, or the disk is full.
  public func write(to path: String) throws {
    let sorted =
      entries.filter { $0.values.type == .int64 } + entries.filter { $0.values.type == .float32 }
      + entries.filter { $0.values.type == .uint8 }
    let header = Header(of: sorted, metadata: metadata).encoded()
    try WholeFile.write(to: path) { file in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.append($0) }
      try header.withUnsafeBytes { try file.append($0) }
      for entry in sorted {
        try entry.values.withBytes { try file.append($0) }
      }
    }
  }

  /// Reads a file, strictly: every byte must be accounted for.
  ///
  /// - Throws: `CourseError` when the file cannot be read, is cut short, or is no safetensors file.
  public init(contentsOf path: String) throws {
    let bytes = try WholeFile.read(path)
    do {
      let headerEnd = try Header.end(in: bytes)
      let header = try Header(decoding: bytes[8..<headerEnd])
      try header.checkPlaces(dataSize: bytes.count - headerEnd)
      metadata = header.metadata
      bytes.withUnsafeBytes { bytes in
        for tensor in header.tensors {
          let place = headerEnd + tensor.offsets.lowerBound..<headerEnd + tensor.offsets.upperBound
          let values = Values(tensor.type, copying: UnsafeRawBufferPointer(rebasing: bytes[place]))
          entries.append(Entry(name: tensor.name, shape: tensor.shape, values: values))
        }
      }
    } catch let error as FormatError {
      throw CourseError(path, "cannot read as safetensors: \(error.problem)")
    }
  }
}

extension SafeTensors.Values {
  fileprivate init(_ type: SafeTensors.ElementType, copying bytes: UnsafeRawBufferPointer) {
    func copy<Element>(_ count: Int) -> [Element] {
      [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        initialized = count
      }
    }
    let count = bytes.count / type.size
    switch type {
    case .float32: self = .floats(copy(count))
    case .int64: self = .integers(copy(count))
    case .uint8: self = .bytes(copy(count))
    }
  }
}
