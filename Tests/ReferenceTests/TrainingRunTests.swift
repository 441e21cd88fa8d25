import DreamerV1
import Environments
import Foundation
import Testing
import Training

@Suite struct TrainingRunTests {
  private let root = NSTemporaryDirectory() + "runs-\(UUID().uuidString)"
  private let description = RunDescription(
    paper: "dreamerv1", environment: .pendulum, seed: 2, preset: .smoke,
    configuration: DreamerV1.configuration(.smoke, for: .pendulum))

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func aRunThatIsInterruptedGoesOnAsIfNothingHadHappened() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var whole = try TrainingRun<DreamerV1>(description, in: root)
    guard case .finished(let expected) = try whole.run() else { return #expect(Bool(false), "not finished") }

    var rounds = 0
    var first = try TrainingRun<DreamerV1>(description, in: root)
    let outcome = try first.run {
      rounds += 1
      return rounds > 3
    }
    guard case .interrupted = outcome else { return #expect(Bool(false), "not interrupted") }
    var second = try TrainingRun<DreamerV1>(resuming: first.directory)
    guard case .finished(let found) = try second.run() else { return #expect(Bool(false), "not finished") }

    #expect(first.directory.name == "dreamerv1-pendulum-seed2-2")
    #expect(found.returns == expected.returns)
    #expect(try text(second.directory.metrics) == text(whole.directory.metrics))
    #expect(
      try Data(contentsOf: URL(filePath: second.directory.checkpoint))
        == Data(contentsOf: URL(filePath: whole.directory.checkpoint)))
  }

  @Test func aRunLeavesEverythingToLookAt() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var run = try TrainingRun<DreamerV1>(description, in: root)
    _ = try run.run()
    let records = try MetricsRecord.read(contentsOf: run.directory.metrics)
    #expect(records.last?.step == 240)
    #expect(records.last?.metrics["model/KL"]?.isFinite == true)
    #expect(records.filter { $0.metrics["evaluation return"] != nil }.map(\.step) == run.scores.map(\.step))
    let page = try text(run.directory.report)
    for part in [
      "dreamerv1 on pendulum", "final return", "Dream against reality", "model/observation", "data:image/gif",
    ] {
      #expect(page.contains(part), "the report lacks '\(part)'")
    }
    for file in [
      "config.json", "learning-curve.svg", "losses.svg", "dream.gif", "dream.svg", "events.tfevents",
    ] {
      #expect(FileManager.default.fileExists(atPath: run.directory.file(file)), "\(file) is missing")
    }
  }
}
