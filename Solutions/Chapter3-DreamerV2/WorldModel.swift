import DreamerV1
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
  /// All parts are means over batch and time: −log p of observation, reward and discount (soft target γ where the
  /// episode goes on, else 0), and the balanced KL, of which `freeNats` of the mean are free.
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
    let observations = Normal(
      mean: decoder(features), standardDeviation: Tensor(Float(configuration.observationDeviation)))
    let rewards = Normal(
      mean: reward(features), standardDeviation: Tensor(Float(configuration.rewardDeviation)))
    let hasReward = 1 - batch.isFirst
    let kl = balancedKL(observed.posterior, observed.prior, balance: Float(configuration.klBalance)).mean()

    var losses = LossTerms("model")
    losses.add("observation", -observations.logProbability(of: batch.observations).sum(-1).mean())
    losses.add("reward", -(rewards.logProbability(of: batch.rewards) * hasReward).mean())
    losses.add("KL", maximum(kl, Tensor(Float(configuration.freeNats))), weight: Float(configuration.klScale))
    if let discountHead {
      let logits = discountHead(features).at(0, axis: -1)
      losses.add(
        "discount", bernoulliLoss(logits: logits, target: gamma * batch.continues).mean(),
        weight: Float(configuration.discountScale))
    }
    return (losses, observed.states)
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
