import CourseTesting
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// Sequences of 6 steps: in the first, episodes begin at steps 2, 3 and 5, in the second at step 1.
@Suite(.exercise("1.6")) struct MemoriesTests {
  let memory = MDNRNN.example
  let latents = Tensor.sample([2, 6, 4], seed: 63)
  let actions = Tensor.sample([2, 6, 3], seed: 64)
  let isFirst = Tensor([[0, 0, 1, 1, 0, 1], [0, 1, 0, 0, 0, 0]])

  /// Factors of h and the cell before a step.
  private typealias Kept = (hidden: Float, cell: Float)

  /// h of every step, `[2, 6, 7]`, from what is kept before it.
  private func memories(
    latents: [[Double]]? = nil, delay: Int = 0, actionFirst: Bool = false, cells: Bool = false,
    kept: (_ row: Int, _ step: Int) -> Kept
  ) -> Tensor {
    let (z, a) = (latents ?? self.latents.vectors, actions.vectors)
    let states = (0..<2).flatMap { row in
      Oracle.memories(
        memory.cell,
        (0..<6).map { step in
          let (latent, action) = (z[6 * row + step], a[6 * row + max(step - delay, 0)])
          let kept = kept(row, step)
          return Oracle.MemoryStep(
            input: actionFirst ? action + latent : latent + action, hidden: Double(kept.hidden),
            cell: Double(kept.cell))
        })
    }
    return Tensor(states.map { cells ? $0.cell : $0.hidden }, shape: [2, 6, 7])
  }

  private func keep(_ row: Int, _ step: Int) -> Kept {
    (1 - isFirst[row, step], 1 - isFirst[row, step])
  }

  /// The same factor for h and the cell.
  private func both(_ factor: @escaping (Int, Int) -> Float) -> (_ row: Int, _ step: Int) -> Kept {
    { (factor($0, $1), factor($0, $1)) }
  }

  @Test func oneMemoryForEachStep() {
    let found = memory.memories(latents: latents, actions: actions, isFirst: isFirst)
    expectShape(found, [2, 6, 7], "the memories of 2 sequences with 6 steps")
  }

  @Test func stepsFollowEachOther() {
    let all: (Int, Int) -> Kept = { _, _ in (1, 1) }
    let expected = memories(kept: all)
    let before = concatenate([Tensor.zeros([2, 1, 7]), expected.slice(0..<5, axis: 1)], axis: 1)
    expectClose(
      memory.memories(latents: latents, actions: actions, isFirst: .zeros([2, 6])), expected,
      "h where no episode begins",
      mistakes: [
        Mistake("h before the step: what it has taken in counts", gives: before),
        Mistake(
          "[time, batch] taken for [batch, time]: stack along axis 1",
          gives: expected.transposed(1, 0, 2).reshaped([2, 6, 7])),
        Mistake("the cell in place of h", gives: memories(cells: true, kept: all)),
        Mistake("[a, z] in place of [z, a]", gives: memories(actionFirst: true, kept: all)),
        Mistake(
          "the action of the step before: actions[t] was taken at latents[t]",
          gives: memories(delay: 1, kept: all)),
        Mistake(
          "a memory that is not carried on from step to step", gives: memories { _, _ in (0, 0) }),
        Mistake(
          "a cell that is not carried on: the state is h and the cell", gives: memories { _, _ in (1, 0) }),
      ])
  }

  @Test func episodesStartEmpty() {
    let factor = { (row: Int, step: Int) in 1 - isFirst[row, step] }
    expectClose(
      memory.memories(latents: latents, actions: actions, isFirst: isFirst), memories(kept: keep),
      "h with episodes that begin inside the sequences",
      mistakes: [
        Mistake("a memory without resets: episodes run into each other", gives: memories { _, _ in (1, 1) }),
        Mistake("a cell that leaks: h is emptied, the cell is not", gives: memories { (factor($0, $1), 1) }),
        Mistake("an h that leaks: the cell is emptied, h is not", gives: memories { (1, factor($0, $1)) }),
        Mistake(
          "a reset one step late: isFirst[t] acts before step t",
          gives: memories(kept: both { $1 == 0 ? 1 : factor($0, $1 - 1) })),
        Mistake(
          "a reset one step early: isFirst[t] acts before step t",
          gives: memories(kept: both { $1 == 5 ? 1 : factor($0, $1 + 1) })),
        Mistake(
          "a reset of the whole batch: each sequence has its own isFirst",
          gives: memories(kept: both { factor(0, $1) * factor(1, $1) })),
        Mistake(
          "the first sequence's isFirst for all: each has its own",
          gives: memories(kept: both { factor(0, $1) })),
        Mistake(
          "an h that is emptied after the step too",
          gives: memories(kept: keep) * (1 - isFirst).reshaped([2, 6, 1])),
        Mistake(
          "a mask the wrong way round: isFirst is 1 where everything is forgotten",
          gives: memories(kept: both { 1 - factor($0, $1) })),
      ])
  }

  @Test func gradientsCrossStepsButNotEpisodes() {
    // Only the last step of each row counts, so that all else comes through the memory.
    let weights = Tensor.sample([2, 7], seed: 65)
    let found = valueWithGradient(at: [latents]) {
      let memories = memory.memories(latents: $0[0], actions: actions, isFirst: isFirst)
      return (weights * memories.at(5, axis: 1)).sum() + 0 * $0[0].sum()
    }.gradients[0]
    let expected = Oracle.gradient(at: latents.vectors) { latents in
      let (first, last) = (lastMemory(latents, row: 0), lastMemory(latents, row: 1))
      return Oracle.weightedSum([first, last], weights.vectors)
    }
    let lastOnly = Tensor([0, 0, 0, 0, 0, 1]).reshaped([1, 6, 1]) * Tensor(expected, shape: [2, 6, 4])
    expectClose(
      found, Tensor(expected, shape: [2, 6, 4]), "the gradient of the last h for each z",
      mistakes: [
        Mistake("a gradient stopped between steps: the memory learns what to keep", gives: lastOnly),
        Mistake("a gradient that was stopped altogether", gives: Tensor.zeros([2, 6, 4])),
      ])
    memory.expectGradients(
      of: "the last h", for: ["cell."], likely: "weights that are taken for constants"
    ) {
      let memories = $0.memories(latents: latents, actions: actions, isFirst: isFirst)
      return (weights * memories.at(5, axis: 1)).sum()
    }
  }

  private func lastMemory(_ latents: [[Double]], row: Int) -> [Double] {
    let steps = (0..<6).map { step in
      let kept = Double(1 - isFirst[row, step])
      return Oracle.MemoryStep(
        input: latents[6 * row + step] + actions.vectors[6 * row + step], hidden: kept, cell: kept)
    }
    return Oracle.memories(memory.cell, steps)[5].hidden
  }

  /// Three steps of the paper's Doom, in TensorFlow's formulas: z 1, the rest of x as actions, h 3.
  @Test func officialValues() throws {
    let golden = try GoldenCase.named("mdn_rnn_doom_loss", in: "worldmodels")
    var configuration = WorldModelsConfiguration.preset(.smoke)
    configuration.memorySize = 3
    var random = SplitMix64(seed: 66)
    var memory = MDNRNN(latentSize: 1, actionSize: 3, configuration: configuration, using: &random)
    // The official order of gates is input, candidate, forget, output, and its forget gate adds 1.
    func gates(_ x: Tensor) -> Tensor {
      concatenate([0, 2, 1, 3].map { x.slice(3 * $0..<3 * $0 + 3, axis: -1) })
    }
    let kernel = gates(try golden.input("kernel").tensor)
    let forgetting = Tensor((0..<12).map { Float($0 / 3 == 1 ? 1 : 0) })
    memory.cell.input = Linear(
      weight: kernel.slice(0..<4, axis: 0), bias: gates(try golden.input("bias").tensor) + forgetting)
    memory.cell.recurrent = kernel.slice(4..<7, axis: 0)
    let x = try golden.input("x").tensor
    let found = memory.memories(
      latents: x.slice(0..<1, axis: -1), actions: x.slice(1..<4, axis: -1),
      isFirst: try golden.input("restart").tensor)
    try golden.expect(found.at(2, axis: 1), is: "h_last")
  }
}
