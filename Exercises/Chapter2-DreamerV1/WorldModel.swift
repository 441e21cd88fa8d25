import Curriculum
import Foundation
import Networks
import Tensors
import Training

/// Everything the agent knows about the world: how it looks, how it moves, what it pays.
public struct WorldModel: Module {
  /// Observation → embedding.
  public var encoder: ObservationEncoder
  /// The dynamics in latent space.
  public var rssm: RSSM
  /// Features → mean of the observation.
  public var decoder: ObservationDecoder
  /// Features → mean of the reward that came with the observation.
  public var rewardHead: MLP
  /// Features → logit of "the episode goes on"; nil for tasks that never terminate.
  public var continueHead: MLP?
  let configuration: DreamerV1Configuration

  /// A model with freshly drawn weights for observations that are vectors.
  public init(
    observationSize: Int, actionSize: Int, configuration: DreamerV1Configuration,
    using random: inout SplitMix64
  ) {
    self.init(
      observationShape: [observationSize], actionSize: actionSize, configuration: configuration,
      using: &random)
  }

  /// A model with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - observationShape: `[count]` for vectors, `[side, side, channels]` for pictures.
  ///   - actionSize: the extent of an action.
  ///   - configuration: sizes and weights of the losses.
  ///   - random: draws the weights.
  public init(
    observationShape: [Int], actionSize: Int, configuration: DreamerV1Configuration,
    using random: inout SplitMix64
  ) {
    self.configuration = configuration
    let units = configuration.units
    let features = configuration.featureSize
    // The official code's dense layers have ELU between them, its convolutions ReLU.
    let isPicture = observationShape.count == 3
    let activation: @Sendable (Tensor) -> Tensor = { isPicture ? relu($0) : elu($0) }
    encoder = ObservationEncoder(
      observationShape, units: units, hiddenLayers: configuration.encoderLayers,
      depth: configuration.convolutionDepth, activation: activation, using: &random)
    rssm = RSSM(
      actionSize: actionSize, embeddingSize: encoder.embeddingSize,
      deterministicSize: configuration.deterministicSize, stochasticSize: configuration.stochasticSize,
      hiddenSize: configuration.hiddenSize, using: &random)
    decoder = ObservationDecoder(
      observationShape, features: features, units: units, hiddenLayers: configuration.encoderLayers,
      depth: configuration.convolutionDepth, activation: activation, using: &random)
    rewardHead = MLP(features, 1, units: units, hiddenLayers: configuration.rewardLayers, using: &random)
    if configuration.predictsContinue {
      continueHead = MLP(features, 1, units: units, hiddenLayers: configuration.valueLayers, using: &random)
    }
  }

  /// The predicted reward of each state, `[…]`, from features `[…, feature]`.
  public func reward(_ features: Tensor) -> Tensor {
    rewardHead(features).at(0, axis: -1)
  }

  /// The predicted discount after each state, `[…]`: γ, times the probability of going on where the
  /// task can terminate.
  public func discount(_ features: Tensor) -> Tensor {
    let gamma = Float(configuration.discount)
    guard let continueHead else { return Tensor(repeating: gamma, shape: Array(features.shape.dropLast())) }
    // The head's target already contains γ (see `predictionLosses`).
    return sigmoid(continueHead(features).at(0, axis: -1))
  }

  /// The loss of the paper (equation 10): predict what was seen, and stay close to what was
  /// expected.
  ///
  /// - Parameters:
  ///   - batch: windows of experience, `[batch, time, …]`.
  ///   - random: draws the latents.
  /// - Returns: the losses (the KL before free nats), and the states that imagination starts from.
  public func losses(
    _ batch: SequenceBatch, using random: inout SplitMix64
  ) -> (losses: LossTerms, states: LatentState) {
    let observed = rssm.observe(
      embeddings: encoder(batch.observations), actions: batch.actions, isFirst: batch.isFirst, using: &random)
    let features = observed.states.features
    let (observationLoss, rewardLoss, continueLoss) = predictionLosses(features, batch)
    let kl = gaussianKL(observed.posterior, observed.prior)
    var losses = LossTerms(
      "model",
      total: modelLoss(observation: observationLoss, reward: rewardLoss, continue: continueLoss, kl: kl))
    losses.add("observation", observationLoss)
    losses.add("reward", rewardLoss)
    losses.add("KL", kl.mean())
    if let continueLoss { losses.add("continue", continueLoss) }
    return (losses, observed.states)
  }

