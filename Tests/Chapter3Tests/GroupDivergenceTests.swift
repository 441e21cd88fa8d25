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

/// The divergence for a batch of 2, with 3 steps and 4 groups of 5 classes.
@Suite(.exercise("3.2")) struct GroupDivergenceTests {
  let posterior = Tensor.sample([2, 3, 4, 5], seed: 21, low: -2, high: 2)
  let prior = Tensor.sample([2, 3, 4, 5], seed: 22, low: -2, high: 2)

  private func divergence(_ q: Tensor, _ p: Tensor, uniformShare: Float = 0) -> Tensor {
    CategoricalBelief(logits: q, uniformShare: uniformShare)
      .klDivergence(to: CategoricalBelief(logits: p, uniformShare: uniformShare))
  }

  /// A number for each group.
  private func terms(_ term: (_ q: [Double], _ p: [Double]) -> Double) -> [Double] {
    zip(posterior.vectors, prior.vectors).map(term)
  }

  /// A number for each group, summed over the groups.
  private func summed(_ term: (_ q: [Double], _ p: [Double]) -> Double) -> Tensor {
    Tensor([terms(term).chunks(4).map { $0.reduce(0, +) }], shape: [2, 3])
  }

  private var closed: Tensor { summed(Oracle.divergence) }

  @Test func oneNumberForEachStep() {
    expectShape(
      divergence(posterior, prior), [2, 3], "the divergence of beliefs [2, 3, 4, 5]",
      mistakes: [
        ("a divergence for each group: add them up", [2, 3, 4]),
        ("a sum over groups, not over classes", [2, 3, 5]),
        ("a sum over everything: each step has its own", []),
      ])
  }

  @Test func closedForm() {
    let whole = zip(posterior.vectors.chunks(4), prior.vectors.chunks(4)).map {
      Oracle.divergence($0.flatMap { $0 }, $1.flatMap { $0 })
    }
    expectClose(
      divergence(posterior, prior), closed, "KL(posterior ‖ prior)",
      mistakes: [
        Mistake(
          "KL(prior ‖ posterior): the arguments are swapped", gives: summed { Oracle.divergence($1, $0) }),
        Mistake("a mean over the groups: their divergences add up", gives: closed / 4),
        Mistake("a mean over the classes: it is a sum", gives: closed / 5),
        Mistake(
          "one distribution over all classes of all groups: each group has its own",
          gives: Tensor([whole], shape: [2, 3])),
        Mistake(
          "a cross-entropy: subtract the posterior's entropy",
          gives: summed { q, p in Oracle.divergence(q, p) + Oracle.entropy(Oracle.softmax(q)) }),
        Mistake(
          "logits in place of log-probabilities",
          gives: summed { q, p in
            zip(Oracle.softmax(q), zip(q, p)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
          }),
        Mistake(
          "an average over the prior: it is over the posterior",
          gives: summed { q, p in
            zip(Oracle.softmax(p), zip(Oracle.softmax(q), Oracle.softmax(p)))
              .reduce(0) { $0 + $1.0 * log($1.1.0 / $1.1.1) }
          }),
      ])
  }

  @Test func equalBeliefsCostNothing() {
    expectClose(
      divergence(posterior, posterior), Tensor.zeros([2, 3]), "the divergence of a belief from itself")
  }

  @Test func officialValues() throws {
    let golden = try GoldenCase.named("kl_balance_0.8", in: "dreamerv2")
    try golden.expect(
      divergence(try golden.input("post").tensor, try golden.input("prior").tensor), is: "kl")
  }

  @Test func extremeBeliefs() {
    let q = Tensor(shape: [1, 2, 3], [200, 0, 0, 0, 0, 0])
    let p = Tensor(shape: [1, 2, 3], [0, 0, 200, 0, 0, 0])
    let found = divergence(q, p)
    let isFinite = found.scalars.allSatisfy(\.isFinite)
    #expect(
      isFinite,
      "no number where a probability rounds to 0; looks like the logarithm of a probability: use logProbabilities"
    )
    expectClose(
      found, Tensor([200]), "the divergence where a probability rounds to 0",
      mistakes: [
        Mistake("the logarithm of a probability with a small number added", gives: Tensor([log(Float(1e8))]))
      ])
  }

  @Test func theUniformShareCounts() {
    let mixed = { (logits: [Double]) in Oracle.softmax(logits).map { log(0.8 * $0 + 0.2 / 5) } }
    expectClose(
      divergence(posterior, prior, uniformShare: 0.2), summed { Oracle.divergence(mixed($0), mixed($1)) },
      "the divergence with uniformShare 0.2",
      mistakes: [
        Mistake("the softmax of the logits, without the beliefs' uniformShare: use groups", gives: closed)
      ])
  }

  @Test func gradientsReachBothSides() {
    let weights = Tensor.sample([2, 3], seed: 23)
    let found = valueWithGradient(at: [posterior, prior]) {
      (weights * divergence($0[0], $0[1])).sum()
    }.gradients
    func expected(_ rule: (_ q: [Double], _ p: [Double], _ j: Int) -> Double) -> Tensor {
      let w = weights.vectors.flatMap { $0 }
      let groups = zip(posterior.vectors, prior.vectors).enumerated().map { index, pair in
        (0..<5).map { w[index / 4] * rule(Oracle.softmax(pair.0), Oracle.softmax(pair.1), $0) }
      }
      return Tensor(groups, shape: [2, 3, 4, 5])
    }
    let ofPosterior = expected { q, p, j in
      q[j] * (log(q[j] / p[j]) - zip(q, p).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) })
    }
    let ofPrior = expected { q, p, j in p[j] - q[j] }
    for (index, (name, right)) in [("posterior", ofPosterior), ("prior", ofPrior)].enumerated() {
      expectClose(
        found[index], right, "the gradient with respect to the \(name)'s logits",
        mistakes: [
          Mistake(
            "a stopped gradient: which side learns how much is for balancedKL to say",
            gives: Tensor.zeros([2, 3, 4, 5]))
        ])
    }
  }
}
