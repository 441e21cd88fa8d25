import CourseTesting
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// The loss on a batch of 3 dreams of 6 states with 4 features.
@Suite(.exercise("2.11")) struct CriticLossTests {
  let behavior: Behavior
  let golden: GoldenCase
  let dream: Behavior.Dream
  /// Reads the value off the first feature.
  var critic: MLP

  init() throws {
    var random = SplitMix64(seed: 111)
    var settings = DreamerV1Configuration.tiny()
    (settings.stochasticSize, settings.deterministicSize, settings.valueLayers) = (1, 3, 0)
    behavior = Behavior(actionSize: 2, configuration: settings, using: &random)
    critic = MLP(4, 1, units: 7, hiddenLayers: 0, using: &random)
    critic.layers[0].weight = Tensor([[1], [0], [0], [0]])
    golden = try GoldenCase.named("value_loss", in: "dreamerv1")
    // The official code has time first, and no value for the last state: that one is far away here.
    let values = concatenate([
      try golden.input("pred").tensor.transposed(), .init(repeating: 9, shape: [3, 1]),
    ])
    dream = Behavior.Dream(
      features: concatenate([values.reshaped([3, 6, 1]), .sample([3, 6, 3], seed: 112)]),
      returns: try golden.input("target").tensor.transposed(),
      weights: try golden.input("disc").tensor.transposed())
  }

  /// −log N(return; value, 1).
  private func surprise(_ value: Double, _ target: Double) -> Double {
    -Oracle.logNormal(target, mean: value, deviation: 1)
  }

  /// The weighted mean of `term` over values and returns.
  private func loss(_ values: [[Double]], _ term: (Double, Double) -> Double) -> Float {
    let terms = zip(values, dream.returns.vectors).map { zip($0, $1).map(term) }
    return Float(Oracle.mean(dream.weights.vectors, terms))
  }

  /// The values of all six states of each dream.
  private func values(_ critic: MLP) -> [[Double]] {
    let values = dream.features.vectors.map { Oracle.mlp($0, critic)[0] }
    return (0..<3).map { Array(values[(6 * $0)..<(6 * $0 + 6)]) }
  }

  private func withoutLast(_ rows: [[Double]]) -> [[Double]] { rows.map { Array($0[..<5]) } }

  @Test func officialValue() throws {
    let expected = Float(try golden.output("loss").number)
    let predicted = values(critic)
    let right = withoutLast(predicted)
    expectClose(
      behavior.criticLoss(critic, dream: dream), expected, "the critic's loss",
      mistakes: [
        Mistake("a missing minus sign: the likelihood would fall", gives: -expected),
        Mistake("the sum instead of the mean", gives: 15 * expected),
        Mistake(
          "missing weights: each return counts as discountWeights say",
          gives: Float(Oracle.mean(right, dream.returns.vectors, surprise))),
        Mistake(
          "values one step late: the first return belongs to the first state",
          gives: loss(predicted.map { Array($0[1...]) }, surprise)),
        Mistake(
          "self.critic instead of the recorded copy",
          gives: loss(withoutLast(values(behavior.critic)), surprise)),
        Mistake("the squared error without its ½", gives: loss(right) { ($0 - $1) * ($0 - $1) }),
        Mistake(
          "half the squared error without log √(2π)", gives: loss(right) { 0.5 * ($0 - $1) * ($0 - $1) }),
      ])
  }

  @Test func anyCritic() {
    var random = SplitMix64(seed: 113)
    let deep = MLP(4, 1, units: 7, hiddenLayers: 2, using: &random).withRandomParameters(seed: 114)
    expectClose(
      behavior.criticLoss(deep, dream: dream), loss(withoutLast(values(deep)), surprise),
      "the loss of a critic with hidden layers")
  }

  @Test func theLastStateDoesNotCount() {
    var other = dream
    other.features = concatenate(
      [dream.features.slice(0..<5, axis: 1), .sample([3, 1, 4], seed: 115)], axis: 1)
    expectClose(
      behavior.criticLoss(critic, dream: other), behavior.criticLoss(critic, dream: dream),
      "the loss after only the last state changed, which has no return")
  }

  @Test func officialGradient() throws {
    let (weight, bias) = (critic.layers[0].weight, critic.layers[0].bias)
    let found = valueWithGradient(at: [weight, bias]) { parameters in
      var recorded = critic
      (recorded.layers[0].weight, recorded.layers[0].bias) = (parameters[0], parameters[1])
      return behavior.criticLoss(recorded, dream: dream)
    }.gradients
    let slopes = try #require(golden.gradients["pred"]).tensor.transposed().reshaped([3, 5, 1])
    let expected = [
      (dream.features.slice(0..<5, axis: 1) * slopes).sum(0, 1).reshaped([4, 1]), slopes.sum(0, 1),
    ]
    for (index, name) in ["weight", "bias"].enumerated() {
      expectClose(
        found[index], expected[index], "the gradient of the loss at the critic's \(name)",
        mistakes: [
          Mistake("a loss that does not use the recorded critic", gives: Tensor.zeros(expected[index].shape)),
          Mistake("a gradient that climbs", gives: -expected[index]),
        ])
    }
  }
}
