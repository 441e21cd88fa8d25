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

/// Divergences from logits, balanced rightly or wrongly: α is the prior's share.
private enum ToyDivergence {
  static func kl(_ q: Tensor, _ p: Tensor) -> Tensor {
    let (logQ, logP) = (logSoftmax(q), logSoftmax(p))
    return (exp(logQ) * (logQ - logP)).sum(-1).sum(-1)
  }

  /// The value of `x`, with a share of its gradient.
  static func share(_ amount: Float, of x: Tensor) -> Tensor {
    stopGradient(x) + amount * (x - stopGradient(x))
  }

  static func right(_ q: Tensor, _ p: Tensor, _ balance: Float) -> Tensor {
    balance * kl(stopGradient(q), p) + (1 - balance) * kl(q, stopGradient(p))
  }

  static var wrongShares: [(String, BalancedDivergence)] {
    [
      ("the weights are exchanged: α trains the posterior", { right($0, $1, 1 - $2) }),
      ("nothing is stopped: both sides get the whole gradient", { kl($0, $1) + 0 * $2 * kl($0, $1) }),
      ("both sides get half, whatever α is", { q, p, _ in right(q, p, 0.5) }),
      ("the balance is always 0.8", { q, p, _ in right(q, p, 0.8) }),
      ("the balance is always 0.3", { q, p, _ in right(q, p, 0.3) }),
      (
        "the posterior's gradient is not stopped in the prior's half",
        { q, p, balance in balance * kl(q, p) + (1 - balance) * kl(q, stopGradient(p)) }
      ),
      (
        "the prior's gradient is not stopped in the posterior's half",
        { q, p, balance in balance * kl(stopGradient(q), p) + (1 - balance) * kl(q, p) }
      ),
    ]
  }

  static var oneSided: [(String, BalancedDivergence)] {
    [
      ("the prior does not learn", { q, p, balance in share(1 - balance, of: kl(q, stopGradient(p))) }),
      ("the posterior does not learn", { q, p, balance in share(balance, of: kl(stopGradient(q), p)) }),
      ("nothing learns", { q, p, _ in kl(stopGradient(q), stopGradient(p)) }),
      ("the gradients climb", { q, p, balance in share(-1, of: right(q, p, balance)) }),
    ]
  }

  static var wrongValues: [(String, BalancedDivergence)] {
    [
      ("only the prior's half is returned", { q, p, balance in balance * kl(stopGradient(q), p) }),
      ("KL(prior ‖ posterior): the arguments are swapped", { right($1, $0, 1 - $2) }),
      ("the mean over the groups, not the sum", { right($0, $1, $2) / 3 }),
      (
        "the right gradients of a value that is twice too large",
        { q, p, balance in
          right(q, p, balance) + stopGradient(right(q, p, balance))
        }
      ),
      ("not a number", { q, p, balance in right(q, p, balance) * Float.nan }),
    ]
  }

  static var wrongShapes: [(String, BalancedDivergence)] {
    [
      ("one number for the whole batch", { right($0, $1, $2).sum() }),
      (
        "a divergence for each group",
        { q, p, balance in
          func kl(_ q: Tensor, _ p: Tensor) -> Tensor {
            (softmax(q) * (logSoftmax(q) - logSoftmax(p))).sum(-1)
          }
          return balance * kl(stopGradient(q), p) + (1 - balance) * kl(q, stopGradient(p))
        }
      ),
    ]
  }
}

/// What a check of a balance must tell apart.
@Suite(.exercise("3.4")) struct BalanceCheckTests {
  @Test func acceptsWhatIsRight() {
    expectAccepts("two halves, each with one side stopped") {
      acceptsBalance { ToyDivergence.right($0, $1, $2) }
    }
    expectAccepts("one divergence whose arguments pass on a share of their gradients") {
      acceptsBalance { q, p, balance in
        ToyDivergence.kl(ToyDivergence.share(1 - balance, of: q), ToyDivergence.share(balance, of: p))
      }
    }
    expectAccepts("the same, off by a rounding error") {
      acceptsBalance { ToyDivergence.right($0, $1, $2) * Float(1.000005) }
    }
  }

  private func expectRejects(_ wrong: [(String, BalancedDivergence)]) {
    for (name, divergence) in wrong {
      CourseTesting.expectRejects(name) { acceptsBalance { divergence($0, $1, $2) } }
    }
  }

  @Test func rejectsWrongShares() { expectRejects(ToyDivergence.wrongShares) }

  @Test func rejectsWhatLearnsOnOneSide() { expectRejects(ToyDivergence.oneSided) }

  @Test func rejectsWrongValues() { expectRejects(ToyDivergence.wrongValues) }

  @Test func rejectsWrongShapes() { expectRejects(ToyDivergence.wrongShapes) }
}
