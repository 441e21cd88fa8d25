import CourseTesting
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// Sequences of 4 steps: in the first an episode begins at step 2, in the second at steps 1 and 3.
///
/// Each step is judged from the answer's own state one step before, so no noise is needed.
@Suite(.exercise("2.4")) struct ObserveTests {
  let rssm = RSSM.example
  let embeddings = Tensor.sample([2, 4, 9], seed: 41)
  let actions = Tensor.sample([2, 4, 3], seed: 42)
  let isFirst = Tensor([[0, 0, 1, 0], [0, 1, 0, 1]])

  private func observe(isFirst: Tensor) -> ObservedSequence {
    var random = SplitMix64(seed: 43)
    return rssm.observe(embeddings: embeddings, actions: actions, isFirst: isFirst, using: &random)
  }

  /// What is kept at a step of a row: factors of h, z and action, and the step whose action is used.
  private typealias Kept = (h: Float, z: Float, a: Float, step: Int)

  /// h of every step, `[batch, time, 7]`, from the observed h and z of the step before.
  private func memories(_ observed: ObservedSequence, _ kept: (_ row: Int, _ step: Int) -> Kept) -> Tensor {
    let (h, z) = (observed.states.deterministic, observed.states.stochastic)
    func part(_ x: Tensor, _ row: Int, _ step: Int, times factor: Float) -> [Double] {
      let zeros = [Double](repeating: 0, count: x.shape[2])
      return step < 0 ? zeros : (x.at(row, axis: 0).at(step, axis: 0) * factor).scalars.map(Double.init)
    }
    let memories = (0..<8).map { index in
      let (row, step) = (index / 4, index % 4)
      let kept = kept(row, step)
      let joined =
        part(z, row, step - 1, times: kept.z) + part(actions, row, max(kept.step, 0), times: kept.a)
      return Oracle.nextMemory(rssm, joined: joined, memory: part(h, row, step - 1, times: kept.h))
    }
    return Tensor(memories, shape: [2, 4, 7])
  }

  @Test func shapes() {
    let observed = observe(isFirst: isFirst)
    expectShape(observed.states.deterministic, [2, 4, 7], "h of 2 sequences of 4 steps")
    expectShape(observed.states.stochastic, [2, 4, 5], "z of 2 sequences of 4 steps")
    expectShape(observed.posterior.mean, [2, 4, 5], "the posteriors of 2 sequences of 4 steps")
  }

  @Test func stepsFollowEachOther() {
    let observed = observe(isFirst: .zeros([2, 4]))
    expectClose(
      observed.states.deterministic, memories(observed) { _, t in (1, 1, 1, t) }, "h where no episode begins",
      mistakes: [
        Mistake(
          "the action of the step before: actions[t] led to the observation at t",
          gives: memories(observed) { _, t in (1, 1, 1, t - 1) }),
        Mistake(
          "a mask the wrong way round: isFirst is 1 where everything is forgotten",
          gives: memories(observed) { _, t in (0, 0, 0, t) }),
        Mistake(
          "a state that is not carried on from step to step",
          gives: memories(observed) { _, t in (0, 0, 1, t) }),
      ])
  }

  @Test func episodesStartFromNothing() {
    let observed = observe(isFirst: isFirst)
    let keep = { (row: Int, step: Int) in 1 - isFirst[row, max(step, 0)] }
    expectClose(
      observed.states.deterministic, memories(observed) { (keep($0, $1), keep($0, $1), keep($0, $1), $1) },
      "h with episodes that begin inside the sequences",
      mistakes: resetMistakes(keep).map { Mistake($0.name, gives: memories(observed, $0.kept)) })
  }

  /// What answers keep that reset something else than all of the state and the action.
  private func resetMistakes(
    _ keep: @escaping (_ row: Int, _ step: Int) -> Float
  ) -> [(name: String, kept: (_ row: Int, _ step: Int) -> Kept)] {
    let both = { (step: Int) in min(keep(0, step), keep(1, step)) }
    let late = { (row: Int, step: Int) in keep(row, step - 1) }
    return [
      ("a memory without resets", { (1, 1, 1, $1) }),
      (
        "an action that leaks: where an episode begins it belongs to the one before",
        { (keep($0, $1), keep($0, $1), 1, $1) }
      ),
      ("a z that leaks: the whole state starts again, h and z", { (keep($0, $1), 1, keep($0, $1), $1) }),
      ("an h that leaks: the whole state starts again, h and z", { (1, keep($0, $1), keep($0, $1), $1) }),
      ("a reset one step late: isFirst[t] acts before step t", { (late($0, $1), late($0, $1), 1, $1) }),
      (
        "a reset of the whole batch: each sequence has its own isFirst",
        { (both($1), both($1), both($1), $1) }
      ),
      (
        "a mask the wrong way round: isFirst is 1 where everything is forgotten",
        { (1 - keep($0, $1), 1 - keep($0, $1), 1 - keep($0, $1), $1) }
      ),
    ]
  }

  @Test func posteriorsHaveSeenTheirOwnStep() {
    let observed = observe(isFirst: isFirst)
    let (h, e) = (observed.states.deterministic.vectors, embeddings.vectors)
    func means(_ index: (Int) -> Int) -> Tensor {
      Tensor(
        (0..<8).map { Oracle.posterior(rssm, memory: h[$0], embedding: e[index($0)]).mean }, shape: [2, 4, 5])
    }
    expectClose(
      observed.posterior.mean, means { $0 }, "the posteriors' means",
      mistakes: [
        Mistake(
          "priors: append the posterior that observeStep returns",
          gives: Tensor(h.map { Oracle.prior(rssm, memory: $0).mean }, shape: [2, 4, 5])),
        Mistake("the embedding of another step", gives: means { $0 % 4 == 0 ? $0 : $0 - 1 }),
      ])
  }

  /// The gradient of the last h: back through every step of its own episode, and no further.
  @Test func gradientsStayInsideTheEpisode() {
    let weights = Tensor.sample([2, 7], seed: 44)
    let firsts = Tensor([[0, 0, 0, 0], [0, 0, 1, 0]])
    var observed: ObservedSequence!
    let found = valueWithGradient(at: [embeddings]) { x in
      var random = SplitMix64(seed: 45)
      observed = rssm.observe(embeddings: x[0], actions: actions, isFirst: firsts, using: &random)
      return (weights * observed.states.deterministic.at(3, axis: 1)).sum()
    }.gradients
    let posterior = observed.posterior
    let noise = ((observed.states.stochastic - posterior.mean) / posterior.standardDeviation).vectors
    func gradient(isFirst: Tensor) -> Tensor {
      let gradient = Oracle.gradient(at: embeddings.vectors) { e in
        Oracle.weightedSum(lastMemories(embeddings: e, isFirst: isFirst, noise: noise), weights.vectors)
      }
      return Tensor(gradient, shape: [2, 4, 9])
    }
    expectClose(
      found[0], gradient(isFirst: firsts), "the gradient of the last h with respect to the embeddings",
      mistakes: [
        Mistake(
          "a gradient stopped between steps: it travels back through time", gives: Tensor.zeros([2, 4, 9]))
      ])
  }

  /// h of the last step, from the whole sequence and the noise that was drawn.
  private func lastMemories(embeddings: [[Double]], isFirst: Tensor, noise: [[Double]]) -> [[Double]] {
    (0..<2).map { row in
      var (h, z) = ([Double](repeating: 0, count: 7), [Double](repeating: 0, count: 5))
      for step in 0..<4 {
        let (index, keep) = (row * 4 + step, Double(1 - isFirst[row, step]))
        let joined = z.map { $0 * keep } + actions.vectors[index].map { $0 * keep }
        h = Oracle.nextMemory(rssm, joined: joined, memory: h.map { $0 * keep })
        let belief = Oracle.posterior(rssm, memory: h, embedding: embeddings[index])
        z = z.indices.map { belief.mean[$0] + noise[index][$0] * belief.deviation[$0] }
      }
      return h
    }
  }
}
