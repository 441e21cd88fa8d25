import Curriculum
import DreamerV1
import Foundation
import Networks
import Tensors
import Training

/// Everything the agent knows about the world: V1's parts, around another RSSM.
public struct WorldModel: Module {
  /// Observation → embedding.
  public var encoder: ObservationEncoder
  /// The dynamics in latent space.
  public var rssm: CategoricalRSSM
  /// Features → mean of the observation.
  public var decoder: ObservationDecoder
  /// Features → mean of the reward that came with the observation.
  public var rewardHead: MLP
  /// Features → logit of the discount; nil for tasks that never terminate.
  public var discountHead: MLP?
  private let configuration: DreamerV2Configuration

  /// A model with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - observationShape: of one observation, `[count]` or `[side, side, channels]`.
  ///   - actionSize: the extent of an action as networks see it.
  ///   - canTerminate: whether episodes can end by themselves, so that the end is predicted.
  ///   - configuration: sizes and weights.
  ///   - random: draws the weights.
  public init(
    observationShape: [Int], actionSize: Int, canTerminate: Bool, configuration: DreamerV2Configuration,
    using random: inout SplitMix64
  ) {
    self.configuration = configuration
    let (units, features) = (configuration.units, configuration.featureSize)
    func head() -> MLP {
      MLP(features, 1, units: units, hiddenLayers: configuration.headLayers, using: &random)
    }
    encoder = ObservationEncoder(
      observationShape, units: units, hiddenLayers: configuration.encoderLayers, depth: configuration.depth,
      using: &random)
    rssm = CategoricalRSSM(
      actionSize: actionSize, embeddingSize: encoder.embeddingSize,
      deterministicSize: configuration.deterministicSize, groups: configuration.groups,
      classes: configuration.classes, hiddenSize: configuration.hiddenSize, using: &random)
    decoder = ObservationDecoder(
      observationShape, features: features, units: units, hiddenLayers: configuration.encoderLayers,
      depth: configuration.depth, using: &random)
    rewardHead = head()
    if canTerminate { discountHead = head() }
  }

  /// γ.
  public var gamma: Float { Float(configuration.discount) }

  /// The predicted reward of each state, `[…]`, from features `[…, feature]`.
  public func reward(_ features: Tensor) -> Tensor {
    rewardHead(features).at(0, axis: -1)
  }

  /// The predicted discount after each state, `[…]`: γ, times the probability of going on.
  public func discount(_ features: Tensor) -> Tensor {
    guard let discountHead else { return Tensor(repeating: gamma, shape: Array(features.shape.dropLast())) }
    return sigmoid(discountHead(features).at(0, axis: -1))
  }

  /// The loss (equation 2): predict what was seen, and stay close to what was expected.
  ///
  /// All parts are means over batch and time: −log p of observation, reward and discount, and the balanced KL, of which
  /// `freeNats` of the mean are free.
  ///
  /// - Parameters:
  ///   - batch: windows of experience, `[batch, time, …]`.
  ///   - random: draws the latents.
  /// - Returns: the losses, and the states that dreams start from.
  public func losses(
    _ batch: SequenceBatch, using random: inout SplitMix64
  ) -> (losses: LossTerms, states: LatentState) {
    let observed = rssm.observe(
      embeddings: encoder(batch.observations), actions: batch.actions, isFirst: batch.isFirst, using: &random)
    let features = observed.states.features
    let predictions = predictionLosses(features, batch)
    let kl = balancedKL(observed.posterior, observed.prior, balance: Float(configuration.klBalance)).mean()

    var losses = LossTerms("model")
    losses.add("observation", predictions.observation)
    losses.add("reward", predictions.reward)
    losses.add("KL", maximum(kl, Tensor(Float(configuration.freeNats))), weight: Float(configuration.klScale))
    if let discount = predictions.discount {
      losses.add("discount", discount, weight: Float(configuration.discountScale))
    }
    return (losses, observed.states)
  }

  /// How badly the features predict what came with each step: its observation, its reward, and its discount.
  ///
  /// −log p of each under the head's distribution: Normals of the configured deviations, summed over an
  /// observation's numbers, and a Bernoulli, whose target is soft: γ where the episode goes on, 0 where the task has
  /// ended. So its probability *is* the discount, and nothing has to be multiplied by γ any more. The mean is over batch
  /// and time; no reward comes with the first observation of an episode, which counts as 0.
  /// Source: Hafner et al. 2021, equation 2; the soft target is the official code's.
  ///
  /// - Parameters:
  ///   - features: of the states *after* each observation, `[batch, time, feature]`.
  ///   - batch: what came, `[batch, time, …]`.
  /// - Returns: three single numbers; no discount loss without a discount head.
  public func predictionLosses(
    _ features: Tensor, _ batch: SequenceBatch
  ) -> (observation: Tensor, reward: Tensor, discount: Tensor?) {
    // BEGIN SOLUTION 3.6
    func normal(_ means: Tensor, _ deviation: Double) -> Normal {
      Normal(mean: means, standardDeviation: Tensor(Float(deviation)))
    }
    let seen = normal(decoder(features), configuration.observationDeviation)
      .logProbability(of: batch.observations)
    let paid = normal(reward(features), configuration.rewardDeviation).logProbability(of: batch.rewards)
    let discountLoss = discountHead.map { head in
      bernoulliLoss(logits: head(features).at(0, axis: -1), target: gamma * batch.continues).mean()
    }
    return (-seen.sum(-1).mean(), -(paid * (1 - batch.isFirst)).mean(), discountLoss)
    // END SOLUTION 3.6
  }

  /// Shows the parts to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("encoder", &encoder)
    visitor("rssm", &rssm)
    visitor("decoder", &decoder)
    visitor("rewardHead", &rewardHead)
    visitor("discountHead", &discountHead)
  }
}
