import Environments
import Networks
import Tensors
import Training

/// An agent that acts on what a latent world model believes: every Dreamer.
///
/// A paper brings its model, its policy and its loop. Acting in the world, dreaming an episode and keeping the run in
/// a checkpoint follow from the requirements below, and are the same for all.
public protocol DreamingAgent: ImaginingAgent, Module {
  /// The dynamics of its world model.
  associatedtype Dynamics: LatentDynamics

  /// How its world moves in latent space.
  var dynamics: Dynamics { get }
  /// What it carries from step to step while it acts.
  var acting: Acting { get set }
  /// Draws everything random.
  var random: SplitMix64 { get set }
  /// Times the world model was updated so far.
  var gradientSteps: Int { get set }
  /// Steps in the environment until the run is over.
  var totalSteps: Int { get }

  /// Observations on the networks' scale → embeddings, `[…, embedding]`.
  func embed(_ observations: Tensor) -> Tensor

  /// Features → the observations that they stand for, on the networks' scale, `[…, observation]`.
  func reconstruct(_ features: Tensor) -> Tensor

  /// Features → the rewards that they stand for, on the networks' scale, `[…]`.
  func reward(_ features: Tensor) -> Tensor

  /// The policy's actions as networks see them, `[batch, action]`.
  ///
  /// - Parameters:
  ///   - features: `[batch, feature]`.
  ///   - explores: whether to draw and explore, as for training, or to act as well as it can, for evaluation.
  ///   - random: draws the actions.
  func choose(_ features: Tensor, explores: Bool, using random: inout SplitMix64) -> Tensor
}

/// What an agent carries from step to step while it acts: its belief and its last action.
public struct Acting: Module {
  var latent: LatentState
  /// As networks see it, `[world, action]`.
  var action: Tensor

  /// The belief before anything was seen, in `worlds` worlds at once.
  public init(worlds: Int, actionSize: Int, dynamics: some LatentDynamics) {
    latent = dynamics.initialState(batch: worlds)
    action = .zeros([worlds, actionSize])
  }

  /// Shows belief and action to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("deterministic", &latent.deterministic)
    visitor("stochastic", &latent.stochastic)
    visitor("action", &action)
  }
}

extension DreamingAgent {
  // MARK: Acting

  /// Acts for some steps and remembers what happens.
  ///
  /// - Parameters:
  ///   - steps: how many.
  ///   - prefill: steps of the run that are taken at random before the policy acts.
  public mutating func collect(steps: Int, prefill: Int) {
    collect(steps: steps) { agent, moment in
      if moment.isFirst { agent.acting = agent.newActing(worlds: 1) }
      guard agent.experience.steps >= prefill else {
        return agent.experience.format.random(using: &agent.random)
      }
      let observations = agent.experience.scaled([moment.observation])
      var (acting, random) = (agent.acting, agent.random)
      defer { (agent.acting, agent.random) = (acting, random) }
      return agent.decide(observations, in: &acting, explores: true, using: &random).scalars
    }
  }

  /// What is carried at the beginning of episodes, in `worlds` worlds at once.
  func newActing(worlds: Int) -> Acting {
    Acting(worlds: worlds, actionSize: experience.format.size, dynamics: dynamics)
  }

  /// Takes in observations on the networks' scale `[world, observation]` and decides on actions `[world, action]`.
  func decide(
    _ observations: Tensor, in acting: inout Acting, explores: Bool, using random: inout SplitMix64
  ) -> Tensor {
    acting.latent =
      dynamics.observeStep(
        acting.latent, action: acting.action, embedding: embed(observations), using: &random
      ).state
    acting.action = choose(acting.latent.features, explores: explores, using: &random)
    return acting.action
  }

  /// What has been learned, for acting without exploration in `batch` worlds at once.
  public func policy(batch: Int, seed: UInt64) -> any Policy {
    DreamingPolicy(agent: self, acting: newActing(worlds: batch), random: SplitMix64(seed: seed))
  }

  // MARK: Dreaming

  /// What the world model predicts with its eyes closed: posterior during the context, prior after it.
  public func imagine(_ episode: Episode, context: Int, seed: UInt64) -> [Episode.Step] {
    var random = SplitMix64(seed: seed)
    var state = dynamics.initialState(batch: 1)
    var imagined: [Episode.Step] = []
    let noAction = [Float](repeating: 0, count: experience.format.size)
    let observations = [episode.first] + episode.steps.map(\.observation)
    let actions = [noAction] + episode.steps.map { experience.format.input($0.action) }
    for (index, action) in actions.enumerated() {
      if index <= context {
        let embedding = embed(experience.scaled([observations[index]]))
        state =
          dynamics.observeStep(state, action: Tensor([action]), embedding: embedding, using: &random).state
        continue
      }
      state = dynamics.imagineStep(state, action: Tensor([action]), using: &random)
      imagined.append(
        .init(
          action: episode.steps[index - 1].action,
          observation: experience.unscaled(reconstruct(state.features)).scalars,
          reward: reward(state.features).scalar / experience.rewardScale))
    }
    return imagined
  }

  // MARK: Progress and checkpoints

  /// Dreamers count steps in the environment.
  public static var lengthSetting: String { "steps" }

  /// Steps in the environment.
  public var progress: TrainingProgress {
    TrainingProgress(done: environmentSteps, total: totalSteps, unit: "steps")
  }

  /// Adds everything needed to go on to a checkpoint.
  public func save(to checkpoint: inout Checkpoint) throws {
    checkpoint.add(self, group: "agent")
    checkpoint.add(acting, group: "acting")
    try experience.save(to: &checkpoint)
    try checkpoint.setState(random, named: "random")
    try checkpoint.setState(gradientSteps, named: "gradientSteps")
  }

  /// Takes over what `save(to:)` kept.
  ///
  /// - Throws: `CourseError` for a checkpoint that does not fit; the agent stays as it was.
  public mutating func load(from checkpoint: Checkpoint) throws {
    var loaded = self
    try checkpoint.load(&loaded, group: "agent")
    try checkpoint.load(&loaded.acting, group: "acting")
    try loaded.experience.load(from: checkpoint)
    loaded.random = try checkpoint.state(SplitMix64.self, named: "random")
    loaded.gradientSteps = try checkpoint.state(Int.self, named: "gradientSteps")
    self = loaded
  }
}

/// A Dreamer that acts without exploration.
private struct DreamingPolicy<Dreamer: DreamingAgent>: Policy {
  let agent: Dreamer
  var acting: Acting
  var random: SplitMix64

  mutating func act(_ observations: [[Float]]) -> [[Float]] {
    let actions = agent.decide(
      agent.experience.scaled(observations), in: &acting, explores: false, using: &random
    ).scalars
    let size = agent.experience.format.size
    return observations.indices.map {
      agent.experience.format.environmentAction(actions[($0 * size)..<(($0 + 1) * size)])
    }
  }
}
