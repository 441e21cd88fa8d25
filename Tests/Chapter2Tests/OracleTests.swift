import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// The oracles of this folder against the official implementation.
@Suite struct OracleTests {
  @Test func oneStep() throws {
    let golden = try GoldenCase.named("rssm_step_v1", in: "dreamerv1")
    let rssm = try RSSM.golden(golden)
    let inputs = try ["stoch", "action", "deter", "embed"].map { try golden.input($0).tensor.vectors }
    let memory = (0..<2).map {
      Oracle.nextMemory(rssm, joined: inputs[0][$0] + inputs[1][$0], memory: inputs[2][$0])
    }
    let prior = memory.map { Oracle.prior(rssm, memory: $0) }
    let posterior = zip(memory, inputs[3]).map { Oracle.posterior(rssm, memory: $0, embedding: $1) }
    try golden.expect(Tensor(memory), is: "deter")
    try golden.expect(Tensor(prior.map(\.mean)), is: "prior_mean")
    try golden.expect(Tensor(prior.map(\.deviation)), is: "prior_std")
    try golden.expect(Tensor(posterior.map(\.mean)), is: "post_mean")
    try golden.expect(Tensor(posterior.map(\.deviation)), is: "post_std")
  }

  @Test func gradientsByDifferences() {
    let found = Oracle.gradient(at: [[1, 2], [3, 0.5]]) { $0[0][0] * $0[0][1] * $0[1][0] + $0[1][1] }
    expectClose(found, [[6, 3], [2, 1]], "the gradient of a·b·c + d")
  }
}
