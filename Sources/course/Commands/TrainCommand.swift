import Environments
import Figures
import Foundation
import Support
import Training

/// `course train`: trains a paper's agent on a task.
enum TrainCommand: Command {
  static let name = "train"
  static let usage = "<paper> [options]  |  --resume RUN [options]"
  static let summary = "Trains a paper's agent on a task and writes a report."
  static let options = [
    Option("environment", "NAME", "the task; pendulum if left out"),
    Option("seed", "N", "fixes everything random; 0 if left out"),
    Option("steps", "N", "environment steps; worldmodels is as long as its generations: --set generations=N"),
    Option("preset", "NAME", "laptop, paper or smoke"),
    Option("set", "KEY=VALUE", "changes one setting; may be repeated; --set help lists all"),
    Option(
      "stage", "NAME",
      "stops after this stage (worldmodels: collect, vision, memory, controller); with --resume begins it again"
    ),
    Option("dream", nil, "trains the controller inside the model's dream: --set dream=true"),
    Option("quick", nil, "the smoke preset: seconds, to see that everything works"),
    Option("resume", "RUN", "goes on with a run that was interrupted"),
    Option("mine", nil, "trains your own chapter from Exercises"),
    Option("runs", "FOLDER", "where runs are kept; runs if left out"),
  ]

  static func run(_ arguments: Arguments) throws -> Int32 {
    if arguments.has("mine") && !MineBuild.isActive { try MineBuild.rerun() }
    let root = arguments.value("runs") ?? "runs"
    if arguments.has("quick"), arguments.has("preset") {
      throw InvalidInput("--quick is --preset smoke: give one of them")
    }
    if let name = arguments.value("resume") {
      for option in ["environment", "seed", "preset", "quick"] where arguments.has(option) {
        throw InvalidInput("a run that goes on keeps what it began with: --\(option) is for new runs")
      }
      let directory = try RunDirectory.find(name, in: root)
      let paper = try arguments.positions.first.map(Papers.named) ?? Papers.of(directory)
      return try resume(paper, directory, arguments)
    }
    return try start(Papers.named(arguments.onlyPosition()), arguments, root: root)
  }

  private static func start<A: Agent>(_ agent: A.Type, _ arguments: Arguments, root: String) throws -> Int32 {
    let environment = try BundledEnvironment(
      named: arguments.value("environment") ?? "pendulum", "environment")
    let preset = try Preset(
      named: arguments.value("preset") ?? (arguments.has("quick") ? "smoke" : "laptop"), "preset")
    var configuration = A.configuration(preset, for: environment)
    if arguments.all("set").contains("help") {
      print(configuration.settings.joined(separator: "\n"))
      return 0
    }
    configuration = try configuration.setting(assignments(arguments, of: A.self))
    let seed = try UInt64(arguments.integer("seed", atLeast: 0) ?? 0)
    if let stage = arguments.value("stage") { try TrainingRun<A>.check(stage: stage) }
    return try finish(
      TrainingRun<A>(
        RunDescription(
          paper: A.paper, environment: environment, seed: seed, preset: preset, configuration: configuration),
        in: root), through: arguments.value("stage"))
  }

  private static func resume<A: Agent>(
    _ agent: A.Type, _ directory: RunDirectory, _ arguments: Arguments
  ) throws -> Int32 {
    let stage = arguments.value("stage")
    return try finish(
      TrainingRun<A>(
        resuming: directory, setting: assignments(arguments, of: A.self), restarting: stage), through: stage)
  }

  /// The settings that the call changes.
  private static func assignments<A: Agent>(_ arguments: Arguments, of agent: A.Type) throws -> [String] {
    var assignments = arguments.all("set") + (arguments.has("dream") ? ["dream=true"] : [])
    if let steps = try arguments.integer("steps", atLeast: 1) {
      guard A.lengthSetting == "steps" else {
        throw InvalidInput(
          "\(A.paper) is not measured in steps but in \(A.lengthSetting): --set \(A.lengthSetting)=N")
      }
      assignments.append("steps=\(steps)")
    }
    return assignments
  }

  private static func finish<A: Agent>(_ run: TrainingRun<A>, through stage: String?) throws -> Int32 {
    var run = run
    let description = run.description
    print(
      "\(description.paper) on \(description.environment.rawValue), seed \(description.seed): \(run.directory.path)"
    )
    try Interrupted.catching {
      let outcome = try run.run(through: stage, observedBy: [TrainingLine()])
      show(outcome, of: run, through: stage)
    }
    return 0
  }

  private static func show<A: Agent>(
    _ outcome: TrainingRun<A>.Outcome, of run: TrainingRun<A>, through stage: String?
  ) {
    let directory = run.directory
    switch outcome {
    case .interrupted:
      print("interrupted at \(NumberText.grouped(run.agent.environmentSteps)) steps; go on with:")
      print("swift run course train --resume \(directory.path)\(MineBuild.isActive ? " --mine" : "")")
    case .stageFinished:
      print("stage \(stage ?? "") is done; report: \(directory.report); go on with:")
      print("swift run course train --resume \(directory.path)\(MineBuild.isActive ? " --mine" : "")")
    case .finished(let result):
      print("report: \(directory.report)")
      guard let outcome = result.outcome else { return }
      print(
        String(
          format: "final return: %.1f ± %.1f over %d episodes (normalised score %.1f)", outcome.mean,
          outcome.deviation, outcome.returns.count, outcome.score))
    }
  }
}
