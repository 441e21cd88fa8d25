import CourseTesting
import Environments
import Kernels
import Networks
import Support
import Tensors
import Testing
import Training
import WorldModels

@Suite struct WorldModelsTests {
  private static func agent(
    _ environment: any Environment = Pendulum(), _ change: (inout WorldModelsConfiguration) -> Void = { _ in }
  ) throws -> WorldModelsAgent {
    var settings = WorldModelsAgent.configuration(.smoke, for: .pendulum)
    change(&settings)
    try settings.validate()
    return try WorldModelsAgent(environment: environment, configuration: settings, seed: 4)
  }

  /// Trains to the end of a stage.
  private static func finish(_ agent: inout WorldModelsAgent, through stage: WorldModelsAgent.Stage) {
    let last = WorldModelsAgent.stageNames.firstIndex(of: stage.rawValue)!
    while WorldModelsAgent.stageNames.firstIndex(of: agent.stage.name)! <= last, !agent.progress.isFinished {
      _ = agent.train()
    }
  }

  private static func numbers(_ agent: WorldModelsAgent) throws -> Checkpoint {
    var checkpoint = Checkpoint()
    try agent.save(to: &checkpoint)
    return checkpoint
  }

  // MARK: Stages

  @Test func theStagesFollowEachOther() throws {
    var agent = try Self.agent()
    var seen: [String] = []
    while !agent.progress.isFinished {
      if seen.last != agent.stage.name { seen.append(agent.stage.name) }
      _ = agent.train()
    }
    #expect(seen == ["collect", "vision", "memory", "controller"])
    #expect(agent.stage.name == "controller" && agent.gradientSteps == 40)
    #expect(agent.stages.map(\.progress.done) == [6, 20, 20, 3])
    #expect(agent.trainingReturns.values.count == 3)
    #expect(agent.pictures.map(\.name) == ["reconstructions", "prior", "traversals"])
  }

