import DreamerV1
import Environments
import Foundation
import Support
import Testing
import Training
import WorldModels

@Suite struct TrainingRunTests {
  private let root = NSTemporaryDirectory() + "runs-\(UUID().uuidString)"
  private let description = RunDescription(
    paper: "dreamerv1", environment: .pendulum, seed: 2, preset: .smoke,
    configuration: DreamerV1Agent.configuration(.smoke, for: .pendulum))

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func aRunThatIsInterruptedGoesOnAsIfNothingHadHappened() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var whole = try TrainingRun<DreamerV1Agent>(description, in: root)
    guard case .finished(let expected) = try whole.run() else { return #expect(Bool(false), "not finished") }

    var rounds = 0
    var first = try TrainingRun<DreamerV1Agent>(description, in: root)
    let outcome = try first.run {
      rounds += 1
      return rounds > 3
    }
    guard case .interrupted = outcome else { return #expect(Bool(false), "not interrupted") }
    var second = try TrainingRun<DreamerV1Agent>(resuming: first.directory)
    guard case .finished(let found) = try second.run() else { return #expect(Bool(false), "not finished") }

    #expect(first.directory.name == "dreamerv1-pendulum-seed2-2")
    #expect(found.outcome == expected.outcome && found.outcome?.returns.count == 50)
    #expect(try text(second.directory.metrics) == text(whole.directory.metrics))
    #expect(
      try Data(contentsOf: URL(filePath: second.directory.checkpoint))
        == Data(contentsOf: URL(filePath: whole.directory.checkpoint)))
  }

  @Test func aRunLeavesEverythingToLookAt() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var run = try TrainingRun<DreamerV1Agent>(description, in: root)
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

  // MARK: Runs of several stages

  private let staged = RunDescription(
    paper: "worldmodels", environment: .pendulum, seed: 2, preset: .smoke,
    configuration: WorldModelsAgent.configuration(.smoke, for: .pendulum))

  @Test func aRunOfStagesGoesOnWhereverItWasInterrupted() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var whole = try TrainingRun<WorldModelsAgent>(staged, in: root)
    guard case .finished(let expected) = try whole.run() else { return #expect(Bool(false), "not finished") }
    var directory = try TrainingRun<WorldModelsAgent>(staged, in: root).directory
    var run = try TrainingRun<WorldModelsAgent>(staged, in: root)
    for _ in 0..<20 {
      var rounds = 0
      let outcome = try run.run {
        rounds += 1
        return rounds > 1
      }
      if case .finished(let found) = outcome {
        #expect(found.outcome == expected.outcome && found.outcome?.returns.count == 50)
        break
      }
      directory = run.directory
      run = try TrainingRun<WorldModelsAgent>(resuming: directory)
    }
    #expect(run.isFinished)
    #expect(try text(run.directory.metrics) == text(whole.directory.metrics))
  }

  @Test func aRunStopsAfterAStageAndBeginsItAgain() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var run = try TrainingRun<WorldModelsAgent>(staged, in: root)
    guard case .stageFinished = try run.run(through: "vision") else {
      return #expect(Bool(false), "not stopped")
    }
    #expect(run.agent.stage.name == "memory" && run.agent.gradientSteps == 20)
    var again = try TrainingRun<WorldModelsAgent>(
      resuming: run.directory, setting: ["visionUpdates=30"], restarting: "vision")
    guard case .stageFinished = try again.run(through: "vision") else {
      return #expect(Bool(false), "not stopped")
    }
    #expect(again.agent.gradientSteps == 30)
    let kept = try run.directory.readConfiguration(RunDescription<WorldModelsConfiguration>.self)
    #expect(kept.configuration.visionUpdates == 30)
    let message = try #require(throws: InvalidInput.self) {
      try TrainingRun<WorldModelsAgent>(resuming: run.directory, restarting: "sleep")
    }.description
    #expect(message == "unknown stage 'sleep': expected one of collect, vision, memory, controller")
    #expect(throws: InvalidInput.self) { try TrainingRun<DreamerV1Agent>.check(stage: "vision") }
  }

  @Test func aRunThatWasKilledAtOnceCanGoOn() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let directory = try TrainingRun<WorldModelsAgent>(staged, in: root).directory
    var run = try TrainingRun<WorldModelsAgent>(resuming: directory)
    guard case .stageFinished = try run.run(through: "collect") else {
      return #expect(Bool(false), "not stopped")
    }
    #expect(run.agent.stage.name == "vision")
  }

  @Test func aStageThatLiesAheadIsNotBegunAgain() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var whole = try TrainingRun<WorldModelsAgent>(staged, in: root)
    _ = try whole.run(through: "vision")
    var rounds = 0
    var part = try TrainingRun<WorldModelsAgent>(staged, in: root)
    _ = try part.run {
      rounds += 1
      return rounds > 2
    }
    #expect(part.agent.stage.name == "vision")
    var rest = try TrainingRun<WorldModelsAgent>(resuming: part.directory, restarting: "vision")
    #expect(rest.agent.progress.done == 10, "what is not finished goes on")
    _ = try rest.run(through: "vision")
    #expect(
      try Data(contentsOf: URL(filePath: rest.directory.checkpoint))
        == Data(contentsOf: URL(filePath: whole.directory.checkpoint)))
    var ahead = try TrainingRun<WorldModelsAgent>(resuming: part.directory, restarting: "controller")
    #expect(ahead.agent.stage.name == "memory" && ahead.agent.gradientSteps == 20)
    _ = try ahead.run()
    #expect(ahead.isFinished)
  }

  @Test func theSearchCanBeBegunAgainForAnotherController() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var run = try TrainingRun<WorldModelsAgent>(staged, in: root)
    _ = try run.run()
    let message = try #require(throws: InvalidInput.self) {
      try TrainingRun<WorldModelsAgent>(resuming: run.directory, setting: ["usesMemory=false"])
    }.description
    #expect(message.contains("--stage controller begins the search again"))
    var blind = try TrainingRun<WorldModelsAgent>(
      resuming: run.directory, setting: ["usesMemory=false"], restarting: "controller")
    #expect(blind.agent.stage.name == "controller" && blind.agent.progress.done == 0)
    _ = try blind.run()
    #expect(blind.agent.search.mean.count < run.agent.search.mean.count)
    #expect(blind.agent.model.vision.parameterCount == run.agent.model.vision.parameterCount)
  }

  @Test(arguments: [("collect", 0), ("vision", 6)])
  func aStageCanBeBegunAgainWithOtherSizes(_ stage: String, _ episodes: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var run = try TrainingRun<WorldModelsAgent>(staged, in: root)
    _ = try run.run()
    var larger = try TrainingRun<WorldModelsAgent>(
      resuming: run.directory, setting: ["latentSize=5"], restarting: stage)
    #expect(larger.agent.stage.name == stage && larger.agent.history.episodes == episodes)
    #expect(larger.agent.gradientSteps == 0 && larger.scores.isEmpty)
    _ = try larger.run()
    #expect(larger.agent.model.memory.parameterCount > run.agent.model.memory.parameterCount)
  }

  @Test func newSettingsAreUsedOrRefused() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var stages = try TrainingRun<WorldModelsAgent>(staged, in: root)
    _ = try stages.run()
    var piece = try TrainingRun<DreamerV1Agent>(description, in: root)
    _ = try piece.run()
    let messages = try [
      #require(throws: InvalidInput.self) {
        try TrainingRun<WorldModelsAgent>(resuming: stages.directory, setting: ["dream=true"])
      }.description,
      #require(throws: InvalidInput.self) {
        try TrainingRun<DreamerV1Agent>(resuming: piece.directory, setting: ["actorRate=1e-4"])
      }.description,
    ]
    #expect(
      messages == [
        "from which stage on are the new settings to be used? expected --stage with one of collect, vision, "
          + "memory, controller",
        "the run is finished: new settings need more steps",
      ])
    let kept = try stages.directory.readConfiguration(RunDescription<WorldModelsConfiguration>.self)
    #expect(kept.configuration == staged.configuration, "what was refused is not kept")
    let longer = try TrainingRun<DreamerV1Agent>(
      resuming: piece.directory, setting: ["steps=250", "actorRate=1e-4"])
    #expect(!longer.isFinished)
    #expect(try !TrainingRun<DreamerV1Agent>(resuming: piece.directory).isFinished, "new steps are kept")
  }

  @Test func aReportDreamsOnceSomebodyCanAct() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var run = try TrainingRun<WorldModelsAgent>(staged, in: root)
    _ = try run.run(through: "vision")
    #expect(!FileManager.default.fileExists(atPath: run.directory.dreamFilm))
    #expect(try !text(run.directory.report).contains("Dream against reality"))
    _ = try run.run()
    #expect(try text(run.directory.report).contains("final return"))
    let again = try TrainingRun<WorldModelsAgent>(resuming: run.directory)
    try FileManager.default.removeItem(atPath: run.directory.report)
    let files = try again.drawDream(seed: 7)
    #expect(files == [again.directory.dreamFilm, again.directory.dreamCurves, again.directory.report])
    let page = try text(run.directory.report)
    #expect(page.contains("Dream against reality") && page.contains("final return"))
  }
}
