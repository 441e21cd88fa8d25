import Foundation

/// Reads JSON of a known form, piece by piece: safetensors headers and lines of metrics.
///
/// Foundation's decoder would keep just one of two equal names and forget the order.
struct JSONScanner {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Reads `{"name": …, …}`, where no name may stand twice.
  ///
  /// - Parameter readValue: reads the value of the name it is given.
  mutating func readObject(_ readValue: (inout JSONScanner, String) throws -> Void) throws {
    var names: Set<String> = []
    try readList(from: "{", to: "}") { scanner in
      let name = try scanner.readString()
      guard names.insert(name).inserted else {
        throw FormatError(problem: "'\(name)' appears twice")
      }
      try scanner.expect(":")
      try readValue(&scanner, name)
    }
  }

  /// Reads `[1, 2, …]`.
  mutating func readIntegers() throws -> [Int] {
    var integers: [Int] = []
    try readList(from: "[", to: "]") { scanner in
      integers.append(try scanner.readInteger())
    }
    return integers
  }

  /// Reads `123`, without a sign.
  mutating func readInteger() throws -> Int {
    try readNumber(of: "0123456789", "a whole number") { Int($0) }
  }

  /// Reads `-1.5e3`.
  mutating func readDouble() throws -> Double {
    try readNumber(of: "0123456789+-.eE", "a number") { Double($0) }
  }

  private mutating func readNumber<Number>(
    of characters: String, _ expected: String, _ parse: (String) -> Number?
  ) throws -> Number {
    skipSpaces()
    let text = bytes[position...].prefix { characters.utf8.contains($0) }
    guard let number = parse(String(decoding: text, as: UTF8.self)) else { throw unexpected(expected) }
    position = text.endIndex
    return number
  }

  /// Whether a string comes next.
  mutating func isAtString() -> Bool {
    skipSpaces()
    return position < bytes.endIndex && bytes[position] == UInt8(ascii: "\"")
  }

  /// Reads `"text"`, with JSON's escapes.
  mutating func readString() throws -> String {
    try expect("\"")
    let start = position
    var hasEscapes = false
    while position < bytes.endIndex, bytes[position] != UInt8(ascii: "\"") {
      let isEscape = bytes[position] == UInt8(ascii: "\\")
      hasEscapes = hasEscapes || isEscape
      position += isEscape ? 2 : 1
    }
    guard position < bytes.endIndex else { throw unexpected("the end of a string") }
    position += 1
    let quoted = bytes[start - 1..<position]
    if hasEscapes {
      guard let text = try? JSONDecoder().decode(String.self, from: Data(quoted)) else {
        throw unexpected("a valid string before")
      }
      return text
    }
    guard let text = String(validating: quoted.dropFirst().dropLast(), as: UTF8.self) else {
      throw unexpected("UTF-8 text before")
    }
    return text
  }

  /// Checks that nothing but padding is left.
  mutating func finish() throws {
    skipSpaces()
    if position < bytes.endIndex { throw unexpected("the end") }
  }

  private mutating func readList(
    from opening: Character, to closing: Character, _ readElement: (inout JSONScanner) throws -> Void
  ) throws {
    try expect(opening)
    if skip(closing) { return }
    repeat { try readElement(&self) } while skip(",")
    try expect(closing)
  }

  private mutating func expect(_ character: Character) throws {
    if !skip(character) { throw unexpected("'\(character)'") }
  }

  /// Moves over `character`, after any spaces, if it comes next.
  private mutating func skip(_ character: Character) -> Bool {
    skipSpaces()
    guard position < bytes.endIndex, bytes[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() {
    while position < bytes.endIndex, " \t\r\n".utf8.contains(bytes[position]) { position += 1 }
  }

  private func unexpected(_ expected: String) -> FormatError {
    FormatError(
      problem: "expected \(expected) at byte \(position)")
  }
}

/// What is wrong with a file's content, in one line; whoever knows the file makes it a `CourseError`.
struct FormatError: Error {
  let problem: String
}

/// A text as JSON writes it, in quotes.
func quotedJSON(_ text: String) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .withoutEscapingSlashes
  // A Swift string is valid Unicode, which is all that the encoder asks for.
  return String(decoding: try! encoder.encode(text), as: UTF8.self)
}
