import DreamerV1
import Environments
import Foundation
import Support
import Testing
import Training
import WorldModels

@Suite struct RunResultTests {
  private let root = NSTemporaryDirectory() + "runs-\(UUID().uuidString)"
  private let description = RunDescription(
    paper: "dreamerv1", environment: .pendulum, seed: 2, preset: .smoke,
    configuration: DreamerV1Agent.configuration(.smoke, for: .pendulum))

  /// A run that is interrupted after some rounds.
  private func interrupted(after rounds: Int) throws -> RunDirectory {
    var (count, run) = (0, try TrainingRun<DreamerV1Agent>(description, in: root))
    _ = try run.run {
      count += 1
      return count > rounds
    }
    return run.directory
  }

  @Test func aFinishedRunSaysHowItDidAndWhatItCost() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var run = try TrainingRun<DreamerV1Agent>(description, in: root)
    guard case .finished(let result) = try run.run() else { return #expect(Bool(false), "not finished") }
    let read = try RunResult(contentsOf: run.directory.result)
    #expect(read == result && read.format == 1)
    #expect(
      read.paper == "dreamerv1" && read.environment == .pendulum && read.seed == 2 && read.preset == .smoke)
    #expect(
      read.settings["steps"] == "240" && read.settings.count == description.configuration.settings.count)
    #expect(read.environmentSteps == 240 && read.gradientSteps == run.agent.gradientSteps)
    let outcome = try #require(read.outcome)
    #expect(outcome.returns == run.finalReturns && outcome.returns.count == 50)
    #expect(outcome.mean == Statistics(outcome.returns).mean)
    #expect(outcome.deviation == Statistics(outcome.returns).deviation)
    #expect(outcome.score == Pendulum().anchors.normalisedScore(outcome.mean))
    #expect(read.cost.seconds > 0 && read.cost.processorSeconds > 0 && read.cost.peakMemory > 1_000_000)
  }

  @Test func anInterruptedRunIsUnfinishedAndComesToTheSame() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var whole = try TrainingRun<DreamerV1Agent>(description, in: root)
    _ = try whole.run()
    let directory = try interrupted(after: 3)
    let half = try RunResult(contentsOf: directory.result)
    #expect(half.outcome == nil && half.environmentSteps < 240)
    var rest = try TrainingRun<DreamerV1Agent>(resuming: directory)
    _ = try rest.run()
    var (expected, found) = try (
      RunResult(contentsOf: whole.directory.result), RunResult(contentsOf: directory.result)
    )
    #expect(
      found.cost.seconds > half.cost.seconds && found.cost.processorSeconds > half.cost.processorSeconds)
    (expected.cost, found.cost) = (RunCost(), RunCost())
    #expect(found == expected)
  }

  @Test func aFinishedRunIsLeftAsItIsUntilItGoesOn() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var run = try TrainingRun<DreamerV1Agent>(description, in: root)
    _ = try run.run()
    let path = run.directory.result
    let before = try WholeFile.read(path)
    var again = try TrainingRun<DreamerV1Agent>(resuming: run.directory)
    guard case .finished(let result) = try again.run() else { return #expect(Bool(false), "not finished") }
    #expect(try WholeFile.read(path) == before && result == RunResult(contentsOf: path))

    var longer = try TrainingRun<DreamerV1Agent>(resuming: run.directory, setting: ["steps=300"])
    _ = try longer.run { true }
    #expect(try RunResult(contentsOf: path).outcome == nil)
  }

  @Test func aDamagedFileIsOneClearLine() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let directory = try interrupted(after: 1)
    func problem(_ text: String) throws -> String? {
      try WholeFile.write(text, to: directory.result)
      let error = #expect(throws: CourseError.self) { try RunResult(contentsOf: directory.result) }
      return error?.description.replacing(directory.result + ": ", with: "")
    }
    let whole = String(decoding: try WholeFile.read(directory.result), as: UTF8.self)
    let cut = try problem(String(whole.prefix(40)))
    #expect(cut?.hasPrefix("does not fit") == true && cut?.contains("\n") == false)
    #expect(
      try problem(whole.replacing("\"paper\"", with: "\"papers\""))
        == "does not fit RunResult: 'paper' is missing")
    #expect(
      try problem(whole.replacing("\"format\" : 1", with: "\"format\" : 2"))
        == "has layout 2, expected 1: another version wrote it")
    // Nor is it overwritten, and with it the time that the run took so far.
    var run = try TrainingRun<DreamerV1Agent>(resuming: directory)
    #expect(throws: CourseError.self) { try run.run() }
    try FileManager.default.removeItem(atPath: directory.result)
    guard case .finished = try run.run() else { return #expect(Bool(false), "not finished") }
  }

  // MARK: Observers

  /// Remembers what happened, in words.
  private final class Witness: TrainingObserver {
    var events: [String] = []
    var rounds: [TrainingRound] = []

    func notice(_ event: TrainingEvent) {
      switch event {
      case .stageBegan(let stage): events.append("\(stage.name) from \(stage.progress.done)")
      case .evaluated(let stage, _): events.append("evaluated at \(stage.progress.done)")
      case .roundDone(let round): rounds.append(round)
      case .stageEnded(let stage): events.append("\(stage.name) to \(stage.progress.done)")
      case .saved: events.append("saved")
      case .finished(let result): events.append("finished \(result.paper)")
      }
    }
  }

  @Test func observersAreToldWhatHappens() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let staged = RunDescription(
      paper: "worldmodels", environment: .pendulum, seed: 2, preset: .smoke,
      configuration: WorldModelsAgent.configuration(.smoke, for: .pendulum))
    let witness = Witness()
    var run = try TrainingRun<WorldModelsAgent>(staged, in: root)
    _ = try run.run(through: "vision", observedBy: [witness])
    #expect(
      witness.events == [
        "collect from 0", "collect to 6", "saved", "vision from 0", "vision to 20", "saved",
      ])
    #expect(witness.rounds.map(\.stage.progress.done) == [6, 10, 20])
    #expect(witness.rounds.allSatisfy { $0.returns.isEmpty })
    witness.events = []
    _ = try run.run(observedBy: [witness])
    #expect(
      witness.events == [
        "memory from 0", "memory to 20", "saved", "controller from 0", "evaluated at 1", "evaluated at 2",
        "evaluated at 3", "controller to 3", "saved", "finished worldmodels",
      ])
    #expect(witness.rounds.last?.returns == run.agent.trainingReturns.values)
    #expect(witness.rounds.last?.returns.count == 3)
    witness.events = []
    _ = try run.run(observedBy: [witness])
    #expect(witness.events == [], "nothing happens in a run that was finished")
  }
}
