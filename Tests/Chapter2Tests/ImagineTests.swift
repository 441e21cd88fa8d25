import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// Dreams of 4 steps from 2 states: 3 latents, a memory of 5, actions of 2 numbers.
///
/// Nothing here depends on the order of random draws: latents are read off the result.
@Suite(.exercise("2.7")) struct ImagineTests {
  let settings = DreamerV1Configuration.tiny()
  var rssm: RSSM
  /// Its deviation is next to nothing: it acts as its means say.
  var actor: Actor
  let start: LatentState

  init() {
    var random = SplitMix64(seed: 71)
    rssm = RSSM(
      actionSize: 2, embeddingSize: 9, deterministicSize: 5, stochasticSize: 3, hiddenSize: 6, using: &random
    ).withRandomParameters(seed: 72)
    actor = Actor(actionSize: 2, configuration: settings, using: &random).withRandomParameters(seed: 73)
    start = LatentState(deterministic: .sample([2, 5], seed: 74), stochastic: .sample([2, 3], seed: 75))
  }

  /// The learner's dreams, `repetitions` of each state.
  private func dream(repetitions: Int = 1) -> Tensor {
    var random = SplitMix64(seed: 76)
    func repeated(_ rows: Tensor) -> Tensor {
      concatenate(Array(repeating: rows, count: repetitions), axis: 0)
    }
    let start = LatentState(
      deterministic: repeated(start.deterministic), stochastic: repeated(start.stochastic))
    return imagine(from: start, horizon: 4, rssm: rssm, actor: actor, using: &random)
  }

  /// Their features, one row for each state and step, if the shape is right.
  private func dreamtFeatures(repetitions: Int = 1) throws -> [[Double]] {
    let features = dream(repetitions: repetitions)
    try #require(features.shape == [2 * repetitions, 4, 8], "the shape, see oneEntryForEachStep")
    return features.vectors
  }

  /// The action of the quiet actor, before squashing.
  private func mean(_ features: [Double]) -> [Double] {
    Oracle.policy(actor, features, settings: settings).mean
  }

  /// The memory after `action` in a state given by its features [z, h].
  private func memory(after action: [Double], in features: [Double]) -> [Double] {
    Oracle.nextMemory(rssm, joined: features[..<3] + action, memory: Array(features[3...]))
  }

  @Test func oneEntryForEachStep() {
    expectShape(
      dream(), [2, 4, 8], "imagine with horizon 4 from 2 states",
      mistakes: [
        ("a dream with the start state in it: only imagined states count", [2, 5, 8]),
        ("a dream one step too short", [2, 3, 8]),
        ("steps stacked along axis 0: time is axis 1", [4, 2, 8]),
      ])
  }

  @Test func memoryFollowsTheActor() throws {
    let features = try dreamtFeatures()
    let starts = start.features.vectors
    /// The memories, from the two states before each step and after the start.
    func memories(_ memory: (_ before: [Double], _ start: [Double]) -> [Double]) -> [[Double]] {
      (0..<8).map { (index: Int) -> [Double] in
        let start = starts[index / 4]
        return memory(index % 4 == 0 ? start : features[index - 1], start)
      }
    }
    expectClose(
      features.map { Array($0[3...]) },
      memories { state, _ in memory(after: mean(state).map(tanh), in: state) },
      "the memories of a dream, step by step",
      mistakes: [
        Mistake(
          "the actor looking at the start state at every step",
          gives: memories { state, start in memory(after: mean(start).map(tanh), in: state) }),
        Mistake(
          "actions without tanh", gives: memories { state, _ in memory(after: mean(state), in: state) }),
        Mistake(
          "every step taken from the start state",
          gives: memories { _, start in memory(after: mean(start).map(tanh), in: start) }),
        Mistake("no actions at all", gives: memories { state, _ in memory(after: [0, 0], in: state) }),
      ])
    expectFirst(features, starts)
  }

  /// A dream that lists the state before each step begins with the start.
  private func expectFirst(_ features: [[Double]], _ starts: [[Double]]) {
    expectClose(
      [features[0], features[4]].map { Array($0[3...]) },
      starts.map { memory(after: mean($0).map(tanh), in: $0) }, "the memory after the first step",
      mistakes: [
        Mistake(
          "the state before each step: append the state after it", gives: starts.map { Array($0[3...]) })
      ])
  }

  @Test func latentsComeFromThePrior() throws {
    let noise = try dreamtFeatures(repetitions: 200).flatMap { (features: [Double]) -> [Double] in
      let prior = Oracle.prior(rssm, memory: Array(features[3...]))
      return (0..<3).map { (features[$0] - prior.mean[$0]) / prior.deviation[$0] }
    }
    expectStandardNormal(
      noise, "(z − mean) / σ of the prior at h", constant: "the prior's mean instead of a sample")
  }

  @Test mutating func actionsAreSampled() throws {
    let settings = DreamerV1Configuration.tiny(deviation: 0.4)
    var random = SplitMix64(seed: 77)
    actor = Actor(actionSize: 2, configuration: settings, using: &random).withRandomParameters(
      seed: 78, limit: 0.2)
    rssm.remembersOnlyTheAction()
    let noise = try dreamtFeatures(repetitions: 500).chunks(4).enumerated().flatMap { row, states in
      zip([start.features.vectors[row % 2]] + states, states).flatMap { before, after in
        let policy = Oracle.policy(actor, before, settings: settings)
        return (0..<2).map { index in
          (atanh(RSSM.rememberedAction(after[3 + index])) - policy.mean[index]) / policy.deviation[index]
        }
      }
    }
    expectStandardNormal(
      noise, "(atanh a − mean) / σ of the actor", constant: "the actor's mean instead of a sample")
  }

  @Test mutating func gradientsFlowThroughTheDynamics() throws {
    _ = try dreamtFeatures()
    // An actor that sees nothing, so that finite differences are the whole gradient.
    actor.layers.layers[1].weight = .zeros([7, 4])
    let weights = Tensor.sample([2, 8], seed: 79)
    let inputs = [start.deterministic, start.stochastic, actor.layers.layers[1].bias]
    expectGradient(
      at: inputs, "the last imagined state, at h, z and the actor's output bias",
      detached: [
        "states without a gradient: the dream must reach back to its start",
        "states without a gradient: the dream must reach back to its start",
        "actions without a gradient: the actor could not learn",
      ]
    ) { inputs in
      var (actor, random) = (actor, SplitMix64(seed: 70))
      actor.layers.layers[1].bias = inputs[2]
      let start = LatentState(deterministic: inputs[0], stochastic: inputs[1])
      let features = imagine(from: start, horizon: 4, rssm: rssm, actor: actor, using: &random)
      return (features.at(3, axis: 1) * weights).sum()
    }
  }

  @Test mutating func theActorsInputIsAConstant() {
    rssm.remembersOnlyTheAction()
    let found = valueWithGradient(at: [start.deterministic, start.stochastic]) { inputs in
      var random = SplitMix64(seed: 70)
      let start = LatentState(deterministic: inputs[0], stochastic: inputs[1])
      let features = imagine(from: start, horizon: 4, rssm: rssm, actor: actor, using: &random)
      return features.slice(3..<8, axis: 2).sum()
    }.gradients
    // These dynamics forget everything but the action: any gradient at the start came through the actor.
    for gradient in found {
      expectClose(
        gradient, Tensor.zeros(gradient.shape),
        "the gradient at the start where only actions matter; looks like it took the short way "
          + "through what the actor sees: stopGradient belongs around its input")
    }
  }
}
