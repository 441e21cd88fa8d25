import Curriculum
import Environments
import Networks
import Tensors
import Training

/// The agent of "Dream to Control" (Hafner et al. 2020): learn a world model from experience, learn to
/// act inside it, act, and repeat.
public struct DreamerV1: Sendable {
  public var worldModel: WorldModel
  public var behavior: Behavior
  public var environment: any Environment
  public var random: SplitMix64
  let configuration: DreamerV1Configuration
  var modelOptimizer: Adam
  var actorOptimizer: Adam
  var criticOptimizer: Adam
  var replay: ReplayBuffer
  var policy: Policy
  var scaling: ObservationScaling
  public private(set) var environmentSteps = 0
  public private(set) var gradientSteps = 0
  var episodeSeed: UInt64
  var observation: [Float] = []
  var needsReset = true
  public var metrics: [String: Float] = [:]

  public init(environment: any Environment, configuration: DreamerV1Configuration, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.configuration = configuration
    self.environment = environment
    let observationSize = environment.observationSpace.count
    let actionSize = environment.actionSpace.count
    worldModel = WorldModel(
      observationSize: observationSize, actionSize: actionSize, configuration: configuration, using: &random)
    behavior = Behavior(actionSize: actionSize, configuration: configuration, using: &random)
    let clip = Float(configuration.clipNorm)
    modelOptimizer = Adam(for: worldModel, rate: Float(configuration.modelRate), clipNorm: clip)
    actorOptimizer = Adam(for: behavior.actor, rate: Float(configuration.actorRate), clipNorm: clip)
    criticOptimizer = Adam(for: behavior.critic, rate: Float(configuration.criticRate), clipNorm: clip)
    replay = ReplayBuffer(
      observationSize: observationSize, actionSize: actionSize, capacity: 100_000,
      crossesEpisodes: configuration.crossesEpisodes)
    scaling = ObservationScaling(size: observationSize)
    policy = Policy(model: worldModel, actor: behavior.actor, batch: 1, actionSize: actionSize)
    episodeSeed = random.next()
    self.random = random
  }

  public mutating func train() {
    collect(steps: gradientSteps == 0 ? configuration.prefill : configuration.trainEvery)
    for _ in 0..<(gradientSteps == 0 ? configuration.pretrain : 1) {
      let batch = replay.sample(batchSize: configuration.batchSize, length: configuration.batchLength, using: &random)
      let states = learnModel(batch)
      learnBehavior(from: states)
      gradientSteps += 1
    }
  }

  mutating func collect(steps: Int) {
    policy.model = worldModel
    policy.actor = behavior.actor
    for _ in 0..<steps {
      if needsReset {
        observation = environment.reset(seed: episodeSeed)
        episodeSeed &+= 1
        replay.startEpisode(with: observation)
        policy.reset()
        needsReset = false
      }
      let action: [Float]
      if environmentSteps < configuration.prefill {
        action = (0..<environment.actionSpace.count).map { _ in Float(random.uniform(in: -1...1)) }
      } else {
        action = policy.act(Tensor([scaling.apply(observation)]), noise: Float(configuration.explorationNoise), mode: false, using: &random).scalars
      }
      let result = environment.step(environment.actionSpace.scaled(action))
      replay.append(
        action: action, observation: result.observation, reward: result.reward * Float(configuration.rewardScale),
        isTerminal: result.terminated)
      observation = result.observation
      environmentSteps += 1
      needsReset = result.terminated || result.truncated
    }
    if gradientSteps == 0 { scaling.fit(replay.allObservations) }
  }

  mutating func learnModel(_ batch: SequenceBatch) -> LatentState {
    var batch = batch
    batch.observations = scaling.apply(batch.observations)
    var parts: WorldModel.Losses?
    var states: LatentState?
    let (_, gradients) = valueWithGradient(at: worldModel) { model in
      let result = model.losses(batch, using: &random)
      (parts, states) = (result.losses, result.states)
      return result.losses.total
    }
    metrics["model/norm"] = modelOptimizer.update(&worldModel, along: gradients)
    metrics["model/observation"] = parts!.observation.scalar
    metrics["model/reward"] = parts!.reward.scalar
    metrics["model/kl"] = parts!.kl.scalar
    if let c = parts!.continue { metrics["model/continue"] = c.scalar }
    return states!.withoutGradient
  }

