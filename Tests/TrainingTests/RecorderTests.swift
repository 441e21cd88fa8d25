import Foundation
import Support
import Testing

@testable import Training

@Suite struct RecorderTests {
  let folder: TemporaryFolder
  let run: RunDirectory

  init() throws {
    folder = try TemporaryFolder()
    run = try RunDirectory.create(named: "run", in: folder.path)
  }

  private func steps() throws -> [Int] { try MetricsRecord.read(contentsOf: run.metrics).map(\.step) }

  private func add(_ text: String, to path: String) throws {
    let content = try String(contentsOfFile: path, encoding: .isoLatin1) + text
    try content.write(toFile: path, atomically: false, encoding: .isoLatin1)
  }

  @Test func aLineHoldsAllNumbersInOrder() throws {
    let recorder = try Recorder(creating: run)
    var numbers: Metrics = ["return": -1234.5, "loss/a \"b\"": 0.1]
    numbers.add(["z": .nan, "y": .infinity, "x": -.infinity, "tiny": .leastNonzeroMagnitude])
    try recorder.record(step: 200, numbers)
    try recorder.record(step: 200, [:])
    #expect(
      try folder.text("run/metrics.jsonl") == #"""
        {"step":200,"return":-1234.5,"loss/a \"b\"":0.1,"z":"nan","y":"inf","x":"-inf","tiny":5e-324}
        {"step":200}

        """#)
    let records = try MetricsRecord.read(contentsOf: run.metrics)
    #expect(records.map(\.step) == [200, 200])
    #expect(records[0].metrics.names == numbers.names)
    #expect(records[0].metrics.values.map(\.bitPattern) == numbers.values.map(\.bitPattern))
    #expect(records[0].metrics["y"] == .infinity)
    #expect(records[0].metrics["none"] == nil)
  }

  @Test func goingOnDropsWhatCameAfterTheCheckpoint() throws {
    do {
      let recorder = try Recorder(creating: run)
      for step in [0, 100, 200, 200, 300] { try recorder.record(step: step, ["return": Double(step)]) }
    }
    // Half a record, as a crash may leave it.
    try add(#"{"step":400,"ret"#, to: run.metrics)
    try add("half a record", to: run.events)
    #expect(try steps() == [0, 100, 200, 200, 300])
    try Recorder(continuing: run, from: 200).record(step: 300, ["return": 1])
    #expect(try steps() == [0, 100, 200, 200, 300])
    #expect(try MetricsRecord.read(contentsOf: run.metrics).last?.metrics["return"] == 1)
    let events = try WholeFile.read(run.events)
    #expect(EventRecord.prefix(of: events, upTo: 300) == events.count)
    #expect(EventRecord.prefix(of: events, upTo: 299) < events.count)
    // Going on from the very beginning keeps the version record alone.
    _ = try Recorder(continuing: run, from: 0)
    #expect(try steps() == [0])
  }

  @Test func equalRunsWriteEqualMetricsAlsoWhenInterrupted() throws {
    let other = try RunDirectory.create(named: "other", in: folder.path)
    do {
      let whole = try Recorder(creating: run)
      for step in 1...6 { try whole.record(step: step, ["value": 1 / Double(step)]) }
      let part = try Recorder(creating: other)
      for step in 1...4 { try part.record(step: step, ["value": 1 / Double(step)]) }
    }
    let rest = try Recorder(continuing: other, from: 2)
    for step in 3...6 { try rest.record(step: step, ["value": 1 / Double(step)]) }
    #expect(try WholeFile.read(run.metrics) == WholeFile.read(other.metrics))
    #expect(try WholeFile.read(run.events).count == WholeFile.read(other.events).count)
  }

  @Test func aBrokenLineIsNamed() throws {
    try WholeFile.write("{\"step\":1}\n{\"step\":2,\"a\":1,\"a\":2}\n".utf8, to: run.metrics)
    #expect(failure { _ = try steps() } == "\(run.metrics): line 2: 'a' appears twice")
    for (line, problem) in [
      ("{}", "expected a field 'step'"), ("", "expected '{' at byte 0"),
      ("{\"step\":-1}", "expected a whole number at byte 8"),
      ("{\"step\":1,\"a\":\"b\"}", "expected a number, not 'b'"),
      ("{\"step\":1,\"a\":null}", "expected a number at byte 14"),
    ] {
      try WholeFile.write((line + "\n").utf8, to: run.metrics)
      #expect(failure { _ = try steps() } == "\(run.metrics): line 1: \(problem)")
      #expect(failure { _ = try Recorder(continuing: run, from: 5) } == "\(run.metrics): line 1: \(problem)")
      #expect(try folder.text("run/metrics.jsonl") == line + "\n")
    }
  }

  @Test func aRunBelongsToOneProcessAtATime() throws {
    let recorder = try Recorder(creating: run)
    try recorder.record(step: 5, ["a": 1])
    #expect(
      failure { _ = try Recorder(continuing: run, from: 0) }
        == "\(run.metrics): cannot write: another process is training this run")
    #expect(failure { _ = try Recorder(creating: run) } == "\(run.metrics): cannot write: File exists")
    #expect(try steps() == [5])
    withExtendedLifetime(recorder) {}
  }

  @Test func aFullDiskLeavesWholeRecords() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let folder = try TemporaryFolder()
      let run = try RunDirectory.create(named: "run", in: folder.path)
      let recorder = try Recorder(creating: run)
      limitFileSize(to: 1_000)
      var step = 0
      let message = failure {
        while true {
          try recorder.record(step: step, ["return": 0.123456789, "loss": 0.987654321])
          step += 1
        }
      }
      guard [run.metrics, run.events].contains(where: { message == "\($0): cannot write: File too large" })
      else { exit(2) }
      // Whichever file was full first, both end with a whole record.
      let metrics = try WholeFile.read(run.metrics)
      let lines = try MetricsRecord.read(contentsOf: run.metrics).count
      guard lines == step || lines == step + 1, step > 8, metrics.last == UInt8(ascii: "\n") else { exit(3) }
      let events = try WholeFile.read(run.events)
      guard EventRecord.prefix(of: events, upTo: step) == events.count else { exit(4) }
      guard max(metrics.count, events.count) > 850 else { exit(5) }
      try FileManager.default.removeItem(atPath: folder.path)
      exit(7)
    }
  }

  @Test func aDamagedEventEndsWhatIsKept() throws {
    let records = [1, 2, 3].map { EventRecord.scalars(MetricsRecord(step: $0, metrics: ["a": 1]), time: 9) }
    let content = records.flatMap { $0 }
    #expect(EventRecord.prefix(of: content, upTo: 9) == content.count)
    for position in records[0].count..<2 * records[0].count {
      var damaged = content
      damaged[position] ^= 1
      #expect(EventRecord.prefix(of: damaged, upTo: 9) == records[0].count, "byte \(position)")
    }
  }

  @Test func theChecksumIsCRC32C() {
    // The check value of the Rocksoft model, and RFC 3720's 32 zeros.
    #expect(EventRecord.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(EventRecord.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
  }

  @Test func aNameGivenTwiceStops() async {
    await #expect(processExitsWith: .failure) { _ = ["a": 1, "a": 2] as Metrics }
    await #expect(processExitsWith: .failure) { _ = ["step": 1] as Metrics }
  }
}
