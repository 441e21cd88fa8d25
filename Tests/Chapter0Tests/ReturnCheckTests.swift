import CourseTesting
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// What a check of λ-returns must tell apart.
@Suite(.exercise("0.9")) struct ReturnCheckTests {
  private func expectRejects(_ names: ClosedRange<Int>) {
    for (name, returns) in ToyReturns.wrong[names] {
      CourseTesting.expectRejects(name) { acceptsLambdaReturns { returns($0, $1, $2, $3, $4) } }
    }
  }

  @Test func acceptsWhatIsRight() {
    expectAccepts("the recursion from the end") { acceptsLambdaReturns { ToyReturns()($0, $1, $2, $3, $4) } }
    expectAccepts("the mixture of n-step returns, which rounds differently") {
      acceptsLambdaReturns { mixedReturns($0, $1, $2, $3, $4).map { Float($0) * 1.000001 } }
    }
  }

  @Test func rejectsAWrongMixture() { expectRejects(0...2) }

  @Test func rejectsAWrongDiscount() { expectRejects(3...5) }

  @Test func rejectsWrongEndsOfEpisodes() { expectRejects(6...9) }

  @Test func rejectsWrongValues() { expectRejects(10...12) }

  @Test func rejectsAWrongOrderOrCount() {
    for (name, change) in [
      ("returns from the last to the first", { Array($0.reversed()) }),
      ("a return too few: the last is missing", { Array($0.dropLast()) }),
      ("a return too many", { $0 + [0] }),
      ("no returns at all", { _ in [] }),
      ("only the first return right, the others are the rewards", { Array($0.prefix(1)) + [2, 3] }),
      ("returns that are no numbers", { $0.map { _ in .nan } }),
    ] as [(String, ([Float]) -> [Float])] {
      CourseTesting.expectRejects(name) {
        acceptsLambdaReturns { rewards, values, continues, discount, lambda in
          change(ToyReturns()(rewards, values, continues, discount, lambda))
        }
      }
    }
  }
}
