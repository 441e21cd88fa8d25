import CourseTesting
import Foundation
import Networks
import Tensors
import Testing
import Training

import struct DreamerV1.LatentState

#if SOLUTIONS
  import DreamerV2
#else
  import Chapter3
#endif

/// One step of reality for a batch of 2: 2 groups of 4 classes, memory 7, action 3, embedding 9.
///
/// What is drawn is judged by how often, or by the gradient, which does not depend on the draw.
@Suite(.exercise("3.5")) struct ObserveStepTests {
  var rssm: CategoricalRSSM
  let before = LatentState(deterministic: .sample([2, 7], seed: 51), stochastic: .sample([2, 8], seed: 52))
  let action = Tensor.sample([2, 3], seed: 53)
  let embedding = Tensor.sample([2, 9], seed: 54)

  init() {
    var random = SplitMix64(seed: 55)
    rssm = CategoricalRSSM(
      actionSize: 3, embeddingSize: 9, deterministicSize: 7, groups: 2, classes: 4, hiddenSize: 6,
      using: &random
    ).withRandomParameters(seed: 56)
  }

  private func observe(_ before: LatentState, embedding: Tensor) -> (
    state: LatentState, posterior: CategoricalBelief
  ) {
    var random = SplitMix64(seed: 57)
    return rssm.observeStep(before, action: action, embedding: embedding, using: &random)
  }

  @Test func shapes() {
    let (state, posterior) = observe(before, embedding: embedding)
    expectShape(state.deterministic, [2, 7], "the new h")
    expectShape(state.stochastic, [2, 8], "the new z: all groups in a row")
    expectShape(
      posterior.logits, [2, 2, 4], "the posterior's logits",
      mistakes: [
        ("groups and classes exchanged", [2, 4, 2]), ("one group of all classes", [2, 1, 8]),
        ("logits that are not cut into groups", [2, 8]),
      ])
  }

  @Test func memoryMovesOn() {
    let (h, z, a) = (before.deterministic.vectors, before.stochastic.vectors, action.vectors)
    let expected = (0..<2).map { Oracle.nextMemory(rssm, latent: z[$0], action: a[$0], memory: h[$0]) }
    expectClose(
      observe(before, embedding: embedding).state.deterministic, expected, "the new h",
      mistakes: [Mistake("the old memory: take h′ = nextMemory(…) first", gives: before.deterministic)])
  }

  @Test func beliefIsThePosteriorOfTheNewMemory() throws {
    let (state, posterior) = observe(before, embedding: embedding)
    try #require(posterior.logits.shape == [2, 2, 4], "the shape of the posterior's logits, see shapes")
    // The memory is judged above; here the answer's own one counts.
    let (h, e) = (state.deterministic.vectors, embedding.vectors)
    func logits(_ row: ([Double], [Double]) -> [Double]) -> Tensor {
      Tensor(zip(h, e).map(row), shape: [2, 2, 4])
    }
    let early = zip(before.deterministic.vectors, e).map { Oracle.posterior(rssm, memory: $0, embedding: $1) }
    let right = logits { Oracle.posterior(rssm, memory: $0, embedding: $1) }
    expectClose(
      posterior.logits, right, "the posterior's logits",
      mistakes: [
        Mistake("the posterior of the old memory: use h′", gives: Tensor(early, shape: [2, 2, 4])),
        Mistake(
          "the prior, which has not seen the embedding",
          gives: logits { h, _ in Oracle.prior(rssm, memory: h) }),
        Mistake(
          "[e, h] in place of [h, e]: the weights of the layers tell them apart",
          gives: logits { Oracle.mlp($1 + $0, rssm.posteriorLayers) }),
        Mistake(
          "logits that go class by class: they go group by group",
          gives: right.reshaped([2, 4, 2]).transposed(0, 2, 1)),
      ])
  }

  /// With a posterior and a prior that depend on nothing.
  @Test func sampleComesFromThePosterior() throws {
    var (rssm, random) = (rssm, SplitMix64(seed: 58))
    let logits = Tensor([2, 0, 1, -1, 0, 0.5, 1.5, 0])
    rssm.posteriorLayers.layers[1] = Linear(weight: .zeros([6, 8]), bias: logits)
    rssm.priorLayers.layers[1] = Linear(weight: .zeros([6, 8]), bias: Tensor([-1, 2, 0, 0, 1, 0, -1, 0]))
    let before = LatentState(deterministic: .zeros([2000, 7]), stochastic: .zeros([2000, 8]))
    let draws = (0..<2).map { _ in
      rssm.observeStep(before, action: .zeros([2000, 3]), embedding: .zeros([2000, 9]), using: &random).state
        .stochastic
    }
    try #require(draws[0].shape == [2000, 8], "the shape of z, see shapes")
    let posterior = Oracle.probabilities(logits.vectors[0], classes: 4)
    let prior = Oracle.probabilities([-1, 2, 0, 0, 1, 0, -1, 0], classes: 4)
    expectClose(
      draws[0].mean(0), Tensor([posterior], shape: [8]), "how often each class of z is drawn",
      within: Tolerance(relative: 0, absolute: 0.05),
      mistakes: [
        Mistake("a draw from the prior", gives: Tensor([prior], shape: [8])),
        Mistake("the likeliest classes: z must be drawn", gives: Tensor([1, 0, 0, 0, 0, 0, 1, 0])),
      ])
    let alike = Double((draws[0] * draws[1]).sum().scalar) / 4000
    let expected = posterior.reduce(0) { $0 + $1 * $1 } / 2
    expectClose(
      alike, expected, "how often two steps draw the same class",
      within: Tolerance(relative: 0, absolute: 0.05),
      mistakes: [
        Mistake("the same draw in every step: pass the generator on with &random", gives: 1)
      ])
    let largest = draws[0].maximum().scalar
    expectClose(
      largest, 1, "the largest number of z",
      mistakes: [Mistake("the probabilities themselves: z must be drawn", gives: posterior.max() ?? 0)])
  }

  @Test func gradientsReachTheEmbeddingThroughTheSample() {
    let weights = Tensor.sample([2, 8], seed: 59)
    let found = valueWithGradient(at: [embedding]) { x in
      (weights * observe(before, embedding: x[0]).state.stochastic).sum()
    }.gradients[0]
    let memory = observe(before, embedding: embedding).state.deterministic.vectors
    let expected = Oracle.gradient(at: embedding.vectors) { e in
      let passed = zip(memory, e).map {
        Oracle.probabilities(Oracle.posterior(rssm, memory: $0, embedding: $1), classes: 4)
      }
      return Oracle.weightedSum(passed, weights.vectors)
    }
    expectClose(
      found, expected,
      "the gradient of z with respect to the embedding: that of the posterior's probabilities",
      mistakes: [
        Mistake(
          "a sample without gradient to the embedding: it goes straight through",
          gives: Tensor.zeros([2, 9]))
      ])
  }

  @Test func gradientsReachTheStateBefore() {
    let weights = Tensor.sample([2, 7], seed: 60)
    let found = valueWithGradient(at: [before.deterministic]) { x in
      let before = LatentState(deterministic: x[0], stochastic: before.stochastic)
      return (weights * observe(before, embedding: embedding).state.deterministic).sum()
    }.gradients[0]
    let (z, a) = (before.stochastic.vectors, action.vectors)
    let expected = Oracle.gradient(at: before.deterministic.vectors) { h in
      let memory = (0..<2).map { Oracle.nextMemory(rssm, latent: z[$0], action: a[$0], memory: h[$0]) }
      return Oracle.weightedSum(memory, weights.vectors)
    }
    expectClose(
      found, expected, "the gradient of h′ with respect to h",
      mistakes: [
        Mistake(
          "a memory without gradient: errors must travel back through time", gives: Tensor.zeros([2, 7]))
      ])
  }
}
