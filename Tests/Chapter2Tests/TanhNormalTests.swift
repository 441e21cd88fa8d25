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

/// The log-density of squashed actions: a batch of 2, 3 steps, 5 numbers in an action.
@Suite(.exercise("2.6")) struct TanhNormalTests {
  let mean = Tensor.sample([2, 3, 5], seed: 61)
  let deviation = Tensor.sample([2, 3, 5], seed: 62, low: 0.4, high: 1.6)
  let preTanh = Tensor.sample([2, 3, 5], seed: 63, low: -2, high: 2)

  private var distribution: TanhNormal { TanhNormal(Normal(mean: mean, standardDeviation: deviation)) }

  /// log N(x(u)) + correction(u), summed over the action.
  private func summed(at x: (Double) -> Double = { $0 }, correction: (Double) -> Double) -> Tensor {
    let (means, deviations) = (mean.vectors, deviation.vectors)
    let sums = preTanh.vectors.enumerated().map { row, u in
      u.indices.reduce(0.0) { sum, i in
        sum + correction(u[i]) + Oracle.logNormal(x(u[i]), mean: means[row][i], deviation: deviations[row][i])
      }
    }
    return Tensor([sums], shape: [2, 3])
  }

  @Test func oneNumberForEachAction() {
    let result = distribution.logProbability(preTanh: preTanh)
    expectShape(result, [2, 3], "logProbability of actions [2, 3, 5]: the sum over the last axis")
  }

  @Test func closedForm() {
    let squash = { (u: Double) in log(1 - tanh(u) * tanh(u)) }
    let expected = summed { -squash($0) }
    expectClose(
      distribution.logProbability(preTanh: preTanh), expected, "logProbability(preTanh: u)",
      mistakes: [
        Mistake("the density of u: squashing changes it by 1 / (1 − tanh²u)", gives: summed { _ in 0 }),
        Mistake(
          "a correction with the wrong sign: squashing concentrates, so the density grows",
          gives: summed(correction: squash)),
        Mistake(
          "half the correction: it is 2·(log 2 − u − softplus(−2u))", gives: summed { -squash($0) / 2 }),
        Mistake(
          "a Normal evaluated at tanh u: it belongs to u", gives: summed(at: { tanh($0) }) { -squash($0) }),
        Mistake("1 − tanh u in place of 1 − tanh²u", gives: summed { -log(1 - tanh($0)) }),
        Mistake("the mean over the action: log-densities add up", gives: expected / 5),
      ])
  }

  /// One number at a time: N(u; 0, 3²) − log(1 − tanh²u), where 1 − tanh²u has vanished in Float.
  @Test func saturatedActions() {
    let points: [Float] = [-60, -14, 9.5, 30]
    let distribution = TanhNormal(
      Normal(mean: .zeros([4, 1]), standardDeviation: Tensor(repeating: 3, shape: [4, 1])))
    func expected(_ correction: (Double) -> Double) -> Tensor {
      Tensor(
        [points.map { Oracle.logNormal(Double($0), mean: 0, deviation: 3) + correction(Double($0)) }],
        shape: [4])
    }
    expectClose(
      distribution.logProbability(preTanh: Tensor(shape: [4, 1], points)),
      // 1 − tanh²u = 4 e^(−2|u|) / (1 + e^(−2|u|))²
      expected { 2 * (abs($0) + log1p(exp(-2 * abs($0))) - log(2)) }, "logProbability(preTanh: \(points))",
      mistakes: [
        Mistake(
          "log(1 − tanh²u + 10⁻⁶): it is capped where tanh saturates", gives: expected { _ in -log(1e-6) }),
        Mistake(
          "log(1 − tanh²u), which is infinite where tanh rounds to 1",
          gives: Tensor(repeating: .infinity, shape: [4])),
        Mistake("the density of u: squashing changes it by 1 / (1 − tanh²u)", gives: expected { _ in 0 }),
      ])
  }

  @Test func officialValuesAndGradients() throws {
    try GoldenCase.named("tanh_normal", in: "dreamerv1").check(at: ["mean_raw", "std_raw", "u"]) { x in
      let mean = 5 * tanh(x[0] / 5)
      let deviation = softplus(x[1] + Float(log(exp(5.0) - 1))) + 1e-4
      let distribution = TanhNormal(Normal(mean: mean, standardDeviation: deviation))
      return [
        "mean": mean, "std": deviation, "action": tanh(x[2]),
        "log_prob": distribution.logProbability(preTanh: x[2]),
      ]
    }
  }

  @Test func gradients() {
    let weights = Tensor.sample([2, 3], seed: 64)
    let inputs = [mean, deviation, preTanh]
    let found = valueWithGradient(at: inputs) { x in
      let distribution = TanhNormal(Normal(mean: x[0], standardDeviation: x[1]))
      return (weights * distribution.logProbability(preTanh: x[2])).sum()
    }.gradients
    let distance = (preTanh - mean) / deviation
    let expected = [
      distance / deviation, (square(distance) - 1) / deviation, 2 * tanh(preTanh) - distance / deviation,
    ]
    for (index, name) in ["mean", "σ", "u"].enumerated() {
      let scale = weights.reshaped([2, 3, 1])
      var mistakes = [
        Mistake("a stopped gradient: the density depends on \(name)", gives: Tensor.zeros([2, 3, 5]))
      ]
      if name == "u" {
        mistakes.append(Mistake("a correction without gradient, or none", gives: -expected[0] * scale))
      }
      expectClose(
        found[index], expected[index] * scale, "the gradient with respect to \(name)", mistakes: mistakes)
    }
  }

  @Test func gradientsOfSaturatedActions() {
    let distribution = TanhNormal(
      Normal(mean: .zeros([4, 1]), standardDeviation: Tensor(repeating: 3, shape: [4, 1])))
    let points = Tensor(shape: [4, 1], [-60, -14, 9.5, 30])
    let found = valueWithGradient(at: [points]) { distribution.logProbability(preTanh: $0[0]).sum() }
      .gradients
    expectClose(
      found[0], Tensor(shape: [4, 1], [-2 + 60 / 9, -2 + 14 / 9, 2 - 9.5 / 9, 2 - 30 / 9]),
      "the gradient with respect to u = −60, −14, 9.5, 30")
  }
}
