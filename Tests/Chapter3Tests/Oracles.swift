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

/// What the networks of this chapter should compute, in double precision, from their weights alone.
///
/// `OracleTests` compares it with the official implementation. A vector is `[Double]`; a batch of them is `[[Double]]`.
extension Oracle {
  // MARK: Distributions

  /// Probabilities of one group.
  static func softmax(_ logits: [Double]) -> [Double] {
    let largest = logits.max() ?? 0
    let exponentials = logits.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }

  /// The probabilities of all groups that a row of logits stands for, in one row.
  static func probabilities(_ logits: [Double], classes: Int) -> [Double] {
    logits.chunks(classes).flatMap(softmax)
  }

  /// KL(q ‖ p) of one group, from its logits.
  static func divergence(_ q: [Double], _ p: [Double]) -> Double {
    zip(softmax(q), softmax(p)).reduce(0) { $0 + $1.0 * (log($1.0) - log($1.1)) }
  }

  /// −Σ p·log p.
  static func entropy(_ probabilities: [Double]) -> Double {
    -probabilities.reduce(0) { $0 + $1 * log($1) }
  }

  /// The log-density at x of a Normal without what lies outside [−1, 1].
  static func logTruncated(_ x: Double, mean: Double, deviation: Double) -> Double {
    func cumulative(_ x: Double) -> Double { 0.5 * erfc((mean - x) / deviation / 2.0.squareRoot()) }
    return logNormal(x, mean: mean, deviation: deviation) - log(cumulative(1) - cumulative(-1))
  }

  /// Its entropy, by Simpson's rule.
  static func truncatedEntropy(mean: Double, deviation: Double) -> Double {
    let pieces = 400
    return (0...pieces).reduce(0.0) { sum, index in
      let logDensity = logTruncated(
        -1 + 2 * Double(index) / Double(pieces), mean: mean, deviation: deviation)
      let share = index == 0 || index == pieces ? 1.0 : index % 2 == 1 ? 4 : 2
      return sum - share * exp(logDensity) * logDensity * 2 / Double(pieces) / 3
    }
  }

  // MARK: The recurrent state-space model

  /// One step of the memory, with one layer norm over all gates.
  static func gru(_ x: [Double], state: [Double], _ cell: LayerNormGRUCell) -> [Double] {
    let raw = linear(x + state, cell.linear)
    let mean = raw.reduce(0, +) / Double(raw.count)
    let variance = raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(raw.count)
    let (scale, offset) = (cell.norm.scale.vectors[0], cell.norm.offset.vectors[0])
    let gates = raw.indices.map { (raw[$0] - mean) / (variance + 1e-3).squareRoot() * scale[$0] + offset[$0] }
    return state.indices.map { index in
      let update = sigmoid(gates[index + state.count] - 1)
      let candidate = tanh(sigmoid(gates[index]) * gates[index + 2 * state.count])
      return update * candidate + (1 - update) * state[index]
    }
  }

  /// h′ after an action in the state [z, h].
  static func nextMemory(_ rssm: CategoricalRSSM, latent: [Double], action: [Double], memory: [Double])
    -> [Double]
  {
    gru(linear(latent + action, rssm.inputLayer).map(elu), state: memory, rssm.cell)
  }

  /// The logits of p(z | h).
  static func prior(_ rssm: CategoricalRSSM, memory: [Double]) -> [Double] { mlp(memory, rssm.priorLayers) }

  /// The logits of q(z | h, e).
  static func posterior(_ rssm: CategoricalRSSM, memory: [Double], embedding: [Double]) -> [Double] {
    mlp(memory + embedding, rssm.posteriorLayers)
  }

  // MARK: Returns; rows are the batch, columns the time

  /// The mixture of all n-step returns, not the recursion.
  static func lambdaReturns(
    rewards: [[Double]], values: [[Double]], discounts: [[Double]], lambda: Double
  ) -> [[Double]] {
    rewards.indices.map { row in
      let last = rewards[row].count - 1
      return (0..<last).map { t in
        var (sum, discount, mixture) = (0.0, 1.0, 0.0)
        for end in (t + 1)...last {
          sum += discount * rewards[row][end - 1]
          discount *= discounts[row][end - 1]
          let share =
            end == last ? pow(lambda, Double(last - t - 1)) : (1 - lambda) * pow(lambda, Double(end - t - 1))
          mixture += share * (sum + discount * values[row][end])
        }
        return mixture
      }
    }
  }

  /// 1, γ_0, γ_0·γ_1, … up to the last state but one.
  static func discountWeights(_ discounts: [[Double]]) -> [[Double]] {
    discounts.map { row in (0..<(row.count - 1)).map { t in row[..<t].reduce(1, *) } }
  }

