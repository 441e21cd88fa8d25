import Curriculum
import Foundation
import Networks
import Tensors

/// A Normal distribution squashed by tanh into (−1, 1): continuous actions with limits.
///
/// Source: Haarnoja et al. 2018, Appendix C; Hafner et al. 2020, Appendix A.
public struct TanhNormal: Distribution {
  /// The distribution before squashing, `[…, action]`.
  public var normal: Normal

  /// Squashes `normal`.
  public init(_ normal: Normal) {
    self.normal = normal
  }

  /// A draw through which gradients flow, `[…, action]` in (−1, 1).
  public func sample(using random: inout SplitMix64) -> Tensor {
    tanh(normal.sample(using: &random))
  }

  /// The log-density of the action tanh(u).
  ///
  /// Squashing stretches the density by 1 / (1 − tanh²u); in logarithms, and safe for large |u|:
  /// log(1 − tanh²u) = 2·(log 2 − u − softplus(−2u)).
  ///
  /// - Parameter preTanh: u, the sample before squashing, `[…, action]`.
  /// - Returns: log p(tanh u), summed over the action: `[…]`.
  public func logProbability(preTanh: Tensor) -> Tensor {
    // BEGIN SOLUTION 2.6
    let logTwo: Float = 0.693_147_180_6
    let logStretch = 2 * (logTwo - preTanh - softplus(-2 * preTanh))
    return (normal.logProbability(of: preTanh) - logStretch).sum(-1)
    // END SOLUTION 2.6
  }

  /// The log-density of actions `[…, action]` in (−1, 1), summed over the action: `[…]`.
  ///
  /// Numbers so close to ±1 that no one knows any more what was squashed are moved away by 10⁻⁶.
  public func logProbability(of action: Tensor) -> Tensor {
    let inside = action.clamped(-1 + 1e-6, 1 - 1e-6)
    return logProbability(preTanh: 0.5 * (log(1 + inside) - log(1 - inside)))  // the inverse of tanh
  }

  /// The entropy, `[…]`, estimated by −log p of one draw: squashing leaves it no formula.
  public func entropy(using random: inout SplitMix64) -> Tensor {
    -logProbability(preTanh: normal.sample(using: &random))
  }

  /// The likeliest of 100 draws: the official code's stand-in for the mode, which has no formula.
  public func mode(using random: inout SplitMix64) -> Tensor {
    let candidates = (0..<100).map { _ in normal.sample(using: &random) }
    let scores = stack(candidates.map { logProbability(preTanh: $0) })  // [draw, batch]
    let best = scores.argmax(0)
    let chosen = best.enumerated().map { row, draw in candidates[draw].slice(row..<(row + 1), axis: 0) }
    return tanh(concatenate(chosen, axis: 0))
  }
}

extension Distribution {
  /// The Normal that a squashed policy draws from; no other policy has one.
  public var normal: Normal {
    guard let squashed = self as? TanhNormal else { fatalError("\(Self.self) squashes no Normal") }
    return squashed.normal
  }
}

/// The policy: from features to a distribution over actions.
public struct Actor: Module {
  /// Features → means and raw standard deviations, or the logits of choices.
  public var layers: MLP
  private let isDiscrete: Bool
  private let meanLimit: Float
  private let minimumDeviation: Float
  /// The raw output for which the standard deviation has its initial value.
  private let rawDeviation: Float

  /// An actor with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - actionSize: the extent of an action, or how many choices there are.
  ///   - isDiscrete: whether an action is one of some choices.
  ///   - configuration: sizes, and the range of means and deviations.
  ///   - random: draws the weights.
  public init(
    actionSize: Int, isDiscrete: Bool = false, configuration: DreamerV1Configuration,
    using random: inout SplitMix64
  ) {
    self.isDiscrete = isDiscrete
    meanLimit = Float(configuration.actorMeanLimit)
    minimumDeviation = Float(configuration.actorMinimumDeviation)
    // The inverse of softplus.
    rawDeviation = Float(log(exp(configuration.actorInitialDeviation) - 1))
    layers = MLP(
      configuration.featureSize, isDiscrete ? actionSize : 2 * actionSize, units: configuration.units,
      hiddenLayers: configuration.actorLayers, using: &random)
  }

  /// The distribution over actions for features `[…, feature]`.
  ///
  /// Before squashing, the mean is limit·tanh(x / limit). The official code's limit is 5, its initial deviation 5
  /// and its least 0.0001. The limit does not keep the actor from getting stuck: a mean of 5 means an action of
  /// 0.9999, where tanh passes a fifth of a thousandth of a gradient, and close to the limit the second tanh
  /// passes as little of what is left.
  ///
  /// A choice is drawn as a one-hot vector, and the gradient goes straight through it to the probabilities, as in the
  /// official code: so discrete actors, too, learn through the dynamics.
  public func callAsFunction(_ features: Tensor) -> any Distribution {
    let output = layers(features)
    if isDiscrete { return Categorical(logits: output) }
    let size = output.shape[output.rank - 1] / 2
    let mean = meanLimit * tanh(output.slice(0..<size, axis: -1) / meanLimit)
    let deviation = softplus(output.slice(size..<(2 * size), axis: -1) + rawDeviation) + minimumDeviation
    return TanhNormal(Normal(mean: mean, standardDeviation: deviation))
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("layers", &layers)
  }
}
