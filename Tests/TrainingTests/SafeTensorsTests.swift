import Foundation
import Testing
import Training

private let four = #"{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"#

@Suite struct SafeTensorsTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.safetensors")
  }

  /// A file made by hand: the header's text, then `size` bytes of zeros.
  private func write(header: String, dataSize: Int, headerSize: UInt64? = nil) throws {
    var bytes = withUnsafeBytes(of: (headerSize ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
    bytes += Data(header.utf8) + Data(count: dataSize)
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  @Test func whatIsWrittenIsReadBackBitForBit() throws {
    var file = SafeTensors()
    let floats: [Float] = [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, 0.1]
    file.add("flags", shape: [3], .bytes([0, 1, 255]))
    file.add("layer.weight", shape: [2, 3], .floats(floats))
    file.add("steps", shape: [], .integers([Int.min]))
    file.add("nothing", shape: [0, 4], .floats([]))
    file.add("naïve \"name\"\\\n/ü", shape: [1], .floats([.nan]))
    file.metadata = ["state": "{\"a\":\"\\u00e9\"}", "α": "line\nline \u{1F600}"]
    try file.write(to: path)
    let copy = try SafeTensors(contentsOf: path)
    #expect(copy.metadata == file.metadata)
    #expect(
      copy.entries.map(\.name) == ["steps", "layer.weight", "nothing", "naïve \"name\"\\\n/ü", "flags"])
    for entry in file.entries where entry.values != .floats([.nan]) {
      #expect(copy[entry.name]?.shape == entry.shape)
    }
    for name in ["flags", "steps", "nothing"] { #expect(copy[name] == file[name]) }
    guard case .floats(let read)? = copy["layer.weight"]?.values else { throw Missing() }
    #expect(read.map(\.bitPattern) == floats.map(\.bitPattern))
    guard case .floats(let nan)? = copy["naïve \"name\"\\\n/ü"]?.values else { throw Missing() }
    #expect(nan[0].isNaN)
    #expect(folder.names == ["a.safetensors"])
  }

  private struct Missing: Error {}

  @Test func aFileOfTheReferenceImplementationIsRead() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = try SafeTensors(
      contentsOf: tests.appendingPathComponent("Fixtures/reference.safetensors").path)
    #expect(file["weight"]?.shape == [1, 3])
    #expect(file["weight"]?.values == .floats([0.5, -1.25, 3e38]))
    #expect(file["odd"]?.values == .bytes([1, 2, 3]))
    #expect(file["step"]?.shape == [])
    #expect(file["step"]?.values == .integers([12_345_678_901]))
    #expect(file.metadata == ["note": "café \"x\"\n\t\u{1}"])
  }

  @Test func theLayoutIsTheReferenceImplementations() throws {
    var file = SafeTensors()
    file.add("b", shape: [1], .bytes([7]))
    file.add("a", shape: [2], .floats([1, 2]))
    try file.write(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let json = """
      {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
      "b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}
      """
    let padded = json + String(repeating: " ", count: (8 - json.utf8.count % 8) % 8)
    let length = withUnsafeBytes(of: UInt64(padded.utf8.count).littleEndian) { Data($0) }
    #expect(bytes[0..<8] == length)
    #expect(String(decoding: bytes[8..<8 + padded.utf8.count], as: UTF8.self) == padded)
    #expect(Array(bytes.suffix(9)) == [0, 0, 128, 63, 0, 0, 0, 64, 7])
    // An empty file is a header alone.
    try SafeTensors().write(to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 16)
    #expect(try SafeTensors(contentsOf: path) == SafeTensors())
  }

  @Test(arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7,
      "cut short: expected 8 bytes of tensors, found 7"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9,
      "too long: expected 8 bytes of tensors, found 9"
    ),
    (
      #"{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}"#, 8,
      "'a' has element type F16, expected one of F32, I64, U8"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8,
      "'a', F32 of shape [3], needs 12 bytes, its data_offsets say 8"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, 8,
      "'a', F32 of shape [4611686018427387904, 4], needs more bytes than can be, its data_offsets say 8"
    ),
    (
      #"{"a":\#(four),"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
      6,
      "'b' overlaps the tensor before it: it starts at byte 2, expected 4"
    ),
    (
      #"{"a":\#(four),"b":{"dtype":"U8","shape":[4],"data_offsets":[6,10]}}"#,
      10, "'b' leaves a gap before it: it starts at byte 6, expected 4"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[8,8]}}"#, 8,
      "'a' leaves a gap before it: it starts at byte 8, expected 0"
    ),
    (
      #"{"a":\#(four),"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#,
      8,
      "'a' appears twice"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8,
      "'a' needs dtype, shape and two rising data_offsets"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2]}}"#, 8,
      "'a' needs dtype, shape and two rising data_offsets"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8,
      "expected a whole number at byte 37"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,1e999]}}"#, 8,
      "expected ']' at byte 59"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}"#, 8,
      "expected a whole number at byte 58"
    ),
    (
      #"{"a":{"dtype":"F32","size":[2],"data_offsets":[0,8]}}"#, 8,
      "'a' has an unknown field 'size'"
    ),
    (#"{"__metadata__":{"a":1}}"#, 0, "expected '\"' at byte 29"),
    (#"{"a"#, 0, "expected the end of a string at byte 11"),
    (#"{"a\"#, 0, "expected the end of a string at byte 13"),
    (#"{"\q":1}"#, 0, "expected a valid string before at byte 13"),
    (#"{} x"#, 0, "expected the end at byte 11"),
    ("[1]", 0, "expected '{' at byte 8"),
    ("", 0, "expected '{' at byte 8"),
  ])
  func aBrokenFileIsOneClearError(header: String, dataSize: Int, problem: String) throws {
    try write(header: header, dataSize: dataSize)
    #expect(
      failure { _ = try SafeTensors(contentsOf: path) } == "\(path): cannot read as safetensors: \(problem)")
  }

  @Test func aForeignFileIsOneClearError() throws {
    try Data("PNG".utf8).write(to: URL(fileURLWithPath: path))
    #expect(
      failure { _ = try SafeTensors(contentsOf: path) }
        == "\(path): cannot read as safetensors: 3 bytes, expected at least 8")
    try Data("<html><body>".utf8).write(to: URL(fileURLWithPath: path))
    #expect(
      failure { _ = try SafeTensors(contentsOf: path) }
        == "\(path): cannot read as safetensors: its first 8 bytes ask for a header of 7078601349733312572 bytes, "
        + "expected at most 100000000")
    try write(header: "{}", dataSize: 0, headerSize: 100)
    #expect(
      failure { _ = try SafeTensors(contentsOf: path) }
        == "\(path): cannot read as safetensors: cut short: expected a header of 100 bytes, found 2")
    #expect(
      failure { _ = try SafeTensors(contentsOf: folder.file("none")) }
        == "\(folder.file("none")): cannot read: No such file or directory")
    #expect(
      failure { _ = try SafeTensors(contentsOf: folder.path) }
        == "\(folder.path): cannot read: Is a directory")
  }

  @Test func everyShorterFileIsAnError() throws {
    var file = SafeTensors()
    file.metadata["note"] = "a \"quoted\" word"
    file.add("w", shape: [2, 2], .floats([1, 2, 3, 4]))
    file.add("n", shape: [], .integers([5]))
    try file.write(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in 0..<bytes.count {
      try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
      let message = failure { _ = try SafeTensors(contentsOf: path) }
      #expect(message?.hasPrefix(path) == true && message?.contains("\n") == false, "\(count) bytes")
    }
  }
}