  @Test(arguments: WorldModelsAgent.stageNames) func aStageBegunAgainComesToTheSame(_ stage: String) throws {
    var agent = try Self.agent()
    Self.finish(&agent, through: .controller)
    let expected = try Self.numbers(agent)
    agent.restart(stage: stage)
    #expect(agent.stage.name == stage && agent.progress.done == 0)
    Self.finish(&agent, through: .controller)
    // Only the counter of steps goes on where a stage played in the environment.
    let counted = agent.environmentSteps
    if stage == "collect" { #expect(try Self.numbers(agent) == expected) }
    #expect(try Self.numbers(agent).integers("search.mean") == expected.integers("search.mean"))
    #expect(counted > 0)
  }

  @Test func settingsThatDoNotFitAreRefusedInOneLine() throws {
    let message = try #require(throws: InvalidInput.self) {
      try WorldModelsAgent(
        environment: GridRacing(imageSize: 24), configuration: .preset(.smoke), seed: 0)
    }.description
    #expect(message.contains("imageSize 16") && message.contains("24×24"))
    for assignment in ["decoderKernels=6,5", "memoryLength=1", "temperature=0", "encoderChannels=8,8,8"] {
      #expect(throws: InvalidInput.self) {
        try WorldModelsConfiguration.preset(.smoke).setting([assignment])
      }
    }
  }

  // MARK: V and M

  @Test func noTensorOfTheModelIsLeftUnvisited() throws {
    let agent = try Self.agent()
    #expect(unvisitedTensors(in: agent.model) == [])
    let pictures = try Self.agent(GridRacing(imageSize: 16))
    #expect(unvisitedTensors(in: pictures.model) == [])
  }

  @Test func theMemoryIsEmptiedWhereAnEpisodeBegins() throws {
    let memory = try Self.agent().model.memory
    var random = SplitMix64(seed: 6)
    let latents = Tensor.normal([2, 5, 4], using: &random)
    let actions = Tensor.normal([2, 5, 1], using: &random)
    let isFirst = Tensor([[0, 0, 0, 1, 0], [1, 0, 0, 0, 0]])
    let whole = memory.memories(latents: latents, actions: actions, isFirst: isFirst)
    for row in 0..<2 {
      var state = memory.cell.initialState(batch: 1)
      for t in 0..<5 {
        if isFirst[row, t] == 1 { state = memory.cell.initialState(batch: 1) }
        let (z, a) = (latents.at(t, axis: 1).rows([row]), actions.at(t, axis: 1).rows([row]))
        state = memory.step(z, actions: a, state: state)
        expectClose(
          whole.at(t, axis: 1).rows([row]).scalars.map(Double.init), state.hidden.scalars.map(Double.init),
          rtol: 1e-5, atol: 1e-6, "h of row \(row) at \(t)")
      }
    }
  }

  @Test func whatFollowsAnEpisodesEndIsNotPredicted() throws {
    let memory = try Self.agent().model.memory
    var random = SplitMix64(seed: 7)
    var batch = SequenceBatch(
      observations: .zeros([1, 4, 4]), actions: .normal([1, 4, 1], using: &random),
      rewards: Tensor([[0, 1, 0, 2]]), continues: Tensor([[1, 0, 1, 1]]), isFirst: Tensor([[1, 0, 1, 0]]))
    let latents = Tensor.normal([1, 4, 4], using: &random)
    let before = memory.losses(latents: latents, batch, doneWeight: 10)
    // Reward and end at the boundary are those of a reset, and may be anything.
    batch.rewards = Tensor([[0, 1, 50, 2]])
    batch.continues = Tensor([[1, 0, 0, 1]])
    let after = memory.losses(latents: latents, batch, doneWeight: 10)
    #expect(before.reward.scalar == after.reward.scalar && before.done.scalar == after.done.scalar)
    batch.rewards = Tensor([[0, 1, 0, 50]])
    #expect(memory.losses(latents: latents, batch, doneWeight: 10).reward.scalar > after.reward.scalar)
  }

  // MARK: Actions

  @Test func actionsStayInTheirSpaceAndComeBack() throws {
    var random = SplitMix64(seed: 9)
    for environment: any Environment in [Pendulum(), GridRacing(imageSize: 16), SequenceTask()] {
      let format = try ActionFormat(environment.actionSpace)
      for _ in 0..<50 {
        let action = format.action((0..<format.size).map { _ in Float(3 * random.normal()) })
        #expect(environment.actionSpace.contains(action))
        #expect(format.input(action).count == format.size)
      }
    }
    #expect(try ActionFormat(.discrete(3)).input([2]) == [0, 0, 1])
    #expect(try ActionFormat(.discrete(3)).action([0.5, 0.5, -1]) == [0])
    #expect(try ActionFormat(Pendulum().actionSpace).input([-2]) == [-1])
    #expect(throws: InvalidInput.self) { try ActionFormat(.box(low: [0], high: [.infinity])) }
  }

  // MARK: Populations and dreams

  @Test func neitherWorkersNorNeighboursChangeAReturn() throws {
    var agent = try Self.agent()
    Self.finish(&agent, through: .memory)
    var random = SplitMix64(seed: 1)
    let size = Controller.parameterCount(sizes: [4 + 11, 1])
    let controllers = (0..<7).map { _ in
      Controller(parameters: (0..<size).map { _ in Float(random.normal()) }, sizes: [15, 1])
    }
    var population = Population(
      model: agent.model, format: try ActionFormat(Pendulum().actionSpace), usesMemory: true)
    func play() -> Population.Result {
      population.evaluate(controllers, rollouts: 3) { episodes in
        RealWorlds(Pendulum(), seeds: episodes.map { UInt64($0) }, model: agent.model)
      }
    }
    population.groupSize = 6
    let parallel = play()
    var serial: Population.Result?
    // Inside a parallel loop there are no workers left.
    parallelFor(2, costPerItem: 1 << 30) { if $0.contains(0) { serial = play() } }
    #expect(parallel == serial)
    #expect(parallel.returns.count == 7 && parallel.steps == 7 * 3 * 200)
    population.groupSize = 21
    expectClose(play().returns, parallel.returns, rtol: 1e-3, atol: 0, "returns in larger groups")
  }

  @Test func aDreamIsAnEnvironment() throws {
    var agent = try Self.agent { $0.dreamSteps = 7 }
    Self.finish(&agent, through: .memory)
    var dream = agent.dreamEnvironment(temperature: 0.5)
    #expect(dream.name == "dream of pendulum" && dream.observationSpace == Pendulum().observationSpace)
    func episode(seed: UInt64) -> [StepResult] {
      #expect(dream.reset(seed: seed).count == 3)
      var steps: [StepResult] = []
      repeat { steps.append(dream.step([1])) } while !steps.last!.isLast
      return steps
    }
    let first = episode(seed: 3)
    #expect(first == episode(seed: 3) && first != episode(seed: 4))
    #expect(first.count <= 7 && first.allSatisfy { $0.observation.allSatisfy(\.isFinite) })
    #expect(dream.render(width: 20, height: 20).width == 20)
  }

  @Test func temperatureWidensTheDreams() throws {
    var random = SplitMix64(seed: 2)
    let density = MixtureDensity(
      logits: .zeros([4_000, 1]), means: .zeros([4_000, 1]), logDeviations: .zeros([4_000, 1]))
    for temperature: Float in [0.5, 2] {
      let draws = density.atTemperature(temperature).sample(using: &random).scalars.map(Double.init)
      #expect(abs(Statistics(draws).deviation - Double(temperature).squareRoot()) < 0.05)
    }
  }

  @Test func cLearnsInsideADream() throws {
    var agent = try Self.agent { $0.dream = true }
    Self.finish(&agent, through: .memory)
    let steps = agent.environmentSteps
    Self.finish(&agent, through: .controller)
    #expect(agent.environmentSteps == steps, "a dream takes no step in the environment")
    #expect(agent.search.generation == 3)
    let (cold, hot) = (
      agent.dreamReturns(episodes: 5, temperature: 0.1, seed: 1),
      agent.dreamReturns(episodes: 5, temperature: 2, seed: 1)
    )
    #expect(cold.count == 5 && Set(cold).count == 5 && cold != hot)
    #expect(cold == agent.dreamReturns(episodes: 5, temperature: 0.1, seed: 1))
  }

  // MARK: Why M matters

  @Test(arguments: [true, false]) func onlyAMemoryRemembers(_ usesMemory: Bool) throws {
    let task = SequenceTask(memorySize: 1, delay: 2, alphabetSize: 3)
    var agent = try Self.agent(task) { settings in
      (settings.episodes, settings.visionUpdates, settings.memoryUpdates) = (400, 200, 600)
      (settings.latentSize, settings.units, settings.memorySize) = (6, 32, 16)
      (settings.rewardScale, settings.memoryRate, settings.memoryBatch) = (5, 1e-2, 16)
      (settings.populationSize, settings.rollouts, settings.generations) = (16, 16, 40)
      (settings.initialStepSize, settings.usesMemory) = (0.5, usesMemory)
    }
    Self.finish(&agent, through: .controller)
    let score = Evaluation(200, in: task, seed: 1, policy: agent.policy(batch: 200, seed: 0)).statistics.mean
    #expect(usesMemory ? score > 0.9 : score < 0.5, "the share of right answers is \(score), chance 0.33")
  }
}
