import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

import struct DreamerV1.LatentState

#if SOLUTIONS
  import DreamerV2
#else
  import Chapter3
#endif

/// Dreams of 4 steps from 2 states, with 6 latents, a memory of 5 and 3 choices.
///
/// Nothing here depends on the order of random draws: latents and actions are read off the result.
@Suite(.exercise("3.8")) struct DreamTests {
  var model = WorldModel.example(.tiny(), actionSize: 3, seed: 81)
  var actor = Behavior.example(.tiny(), actionSize: 3, isChoice: true, seed: 83).actor
  let start = LatentState(deterministic: .sample([2, 5], seed: 87), stochastic: .sample([2, 6], seed: 88))

  /// The learner's dreams, `repetitions` of each state; the second episode has ended at the start.
  private func dreamt(repetitions: Int = 1) -> Dream {
    var random = SplitMix64(seed: 89)
    func repeated(_ rows: Tensor) -> Tensor {
      concatenate(Array(repeating: rows, count: repetitions), axis: 0)
    }
    let start = LatentState(
      deterministic: repeated(start.deterministic), stochastic: repeated(start.stochastic))
    return dream(
      from: start, goesOn: repeated(Tensor([1, 0])), horizon: 4, model: model, actor: actor, using: &random)
  }

  /// A dream of the right shape.
  private func shapedDream(repetitions: Int = 1) throws -> Dream {
    let dream = dreamt(repetitions: repetitions)
    let count = 2 * repetitions
    try #require(
      dream.features.shape == [count, 5, 11] && dream.actions.shape == [count, 5, 3]
        && dream.discounts.shape == [count, 5], "the shapes, see shapes")
    return dream
  }

  /// The features of every state, `[row][time]`.
  private func states(_ dream: Dream) -> [[[Double]]] { dream.features.vectors.chunks(5) }

  @Test func shapes() {
    let dream = dreamt()
    expectShape(
      dream.features, [2, 5, 11], "the features of a dream of 4 steps from 2 states",
      mistakes: [
        ("a dream without its start, as in V1: here it is at index 0", [2, 4, 11]),
        ("a dream one step too long", [2, 6, 11]),
        ("steps stacked along axis 0: time is axis 1", [5, 2, 11]),
      ])
    expectShape(
      dream.actions, [2, 5, 3], "its actions",
      mistakes: [
        ("no action at index 0: put zeros there", [2, 4, 3]),
        ("steps stacked along axis 0: time is axis 1", [5, 2, 3]),
      ])
    expectShape(
      dream.discounts, [2, 5], "its discounts",
      mistakes: [("no discount at index 0: there it is known", [2, 4])])
  }

  @Test func theStartIsKnown() throws {
    let dream = try shapedDream()
    expectClose(dream.features.at(0, axis: 1), start.features, "the features at index 0: the start's")
    expectClose(
      dream.actions.at(0, axis: 1), Tensor.zeros([2, 3]), "the action at index 0: none led there",
      mistakes: [
        Mistake(
          "the action chosen in each state: index t is the action that led to state t",
          gives: dream.actions.at(0, axis: 1).sum().scalar == 2
            ? dream.actions.at(0, axis: 1) : .ones([2, 3]))
      ])
    let predicted = start.features.vectors.map { Oracle.sigmoid(Oracle.mlp($0, model.discountHead!)[0]) }
    expectClose(
      dream.discounts.at(0, axis: 1), Tensor([0.9, 0]),
      "the discounts at index 0, where the second episode has ended",
      mistakes: [
        Mistake("what the model predicts: at the start it is known", gives: predicted),
        Mistake("goesOn without γ", gives: Tensor([1, 0])),
        Mistake("γ, also where the episode has ended", gives: Tensor([0.9, 0.9])),
      ])
  }

  @Test mutating func discountsArePredicted() throws {
    let found = try shapedDream()
    func discounts(_ lag: Int, factor: Double = 1) -> [[Double]] {
      states(found).map { states in
        (1..<5).map { factor * Oracle.sigmoid(Oracle.mlp(states[$0 - lag], model.discountHead!)[0]) }
      }
    }
    let gamma = Tensor(repeating: 0.9, shape: [2, 4])
    expectClose(
      found.discounts.slice(1..<5, axis: 1), discounts(0), "the discounts after the start",
      mistakes: [
        Mistake("the discounts of the states before", gives: discounts(1)),
        Mistake("γ once more: the head's probability is the discount", gives: discounts(0, factor: 0.9)),
        Mistake("γ everywhere: the model predicts where the dream ends", gives: gamma),
        Mistake(
          "what is known of the start, carried on", gives: Tensor([[0.9, 0.9, 0.9, 0.9], [0, 0, 0, 0]])),
      ])
    model = WorldModel.example(.tiny(), actionSize: 3, canTerminate: false, seed: 81)
    expectClose(
      try shapedDream().discounts.slice(1..<5, axis: 1), gamma,
      "the discounts after the start, without a discount head")
  }

  /// From the answer's own latents and actions.
  @Test func memoryFollowsTheActions() throws {
    let dream = try shapedDream()
    let actions = dream.actions.vectors.chunks(5)
    func memories(_ action: (_ row: Int, _ step: Int) -> [Double], fromStart: Bool = false) -> [[[Double]]] {
      states(dream).enumerated().map { row, states in
        (0..<4).map { step in
          let before = states[fromStart ? 0 : step]
          return Oracle.nextMemory(
            model.rssm, latent: Array(before[..<6]), action: action(row, step), memory: Array(before[6...]))
        }
      }
    }
    expectClose(
      states(dream).map { $0.dropFirst().map { Array($0[6...]) } }, memories { actions[$0][$1 + 1] },
      "the memories, from the state before and the action that led there",
      mistakes: [
        Mistake(
          "actions one index early: index t is the action that led to state t",
          gives: memories { actions[$0][$1] }),
        Mistake("every step taken from the start", gives: memories({ actions[$0][$1 + 1] }, fromStart: true)),
        Mistake("dynamics without actions", gives: memories { _, _ in [0, 0, 0] }),
      ])
  }

  @Test mutating func theActorSeesEachState() throws {
    // So sure of itself that it chooses what is likeliest.
    for part in [\Linear.weight, \Linear.bias] {
      actor.layers.layers[1][keyPath: part] = 300 * actor.layers.layers[1][keyPath: part]
    }
    let dream = try shapedDream(repetitions: 30)
    /// The choice in a state, and nil if it is not sure.
    func choice(_ features: [Double]) -> Int? {
      let logits = Oracle.mlp(features, actor.layers)
      let order = logits.indices.sorted { logits[$0] > logits[$1] }
      return logits[order[0]] - logits[order[1]] > 15 ? order[0] : nil
    }
    let found = dream.actions.vectors.chunks(5)
    func choices(_ seen: (_ states: [[Double]], _ step: Int) -> [Double]) -> [[[Double]]] {
      states(dream).enumerated().map { row, states in
        (0..<4).map { step in
          // Where the right choice is not sure, any is.
          guard choice(states[step]) != nil, let choice = choice(seen(states, step)) else {
            return found[row][step + 1]
          }
          return (0..<3).map { $0 == choice ? 1 : 0 }
        }
      }
    }
    expectClose(
      found.map { Array($0[1...]) }, choices { $0[$1] }, "the actions of an actor that is sure of itself",
      within: Tolerance(relative: 0, absolute: 1e-3),
      mistakes: [
        Mistake("the actor looking at the start at every step", gives: choices { states, _ in states[0] })
      ])
  }

  @Test mutating func latentsAreDrawnFromThePrior() throws {
    let logits: [Float] = [2, 0, 1, -1, 0.5, 0]
    model.rssm.priorLayers.layers[1] = Linear(weight: .zeros([7, 6]), bias: Tensor(logits))
    let latents = try shapedDream(repetitions: 400).features.slice(1..<5, axis: 1).slice(0..<6, axis: 2)
    let prior = Oracle.probabilities(logits.map(Double.init), classes: 3)
    expectClose(
      latents.mean(0, 1), Tensor([prior], shape: [6]), "how often each class of z is dreamt",
      within: Tolerance(relative: 0, absolute: 0.04),
      mistakes: [
        Mistake("the prior's likeliest classes: z must be drawn", gives: Tensor([1, 0, 0, 0, 1, 0]))
      ])
    expectClose(
      latents.maximum(2), Tensor.ones([800, 4]), "the largest number of each z: one-hot",
      mistakes: [
        Mistake(
          "the prior's probabilities: z must be drawn",
          gives: Tensor(repeating: Float(prior.max() ?? 0), shape: [800, 4]))
      ])
  }

  @Test mutating func actionsAreDrawn() throws {
    actor.layers.layers[1] = Linear(weight: .zeros([8, 3]), bias: Tensor([1, 0, -1]))
    let actions = try shapedDream(repetitions: 400).actions.slice(1..<5, axis: 1)
    expectClose(
      actions.mean(0, 1), Oracle.softmax([1, 0, -1]), "how often each action is chosen",
      within: Tolerance(relative: 0, absolute: 0.04),
      mistakes: [Mistake("the likeliest action every time: actions must be drawn", gives: Tensor([1, 0, 0]))])
  }

  /// A dream with actions of two numbers, in a world whose memory does not see the latents.
  private func numbers(_ inputs: [Tensor], seesNothing: Bool, change: (inout CategoricalRSSM) -> Void)
    -> Tensor
  {
    var random = SplitMix64(seed: 90)
    var model = WorldModel.example(.tiny(), actionSize: 2, seed: 91)
    var actor = Behavior.example(.tiny(), actionSize: 2, isChoice: false, seed: 93).actor
    change(&model.rssm)
    if seesNothing { actor.layers.layers[1].weight = .zeros([8, 4]) }
    if inputs.count > 1 { actor.layers.layers[1].bias = inputs[1] }
    let start = LatentState(deterministic: inputs[0], stochastic: start.stochastic)
    return dream(
      from: start, goesOn: Tensor([1, 0]), horizon: 4, model: model, actor: actor, using: &random
    ).features
  }

  @Test func gradientsFlowThroughTheDynamics() throws {
    _ = try shapedDream()
    let inputs = [start.deterministic, Tensor([0.3, -0.2, 0.1, -0.4])]
    let weights = Tensor.sample([2, 5], seed: 97)
    // An actor that sees nothing, so that differences are the whole gradient.
    func loss(_ inputs: [Tensor]) -> Tensor {
      let features = numbers(inputs, seesNothing: true) { $0.inputLayer.ignoreFirst(6) }
      return (features.at(4, axis: 1).slice(6..<11, axis: 1) * weights).sum()
    }
    let found = valueWithGradient(at: inputs) { loss($0) }.gradients
    for (index, (what, mistake)) in [
      ("the start's h", "states without a gradient: the dream must reach back to its start"),
      ("the actor's output bias", "actions without a gradient: the actor could not learn"),
    ].enumerated() {
      expectGradient(
        found[index], at: inputs[index], "the gradient of the last memory at \(what)",
        mistakes: [Mistake(mistake, gives: Tensor.zeros(inputs[index].shape))]
      ) { numbers in
        var moved = inputs
        moved[index] = Tensor(shape: inputs[index].shape, numbers)
        return loss(moved).scalar
      }
    }
  }

  @Test func theActorsInputIsAConstant() throws {
    _ = try shapedDream()
    let found = valueWithGradient(at: [start.deterministic]) { inputs in
      let features = numbers(inputs, seesNothing: false) { $0.remembersOnlyTheAction() }
      return features.slice(1..<5, axis: 1).slice(6..<11, axis: 2).sum()
    }.gradients[0]
    // These dynamics forget everything but the action: any gradient at the start came through the actor.
    expectClose(
      found, Tensor.zeros([2, 5]),
      "the gradient at the start where only actions matter; looks like it took the short way "
        + "through what the actor sees: stopGradient belongs around its input")
  }
}