  /// How badly the features predict what came with each step: its observation, its reward, and whether the
  /// episode goes on.
  ///
  /// −log p of each under the head's distribution: Normals of the configured deviations, summed over an
  /// observation's numbers, and a Bernoulli whose target is γ where the episode goes on, else 0. The mean is
  /// over batch and time. The reward at t is the one that came with the observation at t; none comes with the
  /// first of an episode, so there is none to predict: it counts as 0.
  /// Source: Hafner et al. 2020, equation 10; paper and code have the soft targets 0 and γ.
  ///
  /// - Parameters:
  ///   - features: of the states *after* each observation, `[batch, time, feature]`.
  ///   - batch: what came, `[batch, time, …]`.
  /// - Returns: three single numbers; no continue loss without a continue head.
  public func predictionLosses(
    _ features: Tensor, _ batch: SequenceBatch
  ) -> (observation: Tensor, reward: Tensor, continue: Tensor?) {
    // BEGIN EXERCISE 2.13: find the bug; for help: course hint 2.13
    findTheBug("2.13")  // delete this line when you have mended the code below
    let time = features.shape[1]
    let observations = Normal(
      mean: decoder(features), standardDeviation: Tensor(Float(configuration.observationDeviation)))
    // A reward is paid for the step that was taken in a state.
    let rewards = Normal(
      mean: reward(features.slice(0..<(time - 1), axis: 1)),
      standardDeviation: Tensor(Float(configuration.rewardDeviation)))
    let observationLoss = -observations.logProbability(of: batch.observations).sum(-1).mean()
    let hasReward = 1 - batch.isFirst.slice(1..<time, axis: 1)
    let paid = rewards.logProbability(of: batch.rewards.slice(1..<time, axis: 1))
    let rewardLoss = -(paid * hasReward).mean()
    let continueLoss = continueHead.map { head in
      let target = batch.continues * Float(configuration.discount)
      return bernoulliLoss(logits: head(features).at(0, axis: -1), target: target).mean()
    }
    return (observationLoss, rewardLoss, continueLoss)
    // END EXERCISE 2.13
  }

  /// The sum that is minimised, with free nats.
  ///
  /// A KL divergence below `freeNats` costs nothing: there the model may store information without
  /// having to predict it. DreamerV1 takes the mean over batch and time *first* and the maximum after:
  /// observation + reward + continueScale · continue + klScale · max(mean(kl), freeNats).
  /// Source: Hafner et al. 2020, equation 10 and appendix A for the free nats; their order is the official code's.
  ///
  /// - Parameters:
  ///   - observation: mean negative log-likelihood of the observations.
  ///   - reward: the same of the rewards.
  ///   - continue: the same of the continue flags, weighted with `continueScale`; nil if not predicted.
  ///   - kl: the divergence of every step, `[batch, time]`, weighted with `klScale` after the maximum.
  /// - Returns: a single number.
  public func modelLoss(
    observation: Tensor, reward: Tensor, continue continueLoss: Tensor?, kl: Tensor
  ) -> Tensor {
    // BEGIN EXERCISE 2.5: replace the next line; for help: course hint 2.5
    todo("2.5")
    // END EXERCISE 2.5
  }

  /// Shows the parts to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("encoder", &encoder)
    visitor("rssm", &rssm)
    visitor("decoder", &decoder)
    visitor("rewardHead", &rewardHead)
    visitor("continueHead", &continueHead)
  }
}
