import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// One step of the memory for a batch of 2.
@Suite(.exercise("2.2")) struct NextMemoryTests {
  let rssm = RSSM.example
  let state = LatentState(deterministic: .sample([2, 7], seed: 21), stochastic: .sample([2, 5], seed: 22))
  let action = Tensor.sample([2, 3], seed: 23)

  /// h′ by the formula, from [z, a] in an order to choose, h and an activation.
  private func memory(
    actionFirst: Bool = false, forgetting: Bool = false, activation: (Double) -> Double = Oracle.elu
  ) -> [[Double]] {
    let (h, z, a) = (state.deterministic.vectors, state.stochastic.vectors, action.vectors)
    return (0..<2).map { row in
      let joined: [Double] = actionFirst ? a[row] + z[row] : z[row] + a[row]
      let memory = forgetting ? [Double](repeating: 0, count: 7) : h[row]
      return Oracle.nextMemory(rssm, joined: joined, memory: memory, activation: activation)
    }
  }

  @Test func oneMemoryForEachOfTheBatch() {
    let next = rssm.nextMemory(state, action: action)
    expectShape(next, [2, 7], "nextMemory of z [2, 5], h [2, 7] and a [2, 3]")
  }

  @Test func closedForm() {
    expectClose(
      rssm.nextMemory(state, action: action), memory(), "h′",
      mistakes: [
        Mistake(
          "[a, z] in place of [z, a]: the weights of the layer tell them apart",
          gives: memory(actionFirst: true)),
        Mistake("a dense layer without its ELU", gives: memory { $0 }),
        Mistake("a ReLU, which is PlaNet's: DreamerV1 uses ELU", gives: memory { max($0, 0) }),
        Mistake("a tanh after the dense layer: DreamerV1 uses ELU", gives: memory { tanh($0) }),
        Mistake("a cell that starts from zeros: it must remember h", gives: memory(forgetting: true)),
        Mistake(
          "h′ added to h: the cell already carries h over", gives: Tensor(memory()) + state.deterministic),
        Mistake("the old memory", gives: state.deterministic),
      ])
  }

  @Test func officialStep() throws {
    let golden = try GoldenCase.named("rssm_step_v1", in: "dreamerv1")
    let state = LatentState(
      deterministic: try golden.input("deter").tensor, stochastic: try golden.input("stoch").tensor)
    let next = try RSSM.golden(golden).nextMemory(state, action: try golden.input("action").tensor)
    try golden.expect(next, is: "deter")
  }

  @Test func gradientsReachStateAndAction() {
    let weights = Tensor.sample([2, 7], seed: 24)
    let inputs = [state.deterministic, state.stochastic, action]
    let found = valueWithGradient(at: inputs) { x in
      let state = LatentState(deterministic: x[0], stochastic: x[1])
      return (weights * rssm.nextMemory(state, action: x[2])).sum()
    }.gradients
    for (index, name) in ["h", "z", "the action"].enumerated() {
      let expected = Oracle.gradient(at: inputs[index].vectors) { moved in
        var parts = inputs.map(\.vectors)
        parts[index] = moved
        let memory = (0..<2).map {
          Oracle.nextMemory(rssm, joined: parts[1][$0] + parts[2][$0], memory: parts[0][$0])
        }
        return Oracle.weightedSum(memory, weights.vectors)
      }
      expectClose(
        found[index], expected, "the gradient with respect to \(name)",
        mistakes: [
          Mistake(
            "a gradient stopped at \(name): what comes later must reach it",
            gives: Tensor.zeros(inputs[index].shape))
        ])
    }
  }
}
