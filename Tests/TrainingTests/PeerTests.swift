import Foundation
import Testing
import Training

/// Checks against the Python programs whose formats are spoken here: run with
/// `PEER_PYTHON=<python with safetensors, numpy and tensorboard> swift test --filter PeerTests`.
private let python = ProcessInfo.processInfo.environment["PEER_PYTHON"]

/// Runs a script of Tests/Peers and returns what it printed.
private func runPeer(_ script: String, _ arguments: String...) throws -> String {
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
    let printed = try runPeer(
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

  @Test func tensorBoardReadsTheEvents() throws {
    let folder = try TemporaryFolder()
    let run = try RunDirectory.create(named: "run", in: folder.path)
    do {
      let recorder = try Recorder(creating: run)
      try recorder.record(step: 0, ["loss/model": 1.5, "return": .nan])
      try recorder.record(step: 300, ["loss/model": 0.25, "return": -.infinity])
      try recorder.record(step: 5_000_000_000, ["loss/model": 9])
    }
    try Recorder(continuing: run, from: 300).record(step: 301, ["loss/model": -0.125, "größe": 3])
    #expect(
      try runPeer("tensorboard_peer.py", run.path) == """
        größe 301=3.0
        loss/model 0=1.5 300=0.25 301=-0.125
        return 0=nan 300=-inf

        """)
  }
}
