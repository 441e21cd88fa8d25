import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV2
#else
  import Chapter3
#endif

/// Draws of z: states with 3 groups of 4 classes.
@Suite(.exercise("3.1")) struct SampleTests {
  private func sample(_ logits: Tensor, uniformShare: Float = 0) -> Tensor {
    var random = SplitMix64(seed: 11)
    return CategoricalBelief(logits: logits, uniformShare: uniformShare).sample(using: &random)
  }

  /// The same belief for many states, `[count, 3, 4]`.
  private func repeated(_ rows: [[Float]], _ count: Int) -> Tensor {
    Tensor(shape: [count, 3, 4], Array(repeating: rows.joined(), count: count).flatMap { $0 })
  }

  private let rows: [[Float]] = [[0, 1, 2, -1], [1.5, 0, -1, 0.5], [-0.5, 0.25, 0, 1]]
  private var probabilities: [Double] { rows.flatMap { Oracle.softmax($0.map(Double.init)) } }

  @Test func oneRowForEachState() {
    let mistakes = [("groups that are not joined: they stand side by side in one row", [2, 3, 4])]
    expectShape(
      sample(.zeros([2, 3, 4])), [2, 12], "a sample of a belief [2, 3, 4]",
      mistakes: mistakes + [("all states in one row", [24])])
    expectShape(
      sample(.zeros([2, 5, 3, 4])), [2, 5, 12], "a sample of a belief [2, 5, 3, 4]",
      mistakes: [("groups that are not joined: they stand side by side in one row", [2, 5, 3, 4])])
  }

  @Test func exactlyOneHot() throws {
    let z = sample(repeated(rows, 50))
    try #require(z.shape == [50, 12], "the shape, see oneRowForEachState")
    let groups = z.vectors.flatMap { $0.chunks(4) }
    let hard = groups.map { group in group.map { $0 == group.max() ? 1.0 : 0 } }
    let isRelaxed = groups.contains { $0.contains { $0 > 0.001 && $0 < 0.999 } }
    var mistakes = [
      Mistake(
        "the probabilities themselves: z must be drawn",
        gives: Tensor(Array(repeating: probabilities, count: 50)))
    ]
    if groups.allSatisfy({ abs($0.reduce(0, +) - 2) < 1e-3 }) {
      mistakes.append(Mistake("onehot + p: subtract stopGradient(p), so that the value stays", gives: z))
    } else if isRelaxed {
      mistakes.append(Mistake("a relaxed draw, as in Gumbel-softmax: DreamerV2 has none", gives: z))
    } else if z.vectors.allSatisfy({ $0.reduce(0, +) == 1 }) {
      mistakes.append(Mistake("one choice for the whole row: every group makes its own", gives: z))
    }
    expectClose(
      z, Tensor(hard, shape: [50, 12]), "z, each group exactly one-hot",
      within: Tolerance(relative: 0, absolute: 1e-6),
      mistakes: mistakes)
  }

  @Test func drawnFromTheProbabilities() throws {
    let z = sample(repeated(rows, 5000))
    try #require(z.shape == [5000, 12], "the shape, see oneRowForEachState")
    let all = Oracle.softmax(rows.flatMap { $0.map(Double.init) })
    let classMajor = (0..<12).map { probabilities[$0 % 3 * 4 + $0 / 3] }
    expectClose(
      z.mean(0), Tensor([probabilities], shape: [12]), "how often each class is drawn",
      within: Tolerance(relative: 0, absolute: 0.035),
      mistakes: [
        Mistake(
          "the likeliest class every time: z must be drawn",
          gives: Tensor([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1])),
        Mistake("draws that do not look at the logits", gives: Tensor(repeating: 0.25, shape: [12])),
        Mistake("one choice for the whole row: every group makes its own", gives: Tensor([all], shape: [12])),
        Mistake(
          "a row that goes class by class: it goes group by group", gives: Tensor([classMajor], shape: [12])),
      ])
  }

  @Test func everyDrawIsNew() throws {
    var random = SplitMix64(seed: 12)
    let belief = CategoricalBelief(logits: .zeros([1000, 3, 4]))
    let draws = (0..<2).map { _ in belief.sample(using: &random) }
    try #require(draws[0].shape == [1000, 12], "the shape, see oneRowForEachState")
    func alike(_ a: Tensor, _ b: Tensor) -> Double { Double((a * b).sum().scalar) / 1000 }
    func group(_ index: Int) -> Tensor { draws[0].slice((4 * index)..<(4 * index + 4), axis: 1) }
    expectClose(
      [
        alike(draws[0], draws[1]) / 3, alike(group(0), group(1)),
        alike(
          draws[0].slice(0..<4, axis: 1).slice(0..<500, axis: 0),
          draws[0].slice(0..<4, axis: 1).slice(500..<1000, axis: 0)) * 2,
      ], [0.25, 0.25, 0.25],
      "how often two draws of four classes agree: of two calls, of two groups, of two states",
      within: Tolerance(relative: 0, absolute: 0.07),
      mistakes: [
        Mistake("the same draw in every call: pass the generator on with &random", gives: [1, 0.25, 0.25]),
        Mistake("one draw for all groups", gives: [0.25, 1, 0.25]),
        Mistake("one draw for all states", gives: [0.25, 0.25, 1]),
      ])
  }

  @Test func theGradientIsThatOfTheProbabilities() throws {
    let logits = Tensor.sample([2, 3, 4], seed: 13, low: -2, high: 2)
    let weights = Tensor.sample([2, 12], seed: 14)
    var z = Tensor(0)
    let found = valueWithGradient(at: [logits]) { x in
      let drawn = sample(x[0])
      z = stopGradient(drawn)
      return (weights.reshaped(drawn.shape) * drawn).sum()
    }.gradients[0]
    try #require(z.shape == [2, 12], "the shape, see oneRowForEachState")
    let (w, chosen) = (weights.vectors.flatMap { $0.chunks(4) }, z.vectors.flatMap { $0.chunks(4) })
    func gradient(_ rule: (_ p: [Double], _ w: [Double], _ z: [Double], _ j: Int) -> Double) -> Tensor {
      let groups = logits.vectors.enumerated().map { index, row in
        (0..<4).map { rule(Oracle.softmax(row), w[index], chosen[index], $0) }
      }
      return Tensor(groups, shape: [2, 3, 4])
    }
    expectClose(
      found, gradient { p, w, _, j in p[j] * (w[j] - zip(p, w).reduce(0) { $0 + $1.0 * $1.1 }) },
      "the gradient of Σ weights · z with respect to the logits",
      mistakes: [
        Mistake(
          "a draw without gradient: it goes straight through to the probabilities",
          gives: Tensor.zeros([2, 3, 4])),
        Mistake(
          "the gradient of the drawn class's probability alone: all classes pass theirs on",
          gives: gradient { p, w, z, j in
            (0..<4).reduce(0) { $0 + z[$1] * w[$1] * (($1 == j ? 1 : 0) - p[j]) }
          }),
        Mistake(
          "the gradient of the log-probabilities: pass on the probabilities",
          gives: gradient { p, w, _, j in w[j] - p[j] * w.reduce(0, +) }),
        Mistake(
          "the gradient of the logits: pass on the probabilities", gives: gradient { _, w, _, j in w[j] }),
      ])
  }

  @Test func officialGradient() throws {
    let golden = try GoldenCase.named("straight_through", in: "dreamerv2")
    let weights = try golden.input("weights").tensor
    let found = valueWithGradient(at: [try golden.input("logits").tensor]) {
      let z = sample($0[0])
      return (z * weights.reshaped(z.shape)).sum()
    }.gradients[0]
    expectClose(
      found, try #require(golden.gradients["logits"]).tensor, "the official gradient, whatever is drawn")
  }

  /// With a third of a uniform distribution mixed in.
  @Test func theUniformShareCounts() throws {
    let z = sample(repeated([[30, 0, 0, 0], [0, 30, 0, 0], [0, 0, 30, 0]], 3000), uniformShare: 0.4)
    try #require(z.shape == [3000, 12], "the shape, see oneRowForEachState")
    expectClose(
      z.mean(0), Tensor([0.7, 0.1, 0.1, 0.1, 0.1, 0.7, 0.1, 0.1, 0.1, 0.1, 0.7, 0.1]),
      "how often each class is drawn with uniformShare 0.4", within: Tolerance(relative: 0, absolute: 0.04),
      mistakes: [
        Mistake(
          "the softmax of the logits, without the belief's uniformShare: use groups",
          gives: Tensor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]))
      ])
  }
}
