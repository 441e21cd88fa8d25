import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// Rollouts of 4 steps for a batch of 2.
@Suite(.exercise("0.7")) struct RolloutTests {
  let model = LatentWorldModel.example()
  let start = Tensor.sample([2, 5], seed: 35)
  let actions = Tensor.sample([2, 4, 2], seed: 36)

  private func action(_ row: Int, _ t: Int) -> [Double] { actions.at(t, axis: 1).vectors[row] }

  /// Latents, row by row, of an iteration from z₀; the step gets the latents so far and the step's number.
  private func latents(
    count: Int = 4, _ step: (_ before: [[Double]], _ row: Int, _ t: Int) -> [Double]
  ) -> Tensor {
    var rows: [[Double]] = []
    for row in 0..<2 {
      var latents = [start.vectors[row]]
      for t in 0..<count { latents.append(step(latents, row, t)) }
      rows += latents.dropFirst()
    }
    return Tensor(rows, shape: [2, count, 5])
  }

  private var expected: Tensor { latents { Oracle.next(model, $0.last!, action($1, $2)) } }

  @Test func alongGivenActions() {
    let found = model.rollout(from: start, steps: 4) { _, t in actions.at(t, axis: 1) }
    let right = expected
    expectClose(
      found.latent, right, "the latents of 4 steps",
      mistakes: [
        Mistake(
          "every step from the start: go on from the latent that was predicted",
          gives: latents { Oracle.next(model, $0[0], action($1, $2)) }),
        Mistake(
          "the first action at every step",
          gives: latents { before, row, _ in
            Oracle.next(model, before.last!, action(row, 0))
          }),
        Mistake(
          "actions counted from 1: the first step is number 0",
          gives: latents { Oracle.next(model, $0.last!, action($1, ($2 + 1) % 4)) }),
        Mistake("a rollout that is one step too short", gives: right.slice(0..<3, axis: 1)),
        Mistake(
          "the steps in reversed order",
          gives: stack((0..<4).map { right.at(3 - $0, axis: 1) }, axis: 1)),
      ])
  }

  @Test func predictionsBelongToTheirLatents() {
    let found = model.rollout(from: start, steps: 4) { _, t in actions.at(t, axis: 1) }
    let latents = expected.vectors
    expectClose(
      found.observation, Tensor(latents.map { Oracle.linear($0, model.decoder) }, shape: [2, 4, 3]),
      "the observations of 4 steps")
    expectClose(
      found.reward, Tensor([latents.map { Oracle.mlp($0, model.rewardHead)[0] }], shape: [2, 4]),
      "the rewards of 4 steps")
  }

  @Test func aPolicySeesWhereTheDreamIs() {
    var seen: [Tensor] = []
    var numbers: [Int] = []
    _ = model.rollout(from: start, steps: 4) { latent, t in
      seen.append(latent)
      numbers.append(t)
      return actions.at(t % 4, axis: 1)
    }
    expectClose(numbers, [0, 1, 2, 3], "the numbers of the steps for which an action was asked")
    let before = concatenate([start.reshaped([2, 1, 5]), expected.slice(0..<3, axis: 1)], axis: 1)
    expectClose(
      stack(seen, axis: 1), before, "the latents that the policy was shown",
      mistakes: [
        Mistake(
          "a policy that is shown the start at every step",
          gives: stack([start, start, start, start], axis: 1))
      ])
  }

  @Test func gradientsGoBackToTheStart() {
    let weights = Tensor.sample([2, 5], seed: 37)
    let found = valueWithGradient(at: [start, actions]) { x in
      let last = model.rollout(from: x[0], steps: 4) { _, t in x[1].at(t, axis: 1) }.latent.at(3, axis: 1)
      return (weights * last).sum()
    }.gradients
    let expected = Oracle.gradient(at: start.vectors) { moved in
      let last = (0..<2).map { row in
        (0..<4).reduce(moved[row]) { latent, t in Oracle.next(model, latent, action(row, t)) }
      }
      return Oracle.weightedSum(last, weights.vectors)
    }
    let stopped = "a gradient stopped between the steps: the last latent depends on all before it"
    expectClose(
      found[0], expected, "the gradient of the last latent at the start",
      mistakes: [Mistake(stopped, gives: Tensor.zeros([2, 5]))])
    expectNonzero(
      found[1].at(0, axis: 1), "the gradient of the last latent at the first action", likely: stopped)
  }
}
