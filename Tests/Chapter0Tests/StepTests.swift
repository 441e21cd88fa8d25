import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// One step for a batch of 4.
@Suite(.exercise("0.6")) struct StepTests {
  let model = LatentWorldModel.example()
  let latent = Tensor.sample([4, 5], seed: 32)
  let action = Tensor.sample([4, 2], seed: 33)

  private func next(_ step: ([Double], [Double]) -> [Double]) -> [[Double]] {
    zip(latent.vectors, action.vectors).map(step)
  }

  private var expectedLatents: [[Double]] { next { Oracle.next(model, $0, $1) } }

  @Test func shapes() {
    let found = model.step(latent, action: action)
    expectShape(found.latent, [4, 5], "the latent after a step of a batch of 4")
    expectShape(found.observation, [4, 3], "the observation")
    for (head, what) in [(found.reward, "the reward"), (found.continueLogit, "the continue logit")] {
      expectClose(
        Tensor(head.shape.map(Float.init)), Tensor([4]), "the shape of \(what)",
        mistakes: [
          Mistake(
            "a head's output with its last axis: [4, 1] minus a target [4] would be [4, 4]",
            gives: Tensor([4, 1]))
        ])
    }
  }

  @Test func latentMovesOn() {
    let old = latent.vectors
    let added = next { Oracle.mlp($0 + $1, model.dynamics) }
    // Action first: as many numbers, in another order.
    let exchanged = next { z, a in zip(z, Oracle.mlp(a + z, model.dynamics)).map(+) }
    expectClose(
      model.step(latent, action: action).latent, expectedLatents, "z′",
      mistakes: [
        Mistake("the change alone: z′ = z + dynamics([z, a])", gives: added),
        Mistake("[a, z] in place of [z, a]", gives: exchanged),
        Mistake("the old latent", gives: old),
        Mistake("z − dynamics([z, a])", gives: zip(old, added).map { zip($0, $1).map(-) }),
      ])
  }

  @Test func headsReadTheNewLatent() {
    let found = model.step(latent, action: action)
    let (old, new) = (latent.vectors, expectedLatents)
    func values(_ head: ([Double]) -> Double) -> (right: [Double], old: [Double]) {
      (new.map(head), old.map(head))
    }
    let reward = values { Oracle.mlp($0, model.rewardHead)[0] }
    let goesOn = values { Oracle.mlp($0, model.continueHead)[0] }
    let late = "a head that reads the latent before the step: it predicts what comes after the action"
    expectClose(
      found.observation, new.map { Oracle.linear($0, model.decoder) }, "the observation",
      mistakes: [Mistake(late, gives: old.map { Oracle.linear($0, model.decoder) })])
    expectClose(
      found.reward, reward.right, "the reward",
      mistakes: [
        Mistake(late, gives: reward.old), Mistake("reward and continue exchanged", gives: goesOn.right),
      ])
    expectClose(
      found.continueLogit, goesOn.right, "the continue logit",
      mistakes: [
        Mistake(late, gives: goesOn.old), Mistake("reward and continue exchanged", gives: reward.right),
        Mistake("a probability: the logit is wanted", gives: goesOn.right.map(Oracle.sigmoid)),
      ])
  }

  @Test func gradientsReachLatentAndAction() {
    let weights = Tensor.sample([4, 3], seed: 34)
    let inputs = [latent, action]
    let found = valueWithGradient(at: inputs) { x in
      let prediction = model.step(x[0], action: x[1])
      return (weights * prediction.observation).sum() + prediction.reward.sum()
    }.gradients
    for (index, name) in ["the latent", "the action"].enumerated() {
      let expected = Oracle.gradient(at: inputs[index].vectors) { moved in
        var parts = inputs.map(\.vectors)
        parts[index] = moved
        let next = zip(parts[0], parts[1]).map { Oracle.next(model, $0, $1) }
        return Oracle.weightedSum(next.map { Oracle.linear($0, model.decoder) }, weights.vectors)
          + next.reduce(0) { $0 + Oracle.mlp($1, model.rewardHead)[0] }
      }
      expectClose(
        found[index], expected, "the gradient with respect to \(name)",
        mistakes: [
          Mistake(
            "a gradient stopped on its way to \(name): the dynamics learns through the heads",
            gives: Tensor.zeros(inputs[index].shape))
        ])
    }
  }

  @Test func wholeSequencesAtOnce() {
    let found = model.step(latent.reshaped([2, 2, 5]), action: action.reshaped([2, 2, 2]))
    expectShape(found.reward, [2, 2], "the reward of a step with latents [2, 2, 5]: the leading axes stay")
    expectClose(
      found.latent, Tensor(expectedLatents, shape: [2, 2, 5]), "z′ of latents [2, 2, 5]: as for [4, 5]")
  }
}