  mutating func learnBehavior(from states: LatentState) {
    let total = configuration.batchSize * configuration.batchLength
    let flat = LatentState(
      deterministic: states.deterministic.reshaped([total, -1]), stochastic: states.stochastic.reshaped([total, -1]))
    let chosen = Array(random.shuffled(Array(0..<total)).prefix(configuration.imaginationStarts))
    let start = LatentState(deterministic: flat.deterministic.rows(chosen), stochastic: flat.stochastic.rows(chosen))
    var dream: Behavior.Dream?
    let (actorLoss, actorGradients) = valueWithGradient(at: behavior.actor) { actor in
      let result = behavior.actorLoss(actor, from: start, model: worldModel, using: &random)
      dream = result.dream
      return result.loss
    }
    let (criticLoss, criticGradients) = valueWithGradient(at: behavior.critic) { critic in
      behavior.criticLoss(critic, dream: dream!)
    }
    metrics["actor/norm"] = actorOptimizer.update(&behavior.actor, along: actorGradients)
    metrics["critic/norm"] = criticOptimizer.update(&behavior.critic, along: criticGradients)
    metrics["actor/loss"] = actorLoss.scalar
    metrics["critic/loss"] = criticLoss.scalar
  }

  public func evaluate(episodes: Int, seed: UInt64, mode: Bool = true) -> [Double] {
    var random = SplitMix64(seed: seed)
    var policy = Policy(model: worldModel, actor: behavior.actor, batch: episodes, actionSize: environment.actionSpace.count)
    var worlds = (0..<episodes).map { _ in environment }
    var observations = worlds.indices.map { worlds[$0].reset(seed: seed + UInt64($0)) }
    var returns = [Double](repeating: 0, count: episodes)
    var done = [Bool](repeating: false, count: episodes)
    let size = environment.actionSpace.count
    while done.contains(false) {
      let actions = policy.act(Tensor(observations.map { scaling.apply($0) }), noise: 0, mode: mode, using: &random).scalars
      for i in worlds.indices where !done[i] {
        let r = worlds[i].step(environment.actionSpace.scaled(Array(actions[i * size..<(i + 1) * size])))
        observations[i] = r.observation
        returns[i] += Double(r.reward)
        done[i] = r.terminated || r.truncated
      }
    }
    return returns
  }
}

struct ObservationScaling: Sendable {
  var mean: Tensor
  var deviation: Tensor
  init(size: Int) { mean = .zeros([size]); deviation = .ones([size]) }
  mutating func fit(_ observations: Tensor) {
    mean = observations.mean(0)
    deviation = sqrt(square(observations - mean).mean(0)) + 1e-3
  }
  func apply(_ x: Tensor) -> Tensor { (x - mean) / deviation }
  func apply(_ x: [Float]) -> [Float] { apply(Tensor(x)).scalars }
}

struct Policy: Sendable {
  var model: WorldModel
  var actor: Actor
  var state: LatentState
  var action: Tensor
  init(model: WorldModel, actor: Actor, batch: Int, actionSize: Int) {
    self.model = model
    self.actor = actor
    state = model.rssm.initialState(batch: batch)
    action = .zeros([batch, actionSize])
  }
  mutating func reset() {
    state = model.rssm.initialState(batch: action.shape[0])
    action = .zeros(action.shape)
  }
  mutating func act(_ observations: Tensor, noise: Float, mode: Bool, using random: inout SplitMix64) -> Tensor {
    state = model.rssm.observeStep(state, action: action, embedding: model.encoder(observations), using: &random).state
    let d = actor(state.features)
    action = mode ? tanh(d.normal.mean) : d.sample(using: &random)
    if noise > 0 { action = (action + noise * Tensor.normal(action.shape, using: &random)).clamped(-1, 1) }
    return action
  }
}

extension Space {
  func scaled(_ action: [Float]) -> [Float] {
    guard case .box(let low, let high) = self else { return action }
    return action.indices.map { low[$0] + (action[$0] + 1) / 2 * (high[$0] - low[$0]) }
  }
}
