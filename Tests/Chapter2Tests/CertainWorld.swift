import CourseTesting
import Foundation
import Networks
import Tensors

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// A world model, a policy and a critic without chance.
///
/// The policy's deviation is next to nothing, and nobody looks at the latents. What is dreamt in it can be
/// worked out in double precision.
struct CertainWorld {
  var settings = DreamerV1Configuration.tiny()
  var model: WorldModel
  var behavior: Behavior
  let start: LatentState

  /// Two states to start from, five memories, two actions.
  init(seed: UInt64, change: (inout DreamerV1Configuration) -> Void = { _ in }) {
    change(&settings)
    var random = SplitMix64(seed: seed)
    model = WorldModel(observationSize: 9, actionSize: 2, configuration: settings, using: &random)
      .withRandomParameters(seed: seed + 1)
    behavior = Behavior(actionSize: 2, configuration: settings, using: &random)
    behavior.actor = behavior.actor.withRandomParameters(seed: seed + 2)
    behavior.critic = behavior.critic.withRandomParameters(seed: seed + 3)
    start = LatentState(deterministic: .sample([2, 5], seed: seed + 4), stochastic: .zeros([2, 3]))

    // Nearly zero as well: an optimiser may begin to look at them.
    model.rssm.priorLayers.layers[1].weight = .zeros([6, 6])
    model.rssm.priorLayers.layers[1].bias = Tensor([0, 0, 0, -20, -20, -20])
    model.rssm.inputLayer.ignoreLatents()
    model.rewardHead.layers[0].ignoreLatents()
    model.continueHead?.layers[0].ignoreLatents()
    behavior.actor.layers.layers[0].ignoreLatents()
    behavior.critic.layers[0].ignoreLatents()
  }

  /// What a dream holds; rows are the batch, columns the time.
  struct Dream {
    var features: [[[Double]]] = []
    var rewards: [[Double]] = []
    var values: [[Double]] = []
    var discounts: [[Double]] = []
  }

  /// A dream in which the actor's output bias is moved by `shift`, but the actor looks at the states of
  /// `seen`: its input is a constant.
  func dream(shift: [Double] = [0, 0, 0, 0], seen: Dream? = nil) -> Dream {
    var dream = Dream()
    for row in 0..<2 {
      var memory = start.deterministic.vectors[row]
      var features: [[Double]] = []
      for step in 0..<settings.horizon {
        let before =
          step == 0
          ? [0, 0, 0] + start.deterministic.vectors[row] : (seen?.features[row] ?? features)[step - 1]
        let output = zip(Oracle.mlp(before, behavior.actor.layers), shift).map(+)
        let action = output[..<2].map { tanh(settings.actorMeanLimit * tanh($0 / settings.actorMeanLimit)) }
        memory = Oracle.nextMemory(model.rssm, joined: [0, 0, 0] + action, memory: memory)
        features.append([0, 0, 0] + memory)
      }
      dream.features.append(features)
    }
    return judged(dream.features)
  }

  /// A dream with these features and what the heads say of them.
  func judged(_ features: [[[Double]]]) -> Dream {
    func read(_ head: MLP) -> [[Double]] { features.map { $0.map { Oracle.mlp($0, head)[0] } } }
    let gamma = features.map { $0.map { _ in settings.discount } }
    return Dream(
      features: features, rewards: read(model.rewardHead), values: read(behavior.critic),
      discounts: model.continueHead.map { read($0).map { $0.map(Oracle.sigmoid) } } ?? gamma)
  }

  /// The λ-returns of a dream.
  func returns(_ dream: Dream) -> [[Double]] {
    Oracle.lambdaReturns(
      rewards: dream.rewards, values: dream.values, discounts: dream.discounts, lambda: settings.lambda)
  }

  /// The gradient at the actor's output bias of −mean(weights · returns) with constant weights.
  ///
  /// - Parameter forgetting: makes something of the moved dream a constant again, as a mistake would.
  func actorGradient(forgetting: (_ moved: inout Dream, _ still: Dream) -> Void = { _, _ in }) -> Tensor {
    let still = dream()
    let weights = Oracle.discountWeights(still.discounts)
    let gradient = Oracle.gradient(at: [[0, 0, 0, 0]]) { shift in
      var moved = dream(shift: shift[0], seen: still)
      forgetting(&moved, still)
      return -Oracle.mean(weights, returns(moved))
    }
    return Tensor(gradient, shape: [4])
  }

