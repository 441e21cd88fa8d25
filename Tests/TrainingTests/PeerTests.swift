import Foundation
import Testing
import Training

/// Checks against the Python programs whose formats are spoken here: run with
/// `PEER_PYTHON=<python with safetensors, numpy and tensorboard> swift test --filter PeerTests`.
private let python = ProcessInfo.processInfo.environment["PEER_PYTHON"]

/// Runs a script of Tests/Peers and returns what it printed.
private func run(_ script: String, _ arguments: String...) throws -> String {
  let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let process = Process()
  process.executableURL = URL(fileURLWithPath: try #require(python))
  process.arguments = [tests.appendingPathComponent("Peers/\(script)").path] + arguments
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  return text
}

@Suite(.enabled(if: python != nil, "set PEER_PYTHON to check against the Python packages"))
struct PeerTests {
  @Test func pythonReadsAndWritesTheSameSafetensors() throws {
    let folder = try TemporaryFolder()
    var file = SafeTensors()
    file.add("flags", shape: [3], .bytes([0, 1, 255]))
    file.add("größe \"w\"", shape: [2, 2], .floats([1.5, -2, 0x1p-148, .infinity]))
    file.add("counts", shape: [2], .integers([-1, .max]))
    file.add("step", shape: [], .integers([7]))
    file.add("nothing", shape: [0, 4], .floats([]))
    file.metadata = ["state": "{\"a\":\"é\\n\"}", "format": "test"]
    try file.write(to: folder.file("swift.safetensors"))
    let printed = try run(
      "safetensors_peer.py", folder.file("swift.safetensors"), folder.file("python.safetensors"))
    #expect(
      printed == #"""
        counts int64 [2] [-1, 9223372036854775807]
        flags uint8 [3] [0, 1, 255]
        größe "w" float32 [2, 2] [1.5, -2.0, 2.802596928649634e-45, inf]
        nothing float32 [0, 4] []
        step int64 [] [7]
        format 'test'
        state '{"a":"é\\n"}'

        """#)
    let copy = try SafeTensors(contentsOf: folder.file("python.safetensors"))
    #expect(copy.metadata == file.metadata)
    #expect(Set(copy.entries.map(\.name)) == Set(file.entries.map(\.name)))
    for entry in file.entries { #expect(copy[entry.name] == entry) }
  }
}
