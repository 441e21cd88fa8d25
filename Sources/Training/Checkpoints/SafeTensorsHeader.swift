import Foundation

extension SafeTensors {
  /// The JSON header: which tensors there are and where their bytes lie.
  struct Header {
    struct Tensor {
      let name: String
      let type: ElementType
      let shape: [Int]
      /// Counted from the end of the header.
      let offsets: Range<Int>
    }

    static let metadataName = "__metadata__"
    /// The reference implementation's limit.
    static let largestSize = 100_000_000

    var tensors: [Tensor] = []
    var metadata: [String: String] = [:]

    /// The header that describes `entries` lying one after the other.
    init(of entries: [Entry], metadata: [String: String]) {
      self.metadata = metadata
      var end = 0
      for entry in entries {
        let start = end
        end += entry.values.count * entry.values.type.size
        tensors.append(
          Tensor(name: entry.name, type: entry.values.type, shape: entry.shape, offsets: start..<end))
      }
    }

    // MARK: Writing

    func encoded() -> [UInt8] {
      var fields: [String] = []
      if !metadata.isEmpty {
        let texts = metadata.sorted { $0.key < $1.key }.map {
          "\(quotedJSON($0.key)):\(quotedJSON($0.value))"
        }
        fields.append("\"\(Self.metadataName)\":{\(texts.joined(separator: ","))}")
      }
      for tensor in tensors {
        let shape = tensor.shape.map(String.init).joined(separator: ",")
        fields.append(
          "\(quotedJSON(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
            + "\"data_offsets\":[\(tensor.offsets.lowerBound),\(tensor.offsets.upperBound)]}")
      }
      let text = Array("{\(fields.joined(separator: ","))}".utf8)
      return text + [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    }

    // MARK: Reading

    /// Where the header ends, as the first 8 bytes say.
    static func end(in bytes: [UInt8]) throws -> Int {
      guard bytes.count >= 8 else {
        throw FormatError(problem: "\(bytes.count) bytes, expected at least 8")
      }
      let size = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard size <= largestSize else {
        throw FormatError(
          problem: "its first 8 bytes ask for a header of \(size) bytes, "
            + "expected at most \(largestSize)")
      }
      guard Int(size) <= bytes.count - 8 else {
        throw FormatError(
          problem: "cut short: expected a header of \(size) bytes, found \(bytes.count - 8)")
      }
      return 8 + Int(size)
    }

    init(decoding bytes: ArraySlice<UInt8>) throws {
      var scanner = JSONScanner(bytes)
      try scanner.readObject { scanner, name in
        if name == Self.metadataName {
          try scanner.readObject { scanner, key in metadata[key] = try scanner.readString() }
        } else {
          tensors.append(try Self.readTensor(name, from: &scanner))
        }
      }
      try scanner.finish()
      tensors.sort {
        ($0.offsets.lowerBound, $0.offsets.upperBound) < ($1.offsets.lowerBound, $1.offsets.upperBound)
      }
    }

    private static func readTensor(_ name: String, from scanner: inout JSONScanner) throws -> Tensor {
      var typeName: String?
      var shape: [Int]?
      var offsets: [Int]?
      try scanner.readObject { scanner, key in
        switch key {
        case "dtype": typeName = try scanner.readString()
        case "shape": shape = try scanner.readIntegers()
        case "data_offsets": offsets = try scanner.readIntegers()
        default: throw FormatError(problem: "'\(name)' has an unknown field '\(key)'")
        }
      }
      guard let typeName, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
        throw FormatError(
          problem: "'\(name)' needs dtype, shape and two rising data_offsets")
      }
      guard let type = ElementType(rawValue: typeName) else {
        let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
        throw FormatError(problem: "'\(name)' has element type \(typeName), expected one of \(known)")
      }
      let size = shape.reduce((partialValue: type.size, overflow: false)) { size, dimension in
        let product = size.partialValue.multipliedReportingOverflow(by: dimension)
        return (product.partialValue, size.overflow || product.overflow)
      }
      guard !size.overflow, size.partialValue == offsets[1] - offsets[0] else {
        let expected = size.overflow ? "more bytes than can be" : "\(size.partialValue) bytes"
        throw FormatError(
          problem: "'\(name)', \(typeName) of shape \(shape), needs \(expected), "
            + "its data_offsets say \(offsets[1] - offsets[0])")
      }
      return Tensor(name: name, type: type, shape: shape, offsets: offsets[0]..<offsets[1])
    }

    /// The tensors must fill the rest of the file exactly, one after the other.
    func checkPlaces(dataSize: Int) throws {
      var end = 0
      for tensor in tensors {
        guard tensor.offsets.lowerBound == end else {
          let what =
            tensor.offsets.lowerBound < end ? "overlaps the tensor before it" : "leaves a gap before it"
          throw FormatError(
            problem:
              "'\(tensor.name)' \(what): it starts at byte \(tensor.offsets.lowerBound), expected \(end)")
        }
        end = tensor.offsets.upperBound
      }
      guard end == dataSize else {
        throw FormatError(
          problem: "\(end > dataSize ? "cut short" : "too long"): expected \(end) bytes of tensors, "
            + "found \(dataSize)")
      }
    }
  }
}
