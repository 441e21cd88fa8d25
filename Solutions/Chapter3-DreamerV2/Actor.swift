import Curriculum
import DreamerV1
import Foundation
import Networks
import Tensors

/// The policy: from features to a distribution over actions, a choice or numbers in [−1, 1].
///
/// Choices are categories. Numbers have truncated Normals, with means tanh(x) and deviations 2σ(y/2) + 0.1: unlike V1's
/// squashed ones they have a density, an entropy and a mode in closed form.
/// Source: Hafner et al. 2021, section 2.2; the distributions are the official code's.
public struct Actor: Module {
  /// Features → logits, or means and raw deviations.
  public var layers: MLP
  /// Whether an action is one of some choices.
  public let isChoice: Bool

  /// An actor with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - actionSize: the extent of an action: numbers, or choices.
  ///   - isChoice: whether an action is one of some choices.
  ///   - configuration: sizes.
  ///   - random: draws the weights.
  public init(
    actionSize: Int, isChoice: Bool, configuration: DreamerV2Configuration, using random: inout SplitMix64
  ) {
    self.isChoice = isChoice
    layers = MLP(
      configuration.featureSize, isChoice ? actionSize : 2 * actionSize, units: configuration.units,
      hiddenLayers: configuration.headLayers, using: &random)
  }

  /// The distribution over actions for features `[…, feature]`.
  ///
  /// For a choice the layers' output holds the logits of a `Categorical`. For numbers its first half are the x and its
  /// second the y of a `TruncatedNormal` with means tanh(x) and deviations 2σ(y/2) + 0.1, which are 1.1 for y = 0.
  /// Source: Hafner et al. 2021, section 2.2; the formulas are the official code's.
  public func callAsFunction(_ features: Tensor) -> any Distribution {
    let output = layers(features)
    // BEGIN SOLUTION 3.7
    guard !isChoice else { return Categorical(logits: output) }
    let half = output.shape[output.rank - 1] / 2
    let mean = tanh(output.slice(0..<half, axis: -1))
    let deviation = 2 * sigmoid(output.slice(half..<(2 * half), axis: -1) / 2) + 0.1
    return TruncatedNormal(Normal(mean: mean, standardDeviation: deviation))
    // END SOLUTION 3.7
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("layers", &layers)
  }
}
