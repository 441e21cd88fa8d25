import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// The loss of a batch of 2 with 3 steps, free nats 1.5, KL scale 2 and continue scale 10.
@Suite(.exercise("2.5")) struct ModelLossTests {
  let observation = Tensor(7.25)
  let reward = Tensor(-0.5)
  /// Its mean, 2.5, is above the free nats; two of the steps are below.
  let highKL = Tensor([[0.5, 4, 2], [1, 5.75, 1.75]])
  /// Its mean, 0.5, is below the free nats, and so is its double; one of the steps is above.
  let lowKL = Tensor([[0.25, 0.125, 2], [0.25, 0.25, 0.125]])

  private func model(freeNats: Double = 1.5, klScale: Double = 2) -> WorldModel {
    var configuration = DreamerV1Configuration.preset(.smoke)
    (configuration.freeNats, configuration.klScale, configuration.continueScale) = (freeNats, klScale, 10)
    var random = SplitMix64(seed: 51)
    return WorldModel(observationSize: 4, actionSize: 1, configuration: configuration, using: &random)
  }

  private func loss(kl: Tensor, continue continueLoss: Tensor? = nil) -> Tensor {
    model().modelLoss(observation: observation, reward: reward, continue: continueLoss, kl: kl)
  }

  @Test func divergenceAboveFreeNats() {
    expectClose(
      loss(kl: highKL), 6.75 + 2 * 2.5, "the loss for a mean KL of 2.5 and free nats 1.5",
      mistakes: [
        Mistake(
          "free nats at every step: take the mean first, then the maximum", gives: 6.75 + 2 * 16.5 / 6
        ),
        Mistake("a minimum: free nats bound the KL from below", gives: 6.75 + 2 * 1.5),
        Mistake(
          "free nats subtracted: it is max(mean, free), not max(mean − free, 0)", gives: 6.75 + 2 * 1),
        Mistake("the sum over batch and time: take the mean", gives: 6.75 + 2 * 15),
        Mistake("a KL without its klScale", gives: 6.75 + 2.5),
      ])
  }

  @Test func divergenceBelowFreeNats() {
    expectClose(
      loss(kl: lowKL), 6.75 + 2 * 1.5, "the loss for a mean KL of 0.5 and free nats 1.5",
      mistakes: [
        Mistake(
          "free nats at every step: take the mean first, then the maximum", gives: 6.75 + 2 * 9.5 / 6
        ),
        Mistake("a plain KL without free nats, or with a minimum", gives: 6.75 + 2 * 0.5),
        Mistake("free nats subtracted: it is max(mean, free), not max(mean − free, 0)", gives: 6.75),
        Mistake(
          "free nats applied to the scaled KL: the scale comes after the maximum", gives: 6.75 + 1.5),
      ])
  }

  @Test func continueTerm() {
    expectClose(
      loss(kl: highKL, continue: Tensor(0.375)), 11.75 + 3.75,
      "the loss with a continue loss of 0.375",
      mistakes: [
        Mistake("a loss that ignores the continue term", gives: 11.75),
        Mistake("a continue term without its continueScale", gives: 11.75 + 0.375),
      ])
  }

  @Test func officialValues() throws {
    for name in ["gaussian_kl_free3", "gaussian_kl_free3_inactive"] {
      let golden = try GoldenCase.named(name, in: "dreamerv1")
      let model = model(freeNats: try golden.input("free").number, klScale: 1)
      let loss = model.modelLoss(
        observation: Tensor(0), reward: Tensor(0), continue: nil, kl: try golden.output("kl").tensor)
      try golden.expect(loss, is: "loss")
    }
  }

  private func gradients(kl: Tensor) -> [Tensor] {
    valueWithGradient(at: [observation, reward, Tensor(0.375), kl]) {
      model().modelLoss(observation: $0[0], reward: $0[1], continue: $0[2], kl: $0[3])
    }.gradients
  }

  @Test func gradientAboveFreeNats() {
    let found = gradients(kl: highKL)
    expectClose(
      found[3], Tensor(repeating: 2 / 6, shape: [2, 3]), "the gradient with respect to the KL of each step",
      mistakes: [
        Mistake(
          "free nats at every step: a step below them learns too",
          gives: Tensor([[0, 1, 1], [0, 1, 1]]) / 3),
        Mistake("a stopped gradient: the KL must train posterior and prior", gives: Tensor.zeros([2, 3])),
      ])
    for (index, scale) in [Float(1), 1, 10].enumerated() {
      let name = ["observation", "reward", "continue"][index]
      expectClose(
        found[index], scale, "the gradient with respect to the \(name) loss",
        mistakes: [Mistake("a stopped gradient: the \(name) loss must train the model", gives: 0)])
    }
  }

  @Test func noGradientBelowFreeNats() {
    let found = gradients(kl: lowKL)
    expectClose(
      found[3], Tensor.zeros([2, 3]), "the gradient with respect to the KL of each step, below the free nats",
      mistakes: [
        Mistake(
          "a KL that is still pushed down: below the free nats it is free",
          gives: Tensor(repeating: 2 / 6, shape: [2, 3])),
        Mistake(
          "free nats at every step: no step learns while the mean is below",
          gives: Tensor([[0, 0, 1], [0, 0, 0]]) / 3),
      ])
    expectClose(found[0], 1, "the gradient with respect to the observation loss")
  }
}
