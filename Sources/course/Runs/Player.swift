import Environments
import Support
import Tensors
import Training

/// Who plays an episode: a policy that needs no learning, or what a run has learned.
struct Player {
  /// `expert`, `random`, or the run's name.
  let name: String
  /// The task as the player knows it: what has learned from small pictures cannot see large ones.
  let environment: any Environment
  /// What to do in a world with an observation of it; remembers what it needs from step to step.
  let act: (any Environment, [Float]) -> [Float]

  /// The player that the user named.
  ///
  /// - Throws: `InvalidInput` for a name that is neither a scripted policy's nor a run's, or for a run of another
  ///   task; `CourseError` for a run that cannot be read.
  init(named name: String, for task: BundledEnvironment, seed: UInt64, runs: String) throws {
    if let policy = ScriptedPolicy(rawValue: name) {
      var random = SplitMix64(seed: ~seed)
      self.init(name: name, environment: task.make()) { environment, _ in
        policy.action(in: environment, using: &random)
      }
      return
    }
    let directory: RunDirectory
    do {
      directory = try RunDirectory.find(name, in: runs)
    } catch let error as InvalidInput {
      throw InvalidInput("--policy is expert, random or a run; \(error)")
    }
    let paper = try Papers.of(directory)
    self = try Self.learned(paper, directory, task, seed: seed)
  }

  private init(
    name: String, environment: any Environment, act: @escaping (any Environment, [Float]) -> [Float]
  ) {
    self.name = name
    self.environment = environment
    self.act = act
  }

  private static func learned<A: Agent>(
    _ agent: A.Type, _ directory: RunDirectory, _ task: BundledEnvironment, seed: UInt64
  ) throws -> Player {
    let run = try TrainingRun<A>(resuming: directory)
    guard run.description.environment == task else {
      throw InvalidInput(
        "the run '\(directory.name)' has learned \(run.description.environment.rawValue), not \(task.rawValue)"
      )
    }
    var policy = run.agent.policy(batch: 1, seed: seed)
    let environment = A.environment(task, for: run.description.configuration)
    return Player(name: directory.name, environment: environment) { _, observation in
      policy.act([observation])[0]
    }
  }
}