  /// The mean over batch and time of what `term` makes of each pair.
  static func mean(_ a: [[Double]], _ b: [[Double]], _ term: (Double, Double) -> Double = { $0 * $1 })
    -> Double
  {
    let terms = zip(a.joined(), b.joined()).map(term)
    return terms.reduce(0, +) / Double(terms.count)
  }
}

// MARK: Examples

extension DreamerV2Configuration {
  /// Small networks in which every size is different, and no limit to the gradients: 2 groups of 3 classes, a memory of
  /// 5, features of 11 numbers.
  static func tiny(_ change: (inout DreamerV2Configuration) -> Void = { _ in }) -> DreamerV2Configuration {
    var settings = DreamerV2Configuration.preset(.smoke)
    (settings.groups, settings.classes, settings.deterministicSize) = (2, 3, 5)
    (settings.hiddenSize, settings.units, settings.horizon) = (7, 8, 4)
    (settings.encoderLayers, settings.headLayers) = (1, 1)
    (settings.discount, settings.lambda) = (0.9, 0.7)
    (settings.clipNorm, settings.weightDecay) = (1e6, 0)
    change(&settings)
    return settings
  }
}

extension WorldModel {
  /// A model with every parameter drawn, for observations of 4 numbers.
  static func example(
    _ settings: DreamerV2Configuration, actionSize: Int, canTerminate: Bool = true, seed: UInt64
  ) -> WorldModel {
    var random = SplitMix64(seed: seed)
    return WorldModel(
      observationShape: [4], actionSize: actionSize, canTerminate: canTerminate, configuration: settings,
      using: &random
    ).withRandomParameters(seed: seed + 1)
  }
}

extension Behavior {
  /// Actor, critic and target critic with every parameter drawn.
  static func example(
    _ settings: DreamerV2Configuration, actionSize: Int, isChoice: Bool, seed: UInt64
  ) -> Behavior {
    var random = SplitMix64(seed: seed)
    var behavior = Behavior(
      actionSize: actionSize, isChoice: isChoice, configuration: settings, using: &random)
    behavior.actor = behavior.actor.withRandomParameters(seed: seed + 1)
    behavior.critic = behavior.critic.withRandomParameters(seed: seed + 2)
    behavior.targetCritic = behavior.targetCritic.withRandomParameters(seed: seed + 3)
    return behavior
  }
}

extension CategoricalRSSM {
  /// Makes the memory a function of the last action alone: neither z nor the old memory reach it.
  mutating func remembersOnlyTheAction() {
    let (hidden, memory) = (inputLayer.bias.count, deterministicSize)
    let actions = inputLayer.weight.shape[0] - stochasticSize
    inputLayer.weight = concatenate(
      [
        .zeros([stochasticSize, hidden]),
        inputLayer.weight.slice(stochasticSize..<(stochasticSize + actions), axis: 0),
      ], axis: 0)
    cell.linear.weight = concatenate(
      [cell.linear.weight.slice(0..<hidden, axis: 0), .zeros([memory, 3 * memory])], axis: 0)
    func replacing(_ gates: Tensor, by number: Float) -> Tensor {
      concatenate([
        gates.slice(0..<memory, axis: 0), Tensor(repeating: number, shape: [memory]),
        gates.slice((2 * memory)..<(3 * memory), axis: 0),
      ])
    }
    // The update gate is wide open.
    cell.norm.scale = replacing(cell.norm.scale, by: 0)
    cell.norm.offset = replacing(cell.norm.offset, by: 41)
  }
}

extension Linear {
  /// Sets the weights of the first inputs to zero: what looks at features no longer sees the latents.
  mutating func ignoreFirst(_ count: Int) {
    weight = concatenate(
      [.zeros([count, weight.shape[1]]), weight.slice(count..<weight.shape[0], axis: 0)], axis: 0)
  }
}

extension Array {
  /// Pieces of a length.
  func chunks(_ length: Int) -> [[Element]] {
    stride(from: 0, to: count, by: length).map { Array(self[$0..<Swift.min($0 + length, count)]) }
  }
}

/// A shape is judged by the library; this names the mistake that gives the one found.
@discardableResult
func expectShape(
  _ actual: Tensor, _ shape: [Int], _ what: String, mistakes: [(name: String, gives: [Int])],
  sourceLocation: SourceLocation = #_sourceLocation
) -> Bool {
  let likely = mistakes.first { $0.gives == actual.shape }.map { "; looks like \($0.name)" } ?? ""
  return expectShape(actual, shape, what + likely, sourceLocation: sourceLocation)
}
