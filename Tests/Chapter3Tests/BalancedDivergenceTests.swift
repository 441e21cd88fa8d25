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

/// The balanced divergence for a batch of 2, with 3 steps and 4 groups of 5 classes.
@Suite(.exercise("3.3")) struct BalancedDivergenceTests {
  let posterior = Tensor.sample([2, 3, 4, 5], seed: 31, low: -2, high: 2)
  let prior = Tensor.sample([2, 3, 4, 5], seed: 32, low: -2, high: 2)

  private func balanced(_ q: Tensor, _ p: Tensor, _ balance: Float) -> Tensor {
    balancedKL(CategoricalBelief(logits: q), CategoricalBelief(logits: p), balance: balance)
  }

  private func plain(_ q: Tensor, _ p: Tensor) -> Tensor {
    let terms = zip(q.vectors, p.vectors).map(Oracle.divergence)
    return Tensor([terms.chunks(4).map { $0.reduce(0, +) }], shape: [2, 3])
  }

  @Test func oneNumberForEachStep() {
    expectShape(
      balanced(posterior, prior, 0.8), [2, 3], "balancedKL of beliefs [2, 3, 4, 5]",
      mistakes: [("a mean over everything: that comes later", [])])
  }

  @Test(arguments: [0.8, 0.3] as [Float]) func theValueIsThePlainDivergence(balance: Float) {
    let (right, reversed) = (plain(posterior, prior), plain(prior, posterior))
    expectClose(
      balanced(posterior, prior, balance), right, "balancedKL with balance \(balance)",
      mistakes: [
        Mistake("the prior's half alone", gives: balance * right),
        Mistake("the posterior's half alone", gives: (1 - balance) * right),
        Mistake("two whole divergences: they are weighted with α and 1 − α", gives: 2 * right),
        Mistake("one half that has its whole weight", gives: (1 + balance) * right),
        Mistake("one half that has its whole weight", gives: (2 - balance) * right),
        Mistake(
          "KL(prior ‖ posterior) in one half: both are KL(posterior ‖ prior)",
          gives: balance * right + (1 - balance) * reversed),
        Mistake(
          "KL(prior ‖ posterior) in one half: both are KL(posterior ‖ prior)",
          gives: balance * reversed + (1 - balance) * right),
        Mistake("KL(prior ‖ posterior): the arguments are swapped", gives: reversed),
      ])
  }

  /// The gradients of the plain divergence, with weights for the steps.
  private func plainGradients(_ weights: Tensor) -> [Tensor] {
    let w = weights.vectors.flatMap { $0 }
    func gradient(_ rule: ([Double], [Double], Int) -> Double) -> Tensor {
      let groups = zip(posterior.vectors, prior.vectors).enumerated().map { index, pair in
        (0..<5).map { w[index / 4] * rule(Oracle.softmax(pair.0), Oracle.softmax(pair.1), $0) }
      }
      return Tensor(groups, shape: [2, 3, 4, 5])
    }
    return [
      gradient { q, p, j in q[j] * (log(q[j] / p[j]) - zip(q, p).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) })
      },
      gradient { q, p, j in p[j] - q[j] },
    ]
  }

  @Test(arguments: [0.8, 0.3] as [Float]) func whoLearnsHowMuch(balance: Float) {
    let weights = Tensor.sample([2, 3], seed: 33)
    let found = valueWithGradient(at: [posterior, prior]) {
      (weights * balanced($0[0], $0[1], balance)).sum()
    }.gradients
    for (index, name) in ["posterior", "prior"].enumerated() {
      let (whole, share) = (plainGradients(weights)[index], index == 0 ? 1 - balance : balance)
      var mistakes = [
        Mistake(
          "the weights exchanged: α trains the prior, 1 − α the posterior", gives: (1 - share) * whole),
        Mistake("a gradient that is not stopped: each half trains one side", gives: whole),
        Mistake("a \(name) that does not learn", gives: Tensor.zeros([2, 3, 4, 5])),
      ]
      if balance != 0.8 {
        mistakes.append(
          Mistake("0.8 whatever the balance is", gives: (index == 0 ? 0.2 : 0.8) * whole))
      }
      expectClose(
        found[index], share * whole, "the \(name)'s gradient with balance \(balance)", mistakes: mistakes)
    }
  }

  @Test func officialValuesAndGradients() throws {
    try GoldenCase.named("kl_balance_0.8", in: "dreamerv2").check(at: ["post", "prior"]) {
      let kl = balanced($0[0], $0[1], 0.8)
      return ["kl": kl, "loss": kl.mean()]
    }
  }
}
