import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// What a check of a mixture's negative log-likelihood must tell apart.
@Suite(.exercise("1.3")) struct MixtureDensityCheckTests {
  private func expectRejects(_ faults: [ToyMixtureLoss.Fault]) {
    for fault in faults {
      CourseTesting.expectRejects(fault.rawValue) {
        acceptsMixtureLoss { ToyMixtureLoss(fault: fault)($0, $1) }
      }
    }
  }

  @Test func acceptsWhatIsRight() {
    expectAccepts("log Σ exp in double precision") { acceptsMixtureLoss { ToyMixtureLoss()($0, $1) } }
    expectAccepts("the same, rounded to five digits") {
      acceptsMixtureLoss { ToyMixtureLoss()($0, $1) * 1.00001 }
    }
  }

  @Test func rejectsWhatIsNoDensity() {
    expectRejects(
      [.noNormaliser, .noDeviation, .deviationGrows, .notSquared, .noHalf, .rawLogits, .likelihood, .bits])
  }

  @Test func rejectsAWrongSum() { expectRejects([.likeliest, .averaged]) }

  /// Densities that integrate to 1 as they should, but are not those of the mixtures.
  @Test func rejectsAnotherDensity() {
    expectRejects([.variance, .uniform, .sharedWeights, .sharedMeans, .mirrored])
  }

  @Test func rejectsWhatFailsFarAway() { expectRejects([.singlePrecision, .epsilon]) }

  @Test func rejectsAnotherShape() {
    for (name, change) in [
      ("one mean over everything", { $0.mean() }),
      ("the sum over the numbers of z", { $0.sum(-1) }),
      ("an axis of 1 that is left over", { $0.reshaped($0.shape + [1]) }),
      ("the sum over the numbers of z, for each of them", { ($0 + $0.reversed(-1)) }),
      ("the loss of the other number of z", { $0.reversed(-1) }),
      ("losses that are no numbers", { $0 * .nan }),
    ] as [(String, (Tensor) -> Tensor)] {
      CourseTesting.expectRejects(name) { acceptsMixtureLoss { change(ToyMixtureLoss()($0, $1)) } }
    }
  }
}
