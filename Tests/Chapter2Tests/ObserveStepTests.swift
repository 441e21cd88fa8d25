import CourseTesting
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// One step of reality for a batch of 2.
///
/// What is drawn is judged by its distribution, or by the noise (z − mean) / σ that the answer has drawn.
@Suite(.exercise("2.3")) struct ObserveStepTests {
  let rssm = RSSM.example
  let before = LatentState(deterministic: .sample([2, 7], seed: 31), stochastic: .sample([2, 5], seed: 32))
  let action = Tensor.sample([2, 3], seed: 33)
  let embedding = Tensor.sample([2, 9], seed: 34)

  private func observe(_ before: LatentState, embedding: Tensor) -> (state: LatentState, posterior: Normal) {
    var random = SplitMix64(seed: 35)
    return rssm.observeStep(before, action: action, embedding: embedding, using: &random)
  }

  @Test func shapes() {
    let (state, posterior) = observe(before, embedding: embedding)
    expectShape(state.deterministic, [2, 7], "the new h")
    expectShape(state.stochastic, [2, 5], "the new z")
    expectShape(posterior.mean, [2, 5], "the posterior's mean")
    expectShape(posterior.standardDeviation, [2, 5], "the posterior's σ")
  }

  @Test func memoryMovesOn() {
    let (h, z, a) = (before.deterministic.vectors, before.stochastic.vectors, action.vectors)
    let expected = (0..<2).map { Oracle.nextMemory(rssm, joined: z[$0] + a[$0], memory: h[$0]) }
    expectClose(
      observe(before, embedding: embedding).state.deterministic, expected, "the new h",
      mistakes: [Mistake("the old memory: take h′ = nextMemory(…) first", gives: before.deterministic)])
  }

  @Test func beliefIsThePosteriorOfTheNewMemory() {
    let (state, posterior) = observe(before, embedding: embedding)
    // The memory is judged above; here the answer's own one counts.
    let (h, e) = (state.deterministic.vectors, embedding.vectors)
    let expected = (0..<2).map { Oracle.posterior(rssm, memory: h[$0], embedding: e[$0]) }
    let early = zip(before.deterministic.vectors, e).map { Oracle.posterior(rssm, memory: $0, embedding: $1) }
    let prior = h.map { Oracle.prior(rssm, memory: $0) }
    let mistakes = { (part: KeyPath<(mean: [Double], deviation: [Double]), [Double]>) in
      [
        Mistake("the posterior of the old memory: use h′", gives: early.map { $0[keyPath: part] }),
        Mistake(
          "the prior, which has not seen the embedding", gives: prior.map { $0[keyPath: part] }),
      ]
    }
    expectClose(
      posterior.mean, expected.map(\.mean), "the posterior's mean", mistakes: mistakes(\.mean))
    expectClose(
      posterior.standardDeviation, expected.map(\.deviation), "the posterior's σ",
      mistakes: mistakes(\.deviation))
  }

  /// With a posterior N(3, 0.5²) and a prior N(−2, 1.5²) everywhere, in 2,000 draws of two steps.
  @Test func sampleComesFromThePosterior() {
    var random = SplitMix64(seed: 37)
    let before = LatentState(deterministic: .zeros([200, 7]), stochastic: .zeros([200, 5]))
    let draws = (0..<2).map { _ in
      RSSM.constantBeliefs.observeStep(
        before, action: .zeros([200, 3]), embedding: .zeros([200, 9]), using: &random
      ).state.stochastic
    }
    let mean = draws[0].mean().scalar
    let deviation = square(draws[0] - mean).mean().scalar.squareRoot()
    let difference = square(draws[0] - draws[1]).mean().scalar.squareRoot()
    expectClose(
      [mean, deviation, difference], [3, 0.5, 0.7071],
      "z of a posterior N(3, 0.5²): mean, σ and the root mean square of the difference between two steps",
      within: Tolerance(relative: 0.07, absolute: 0.07),
      mistakes: [
        Mistake("the posterior's mean: z must be drawn", gives: [3, 0, 0]),
        Mistake("a draw from the prior, here N(−2, 1.5²)", gives: [-2, 1.5, 2.1213]),
        Mistake("the prior's mean", gives: [-2, 0, 0]),
        Mistake(
          "the same noise in every step: pass the generator on with &random", gives: [3, 0.5, 0]),
        Mistake("noise times the variance: multiply it by σ", gives: [3, 0.25, 0.3536]),
      ])
  }

  /// z = mean + σ·ε of the posterior.
  private func samples(memory: [[Double]], embedding: [[Double]], noise: [[Double]]) -> [[Double]] {
    memory.indices.map { (row: Int) -> [Double] in
      let belief = Oracle.posterior(rssm, memory: memory[row], embedding: embedding[row])
      return (0..<5).map { belief.mean[$0] + noise[row][$0] * belief.deviation[$0] }
    }
  }

  @Test func gradientsReachTheEmbeddingThroughTheSample() {
    var noise: [[Double]] = [], memory: [[Double]] = []
    let weights = Tensor.sample([2, 5], seed: 38)
    let found = valueWithGradient(at: [embedding]) { x in
      let (state, posterior) = observe(before, embedding: x[0])
      noise = ((state.stochastic - posterior.mean) / posterior.standardDeviation).vectors
      memory = state.deterministic.vectors
      return (weights * state.stochastic).sum()
    }.gradients
    func expected(noise: [[Double]]) -> [[Double]] {
      Oracle.gradient(at: embedding.vectors) { e in
        Oracle.weightedSum(samples(memory: memory, embedding: e, noise: noise), weights.vectors)
      }
    }
    expectClose(
      found[0], expected(noise: noise), "the gradient of z with respect to the embedding",
      mistakes: [
        Mistake(
          "a sample without gradient to the embedding: the posterior's mean + σ·ε lets it through",
          gives: Tensor.zeros([2, 9])),
        Mistake(
          "a gradient through the mean alone: it reaches σ too",
          gives: expected(noise: [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0]])),
      ])
  }

  @Test func gradientsReachTheStateBefore() {
    let weights = Tensor.sample([2, 7], seed: 39)
    let found = valueWithGradient(at: [before.deterministic]) { x in
      let before = LatentState(deterministic: x[0], stochastic: before.stochastic)
      return (weights * observe(before, embedding: embedding).state.deterministic).sum()
    }.gradients
    let (z, a) = (before.stochastic.vectors, action.vectors)
    let expected = Oracle.gradient(at: before.deterministic.vectors) { h in
      let memory = (0..<2).map { Oracle.nextMemory(rssm, joined: z[$0] + a[$0], memory: h[$0]) }
      return Oracle.weightedSum(memory, weights.vectors)
    }
    expectClose(
      found[0], expected, "the gradient of h′ with respect to h",
      mistakes: [
        Mistake(
          "a memory without gradient: errors must travel back through time", gives: Tensor.zeros([2, 7]))
      ])
  }
}
