import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

import struct DreamerV1.LatentState

#if SOLUTIONS
  import DreamerV2
#else
  import Chapter3
#endif

/// The oracles of this folder against the official implementation.
@Suite struct OracleTests {
  @Test func oneStep() throws {
    let golden = try GoldenCase.named("rssm_step_v2", in: "dreamerv2")
    func input(_ name: String) throws -> Tensor { try golden.input(name).tensor }
    func layer(_ name: String) throws -> Linear {
      Linear(weight: try input(name + "_k"), bias: try input(name + "_b"))
    }
    // The official code keeps the gates in the order reset, candidate, update; here the candidate comes last.
    func gates(_ x: Tensor) -> Tensor {
      concatenate([0..<5, 10..<15, 5..<10].map { x.slice($0, axis: -1) }, axis: -1)
    }
    var random = SplitMix64(seed: 0)
    var rssm = CategoricalRSSM(
      actionSize: 2, embeddingSize: 4, deterministicSize: 5, groups: 2, classes: 3, hiddenSize: 6,
      using: &random)
    rssm.inputLayer = try layer("img_in")
    rssm.cell.linear = Linear(weight: gates(try input("gru_k")), bias: gates(try input("gru_lb")))
    (rssm.cell.norm.scale, rssm.cell.norm.offset) = (gates(try input("gru_s")), gates(try input("gru_b")))
    rssm.priorLayers.layers = [try layer("img_out"), try layer("img_dist")]
    rssm.posteriorLayers.layers = [try layer("obs_out"), try layer("obs_dist")]

    let keep = 1 - (try input("is_first")).reshaped([3, 1])
    let before = try [
      input("stoch").reshaped([3, 6]) * keep, input("action") * keep, input("deter") * keep, input("embed"),
    ].map(\.vectors)
    let memory = (0..<3).map {
      Oracle.nextMemory(rssm, latent: before[0][$0], action: before[1][$0], memory: before[2][$0])
    }
    let posterior = zip(memory, before[3]).map { Oracle.posterior(rssm, memory: $0, embedding: $1) }
    try golden.expect(Tensor(memory), is: "deter")
    try golden.expect(
      Tensor(memory.map { Oracle.prior(rssm, memory: $0) }, shape: [3, 2, 3]), is: "prior_logits")
    try golden.expect(Tensor(posterior, shape: [3, 2, 3]), is: "post_logits")
  }

  @Test func truncatedNormals() throws {
    let golden = try GoldenCase.named("truncated_normal_actor", in: "dreamerv2")
    let numbers = try ["loc", "scale"].map { try golden.output($0).tensor.vectors }
    let actions = try golden.input("action").tensor.vectors
    func sums(_ term: (_ row: Int, _ column: Int) -> Double) -> [Double] {
      (0..<2).map { row in (0..<3).reduce(0) { $0 + term(row, $1) } }
    }
    try golden.expect(
      Tensor(
        [
          sums {
            Oracle.logTruncated(actions[$0][$1], mean: numbers[0][$0][$1], deviation: numbers[1][$0][$1])
          }
        ],
        shape: [2]), is: "log_prob")
    try golden.expect(
      Tensor(
        [sums { Oracle.truncatedEntropy(mean: numbers[0][$0][$1], deviation: numbers[1][$0][$1]) }],
        shape: [2]),
      is: "entropy")
  }
}
