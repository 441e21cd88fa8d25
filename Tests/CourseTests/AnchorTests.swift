import Environments
import Testing
import Training

@testable import course

struct AnchorTests {
  private func isRight(_ task: BundledEnvironment, _ policy: ScriptedPolicy, offBy difference: Double) -> Bool
  {
    let exact = Anchor(task: task, policy: policy, measured: Statistics([0])).documented + difference
    return Anchor(task: task, policy: policy, measured: Statistics([exact - 1, exact + 1])).isRight
  }

  @Test func nothingButRoundingIsForgiven() {
    // The code gives one digit after the point for pendulum, two for the swing-up.
    for sign in [-1.0, 1] {
      #expect(isRight(.pendulum, .random, offBy: sign * 0.049))
      #expect(!isRight(.pendulum, .random, offBy: sign * 0.051))
      #expect(isRight(.cartpoleSwingUp, .expert, offBy: sign * 0.0049))
      #expect(!isRight(.cartpoleSwingUp, .expert, offBy: sign * 0.0051))
    }
  }

  @Test func anExactChanceIsComparedWithinFourStandardErrors() {
    // The deviation is 1, so that of a mean of 100 is 0.1.
    #expect(isRight(.sequence, .random, offBy: 0.39))
    #expect(!isRight(.sequence, .random, offBy: -0.41))
    #expect(!isRight(.sequence, .expert, offBy: 0.1))
  }

  @Test func complaintsSayBothNumbers() {
    let anchor = Anchor(task: .pendulum, policy: .expert, measured: Statistics([-150]))
    #expect(
      anchor.complaint == "pendulum: the code says -150.7 for the expert policy, measured -150.000")
    #expect(anchor.cells == ["-150.0 ± 0.0", "-150.7"])
  }
}
