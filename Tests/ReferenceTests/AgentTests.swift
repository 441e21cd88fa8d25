import CourseTesting
import DreamerV1
import DreamerV2
import Environments
import Foundation
import Networks
import Support
import Tensors
import Testing
import Training
import WorldModels

/// What must hold for every paper's reference agent; a new paper joins by one line here.
@Suite struct AgentTests {
  static let agents: [any Agent.Type] = [
    WorldModelsAgent.self, DreamerV1Agent.self, DreamerV2Agent.self,
  ]

  /// An agent at the smallest size, past its random start.
  private static func make<A: Agent>(_ type: A.Type, seed: UInt64 = 3, _ task: BundledEnvironment = .pendulum)
    throws -> A
  {
    let settings = A.configuration(.smoke, for: task)
    return try A(environment: A.environment(task, for: settings), configuration: settings, seed: seed)
  }

  private static func numbers(_ agent: some Agent) throws -> Checkpoint {
    var checkpoint = Checkpoint()
    try agent.save(to: &checkpoint)
    return checkpoint
  }

  @Test(arguments: agents) func theSameSeedGivesTheSameAgentAndAnotherSeedDoesNot(_ type: any Agent.Type)
    throws
  {
    func check<A: Agent>(_ type: A.Type) throws {
      var (first, second, other) = try (Self.make(type), Self.make(type), Self.make(type, seed: 4))
      for _ in 0..<3 {
        _ = (first.train(), second.train(), other.train())
      }
      #expect(try Self.numbers(first) == Self.numbers(second))
      #expect(try Self.numbers(first) != Self.numbers(other))
    }
    try check(type)
  }

  @Test(arguments: agents, [BundledEnvironment.pendulum, .cartpole, .sequence, .racing])
  func tenRoundsAreFiveSavedLoadedAndFiveMore(_ type: any Agent.Type, _ task: BundledEnvironment) throws {
    func check<A: Agent>(_ type: A.Type) throws {
      var straight = try Self.make(type, task)
      for _ in 0..<10 { _ = straight.train() }
      var before = try Self.make(type, task)
      for _ in 0..<5 { _ = before.train() }
      let path = NSTemporaryDirectory() + "agent-\(A.paper)-\(task.rawValue)-\(getpid()).safetensors"
      defer { try? FileManager.default.removeItem(atPath: path) }
      try Self.numbers(before).write(to: path)
      var after = try Self.make(type, seed: 99, task)
      try after.load(from: Checkpoint(contentsOf: path))
      for _ in 0..<5 { _ = after.train() }
      #expect(try Self.numbers(after) == Self.numbers(straight))
      #expect(
        after.environmentSteps == straight.environmentSteps && after.gradientSteps == straight.gradientSteps)
    }
    try check(type)
  }

  @Test(arguments: agents) func lookingAtAnAgentChangesNothing(_ type: any Agent.Type) throws {
    func check<A: Agent>(_ type: A.Type) throws {
      var agent = try Self.make(type)
      _ = agent.train()
      let before = try Self.numbers(agent)
      let environment = BundledEnvironment.pendulum.make()
      let first = Evaluation(3, in: environment, seed: 5, policy: agent.policy(batch: 3, seed: 1))
      let second = Evaluation(3, in: environment, seed: 5, policy: agent.policy(batch: 3, seed: 1))
      #expect(first.returns == second.returns)
      #expect(Set(first.returns).count == 3)
      if let imagining = agent as? any ImaginingAgent {
        let imagined = imagining.imagine(first.episodes[0], context: 10, seed: 2)
        #expect(imagined.count == first.episodes[0].steps.count - 10)
        #expect(imagined.allSatisfy { $0.observation.count == 3 && $0.observation.allSatisfy(\.isFinite) })
      }
      #expect(try Self.numbers(agent) == before)
    }
    try check(type)
  }

  @Test(arguments: agents) func aCheckpointOfOtherSizesIsRefusedAndTheAgentStays(_ type: any Agent.Type)
    throws
  {
    func check<A: Agent>(_ type: A.Type) throws {
      var agent = try Self.make(type)
      _ = agent.train()
      let own = try Self.numbers(agent)
      var foreign = try Self.make(type, .cartpole)
      _ = foreign.train()
      let message = try #require(throws: CourseError.self) { try agent.load(from: Self.numbers(foreign)) }
        .description
      #expect(message.contains("has shape") && !message.contains("\n"))
      #expect(try Self.numbers(agent) == own)
    }
    try check(type)
  }

  @Test func whatATaskNeedsFollowsFromItsEnvironment() {
    for task in BundledEnvironment.allCases {
      let settings = DreamerV1Agent.configuration(.laptop, for: task)
      #expect(settings.predictsContinue == task.make().canTerminate, "\(task)")
    }
  }

  @Test func noTensorOfAModuleIsLeftUnvisited() throws {
    var agent = try Self.make(DreamerV1Agent.self, .cartpole)
    _ = agent.train()
    #expect(unvisitedTensors(in: agent.worldModel) == [])
    #expect(unvisitedTensors(in: agent.behavior) == [])
  }
}
