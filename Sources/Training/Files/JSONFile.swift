import Foundation
import Support

/// Values in files of JSON that people read too: indented, with sorted keys.
enum JSONFile {
  /// Sorts keys, and writes infinite and undefined numbers as texts, which JSON itself does not have.
  static func encoder(indented: Bool) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      indented ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  /// Reads what ``encoder(indented:)`` writes.
  static func decoder() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// Writes a value as the whole content of a file.
  ///
  /// - Throws: `CourseError` when it cannot be written.
  static func write(_ value: some Encodable, to path: String) throws {
    try WholeFile.write(encoder(indented: true).encode(value) + Data("\n".utf8), to: path)
  }

  /// Reads a value from a file.
  ///
  /// - Throws: `CourseError` when it cannot be read or does not fit the type.
  static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
    let bytes = try WholeFile.read(path)
    do {
      return try decoder().decode(type, from: Data(bytes))
    } catch {
      throw CourseError(path, "does not fit \(type): \(decodingProblem(error))")
    }
  }
}

/// A decoding error in one line, without Foundation's context dump.
func decodingProblem(_ error: any Error) -> String {
  func place(_ path: [any CodingKey]) -> String {
    path.isEmpty ? "" : " at '\(path.map(\.stringValue).joined(separator: "."))'"
  }
  return switch error {
  case DecodingError.keyNotFound(let key, let context):
    "'\(key.stringValue)' is missing\(place(context.codingPath))"
  case DecodingError.typeMismatch(let type, let context): "expected \(type)\(place(context.codingPath))"
  case DecodingError.valueNotFound(let type, let context):
    "expected \(type)\(place(context.codingPath)), found null"
  case DecodingError.dataCorrupted(let context): "\(context.debugDescription)\(place(context.codingPath))"
  default: "\(error)"
  }
}
