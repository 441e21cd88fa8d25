import Curriculum
import Environments
import Foundation
import Networks
import Tensors

/// Some worlds side by side, as controllers meet them: real ones seen through V, or dreams.
public protocol LatentWorlds: Sendable {
  /// z in each running world, `[world, latent]`.
  var latents: Tensor { get }

  /// Moves every running world on by one step.
  ///
  /// - Parameters:
  ///   - actions: one for each running world, in the environment's units.
  ///   - memory: M after z and the action, h′ `[world, memory]`: what a dream goes on from.
  /// - Returns: the reward of each, and whether its episode ended.
  mutating func step(_ actions: [[Float]], memory: Tensor) -> [(reward: Float, isLast: Bool)]

  /// Goes on with some of the worlds only, given by their places among the running ones.
  mutating func keep(_ places: [Int])
}

/// Environments, and V to look at them.
public struct RealWorlds: LatentWorlds {
  private var environments: [any Environment]
  private let model: WorldModel
  /// μ of what is seen, `[world, latent]`.
  public private(set) var latents: Tensor

  /// Worlds that have just begun.
  ///
  /// - Parameters:
  ///   - environment: the task.
  ///   - seeds: one for each world.
  ///   - model: holds V.
  public init(_ environment: any Environment, seeds: [UInt64], model: WorldModel) {
    self.model = model
    environments = Array(repeating: environment, count: seeds.count)
    var observations: [Float] = []
    for (index, seed) in seeds.enumerated() { observations += environments[index].reset(seed: seed) }
    latents = model.encode(Tensor(shape: [seeds.count, observations.count / seeds.count], observations)).mean
  }

  /// Steps every environment and looks at it.
  public mutating func step(_ actions: [[Float]], memory: Tensor) -> [(reward: Float, isLast: Bool)] {
    var observations: [Float] = []
    let results = environments.indices.map { index in
      let result = environments[index].step(actions[index])
      observations += result.observation
      return (reward: result.reward, isLast: result.isLast)
    }
    latents =
      model.encode(Tensor(shape: [results.count, observations.count / results.count], observations)).mean
    return results
  }

  /// Goes on with some of the environments.
  public mutating func keep(_ places: [Int]) {
    environments = places.map { environments[$0] }
    latents = latents.rows(places)
  }
}

/// Dreams: M says what comes next, and nothing is real but the first latent vector.
public struct DreamWorlds: LatentWorlds {
  private let memory: MDNRNN
  private let temperature: Float
  private let rewardScale: Float
  private let limit: Int
  private var stepsTaken = 0
  /// One for each dream, so that it does not matter which others are dreamt beside it.
  private var randoms: [SplitMix64]
  /// z of each dream, `[world, latent]`.
  public private(set) var latents: Tensor

  /// Dreams that have just begun.
  ///
  /// - Parameters:
  ///   - start: real first latents, `[world, latent]`.
  ///   - seeds: one for each dream.
  ///   - memory: M.
  ///   - configuration: temperature, limit of steps and scale of rewards.
  public init(
    start: Tensor, seeds: [UInt64], memory: MDNRNN, configuration: WorldModelsConfiguration
  ) {
    self.memory = memory
    temperature = Float(configuration.temperature)
    rewardScale = Float(configuration.rewardScale)
    limit = configuration.dreamSteps
    randoms = seeds.map { SplitMix64(seed: $0) }
    latents = start
  }

  /// Draws every next z from its mixture at the temperature, each dream with its own random numbers.
  ///
  /// M's rewards are scaled, these are not. A dream ends where M holds an end for more likely than not (logit > 0:
  /// this is not drawn), or with the step that reaches the limit.
  /// Source: Ha and Schmidhuber 2018, section 4.2; the paper's code for the end.
  public mutating func step(_ actions: [[Float]], memory hidden: Tensor) -> [(reward: Float, isLast: Bool)] {
    // BEGIN EXERCISE 1.12: replace the next line; for help: course hint 1.12
    todo("1.12")
    // END EXERCISE 1.12
  }

  /// Goes on with some of the dreams.
  public mutating func keep(_ places: [Int]) {
    randoms = places.map { randoms[$0] }
    latents = latents.rows(places)
  }
}
