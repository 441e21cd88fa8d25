import Environments
import Networks
import Tensors
import Training

/// A world that exists only in M: an environment like any other, for whoever wants to play or train in it.
///
/// ```swift
/// var dream = agent.dreamEnvironment(temperature: 1.15)
/// var observation = dream.reset(seed: 1)
/// let result = dream.step([0.1, 0.5, 0])
/// ```
/// Source: Ha and Schmidhuber 2018, section 4.
public struct DreamEnvironment: Environment {
  /// The real task: its spaces, its first observations, its way of drawing.
  public let reality: any Environment
  private let model: WorldModel
  private let format: ActionFormat
  private let configuration: WorldModelsConfiguration
  private var worlds: BoundedRewards<DreamWorlds>?
  private var memory: LSTMCell.State

  /// A dream that waits for its first reset.
  init(
    of reality: any Environment, model: WorldModel, format: ActionFormat,
    configuration: WorldModelsConfiguration
  ) {
    self.reality = reality
    self.model = model
    self.format = format
    self.configuration = configuration
    memory = model.memory.cell.initialState(batch: 1)
  }

  /// The task's name with "dream of" before it.
  public var name: String { "dream of \(reality.name)" }

  /// The real task's.
  public var observationSpace: Space { reality.observationSpace }

  /// The real task's.
  public var actionSpace: Space { reality.actionSpace }

  /// True: M says when the dream is over.
  public var canTerminate: Bool { true }

  /// The real task's: a dream that is easier than reality gives more than 100.
  public var anchors: ReturnAnchors { reality.anchors }

  /// z, the state of the dream, `[1, latent]`.
  public var latent: Tensor { running.latents }

  /// Begins with a real first observation; all that follows is dreamt.
  public mutating func reset(seed: UInt64) -> [Float] {
    var (start, random) = (reality, SplitMix64(seed: seed))
    let first = model.encode(Tensor([start.reset(seed: seed)])).sample(using: &random)
    worlds = BoundedRewards(
      DreamWorlds(
        start: first, seeds: [random.next()], memory: model.memory, configuration: configuration),
      in: configuration.dreamtRewards(seen: model.rewardRange))
    memory = model.memory.cell.initialState(batch: 1)
    return model.decode(first).scalars
  }

  /// Lets M say what comes next; the observation is what V makes of z.
  public mutating func step(_ action: [Float]) -> StepResult {
    var dream = running
    memory = model.memory.step(dream.latents, actions: Tensor([format.input(action)]), state: memory)
    let result = dream.step([action], memory: memory.hidden)[0]
    worlds = dream
    return StepResult(
      observation: model.decode(dream.latents).scalars, reward: result.reward, terminated: result.isLast)
  }

  /// Draws what V makes of z.
  public func render(width: Int, height: Int) -> RGBImage {
    render(observation: model.decode(latent).scalars, width: width, height: height)
  }

  /// Draws an observation as the real task does.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    reality.render(observation: observation, width: width, height: height)
  }

  /// The real expert cannot see into a dream: this is the action of a controller of zeros.
  public func expertAction() -> [Float] { format.action(Array(repeating: 0, count: format.size)) }

  private var running: BoundedRewards<DreamWorlds> {
    guard let worlds else { fatalError("step(_:) needs a running episode: call reset(seed:) first") }
    return worlds
  }
}

extension WorldModelsAgent {
  /// The world as M dreams it.
  ///
  /// - Parameter temperature: τ; nil for the configured one.
  public func dreamEnvironment(temperature: Double? = nil) -> DreamEnvironment {
    var settings = configuration
    settings.temperature = temperature ?? settings.temperature
    return DreamEnvironment(of: environment, model: model, format: experience.format, configuration: settings)
  }
}
