import Tensors

/// Mixtures of normal distributions, one for each number: the mixture density network of World Models.
///
/// Source: Bishop 1994; Ha and Schmidhuber 2018, which has five components for each latent dimension.
public struct Mixture: Sendable {
  /// How likely each component is, `[…, component]`.
  public var weights: Categorical
  /// The components, `[…, component]`.
  public var components: Normal

  /// Mixtures of the given components.
  public init(weights: Categorical, components: Normal) {
    require(
      weights.logProbabilities.shape == components.mean.shape,
      "Mixture: weights of shape \(weights.logProbabilities.shape) for components of shape \(components.mean.shape)"
    )
    self.weights = weights
    self.components = components
  }

  /// The log-density of numbers `[…]`, number by number (not summed).
  public func logProbability(of x: Tensor) -> Tensor {
    require(
      x.shape == components.mean.shape.dropLast(),
      "Mixture: numbers of shape \(x.shape) do not fit components of shape \(components.mean.shape)")
    let each = components.logProbability(of: x.reshaped(x.shape + [1]))
    return (weights.logProbabilities + each).logSumExp()
  }

  /// The same mixtures, surer below and more adventurous above temperature 1: logits / τ and σ·√τ.
  public func tempered(_ temperature: Float) -> Mixture {
    Mixture(
      weights: Categorical(logits: weights.logProbabilities / temperature),
      components: Normal(
        mean: components.mean, standardDeviation: components.standardDeviation * temperature.squareRoot()))
  }

  /// A draw `[…]`: a component is chosen, then a number from it; no gradient reaches the choice.
  public func sample(using random: inout SplitMix64) -> Tensor {
    let chosen = weights.sampleIndices(using: &random)
    let deviations = components.standardDeviation.broadcast(to: components.mean.shape)
    return Normal(mean: components.mean.gather(chosen), standardDeviation: deviations.gather(chosen))
      .sample(using: &random)
  }
}