  /// The gradient at the critic's output bias: the mean of weight · (value − return).
  func criticGradient() -> Tensor {
    let dream = dream()
    let errors = zip(dream.values, returns(dream)).map { zip($0, $1).map(-) }
    return Tensor([Float(Oracle.mean(Oracle.discountWeights(dream.discounts), errors))])
  }

  /// What actor and critic should minimise, as they stand.
  func losses() -> (actor: Float, critic: Float) {
    let dream = dream()
    let (returns, weights) = (returns(dream), Oracle.discountWeights(dream.discounts))
    let surprises = zip(dream.values, returns).map { values, returns in
      zip(values, returns).map { -Oracle.logNormal($1, mean: $0, deviation: 1) }
    }
    return (-Float(Oracle.mean(weights, returns)), Float(Oracle.mean(weights, surprises)))
  }

  /// The entropy of the squashed policy in a state, to the precision of its tiny deviation.
  func entropy(_ features: [Double]) -> Double {
    let policy = Oracle.policy(behavior.actor, features, settings: settings)
    return zip(policy.mean, policy.deviation).reduce(0) { sum, number in
      sum + log(number.1) + 0.5 * (1 + log(2 * .pi)) + log(1 - pow(tanh(number.0), 2))
    }
  }

  /// The mean over a dream of the first number of the actions, in a world that remembers only those.
  func firstAction() -> Double {
    let actions = dream().features.joined().map { RSSM.rememberedAction($0[3]) }
    return actions.reduce(0, +) / Double(actions.count)
  }
}

extension Linear {
  /// Sets the weights of the first three inputs to zero: the latents of a `CertainWorld`.
  fileprivate mutating func ignoreLatents() {
    weight = concatenate(
      [.zeros([3, weight.shape[1]]), weight.slice(3..<weight.shape[0], axis: 0)], axis: 0)
  }
}

extension DreamerV1Configuration {
  /// Small networks in which every size is different, and no limit to the gradients.
  ///
  /// - Parameter deviation: of an action before squashing; what is next to nothing leaves chance out.
  static func tiny(deviation: Double = 1e-7) -> DreamerV1Configuration {
    var settings = DreamerV1Configuration.preset(.smoke)
    (settings.stochasticSize, settings.deterministicSize) = (3, 5)
    (settings.hiddenSize, settings.units, settings.horizon) = (6, 7, 4)
    (settings.encoderLayers, settings.rewardLayers, settings.valueLayers, settings.actorLayers) = (1, 1, 1, 1)
    (settings.actorInitialDeviation, settings.actorMinimumDeviation) = (deviation, 1e-8)
    settings.clipNorm = 1e6
    return settings
  }
}

extension Array {
  /// Pieces of a length.
  func chunks(_ length: Int) -> [[Element]] {
    stride(from: 0, to: count, by: length).map { Array(self[$0..<Swift.min($0 + length, count)]) }
  }
}

extension RSSM {
  /// Makes the memory a record of the last action: h_i = tanh(¼·(a_i + 2)), and tanh ½ where there is
  /// no action i.
  mutating func remembersOnlyTheAction() {
    let (hidden, memory) = (inputLayer.bias.count, deterministicSize)
    let actions = inputLayer.weight.shape[0] - stochasticSize
    func matrix(_ rows: Int, _ columns: Int, _ number: (Int, Int) -> Float) -> Tensor {
      Tensor((0..<rows).map { row in (0..<columns).map { number(row, $0) } })
    }
    inputLayer.weight = matrix(stochasticSize + actions, hidden) { $0 == stochasticSize + $1 ? 1 : 0 }
    inputLayer.bias = Tensor(repeating: 2, shape: [hidden])
    cell.input.weight = matrix(hidden, 3 * memory) { $1 == 2 * memory + $0 ? 0.25 : 0 }
    // The update gate stays shut: nothing of the old memory is kept.
    cell.input.bias = Tensor((0..<(3 * memory)).map { memory <= $0 && $0 < 2 * memory ? -40 : 0 })
    cell.recurrent.weight = .zeros([memory, 3 * memory])
    cell.recurrent.bias = .zeros([3 * memory])
  }

  /// The action that such a memory records.
  static func rememberedAction(_ memory: Double) -> Double { 4 * atanh(memory) - 2 }
}
