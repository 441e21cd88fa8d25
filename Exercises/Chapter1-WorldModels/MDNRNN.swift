import Curriculum
import Foundation
import Networks
import Tensors
import Training

/// M: remembers what happened, and predicts the next latent vector, its reward, and whether the episode ends.
///
/// ```text
///  z, a ── LSTM ── h′ ┬─ mixtures over z′
///            h        ├─ reward
///                     └─ done
/// ```
/// Source: Ha and Schmidhuber 2018, appendix A.2. The reward head is this course's, so that every task can be
/// dreamt; the paper's Doom had the done head only, and its car neither.
public struct MDNRNN: Module {
  /// The memory; its hidden state is h.
  public var cell: LSTMCell
  /// h′ → the numbers of the mixtures.
  public var mixtureLayer: Linear
  /// h′ → the reward that comes with z′.
  public var rewardLayer: Linear
  /// h′ → logit of "the episode ends with z′".
  public var doneLayer: Linear
  private let mixtures: Int

  /// A memory with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - latentSize: the extent of z.
  ///   - actionSize: the extent of an action.
  ///   - configuration: the extent of h and the number of mixtures.
  ///   - random: draws the weights.
  public init(
    latentSize: Int, actionSize: Int, configuration: WorldModelsConfiguration, using random: inout SplitMix64
  ) {
    mixtures = configuration.mixtures
    let size = configuration.memorySize
    cell = LSTMCell(latentSize + actionSize, size: size, using: &random)
    mixtureLayer = Linear(size, latentSize * 3 * mixtures, using: &random)
    rewardLayer = Linear(size, 1, using: &random)
    doneLayer = Linear(size, 1, using: &random)
  }

  // MARK: Predictions

  /// One step: the memory after z and a.
  ///
  /// - Parameters:
  ///   - latents: z, `[batch, latent]`.
  ///   - actions: a, taken at z, `[batch, action]`.
  ///   - state: the memory before.
  public func step(_ latents: Tensor, actions: Tensor, state: LSTMCell.State) -> LSTMCell.State {
    cell(concatenate([latents, actions]), state: state)
  }

  /// What the memory h′ `[…, memory]` expects z′ to be.
  public func nextLatent(_ memory: Tensor) -> MixtureDensity {
    MixtureDensity(raw: mixtureLayer(memory), mixtures: mixtures)
  }

  /// The reward that h′ expects, `[…]`, in scaled rewards.
  public func reward(_ memory: Tensor) -> Tensor { rewardLayer(memory).at(0, axis: -1) }

  /// The logit of the episode ending, `[…]`.
  public func doneLogit(_ memory: Tensor) -> Tensor { doneLayer(memory).at(0, axis: -1) }

  /// The memory along sequences; where an episode begins, it is emptied *before* it takes in the step.
  ///
  /// It starts empty too, whatever the first step is. The step is that of ``step(_:actions:state:)``.
  ///
  /// - Parameters:
  ///   - latents: z, `[batch, time, latent]`.
  ///   - actions: the action taken at each z, `[batch, time, action]`.
  ///   - isFirst: 1 where z is an episode's first, else 0, `[batch, time]`.
  /// - Returns: h after each step, `[batch, time, memory]`.
  public func memories(latents: Tensor, actions: Tensor, isFirst: Tensor) -> Tensor {
    let (batch, time) = (latents.shape[0], latents.shape[1])
    // BEGIN EXERCISE 1.6: replace the next line; for help: course hint 1.6
    todo("1.6")
    // END EXERCISE 1.6
  }

  // MARK: Learning

  /// The parts of M's loss on a batch.
  public struct Losses: Sendable {
    /// −log p(z′), mean over the steps that count and the numbers of z.
    public var latent: Tensor
    /// The squared error of the reward, mean over the steps that count.
    public var reward: Tensor
    /// The cross-entropy of the end, mean over the steps that count.
    public var done: Tensor
    /// What is minimised.
    public var total: Tensor { latent + reward + done }
  }

  /// The loss on windows of experience: from z at t and the action taken there predict what comes at t + 1, the
  /// latent, the reward, and whether the episode has ended.
  ///
  /// Where an episode begins at t + 1 there is nothing to predict: such steps do not count, neither in the sums nor
  /// among what the means divide by.
  ///
  /// - Parameters:
  ///   - latents: z, `[batch, time, latent]`.
  ///   - batch: the windows; the action of index t + 1 is the one taken at z of index t.
  ///   - doneWeight: how much more an end counts than its absence (10 in the paper's code).
  public func losses(latents: Tensor, _ batch: SequenceBatch, doneWeight: Float) -> Losses {
    let time = latents.shape[1]
    func before(_ x: Tensor) -> Tensor { x.slice(0..<(time - 1), axis: 1) }
    func after(_ x: Tensor) -> Tensor { x.slice(1..<time, axis: 1) }
    // BEGIN EXERCISE 1.7: find the bug; for help: course hint 1.7
    findTheBug("1.7")  // delete this line when you have mended the code below
    // M reads what belongs to the first of two steps, and predicts what belongs to the second.
    let memories = memories(
      latents: before(latents), actions: before(batch.actions), isFirst: before(batch.isFirst))
    // The first step of the next episode does not follow from the last one of this.
    let follows = 1 - after(batch.isFirst)
    func mean(_ loss: Tensor) -> Tensor { (loss * follows).sum() / maximum(follows.sum(), Tensor(1)) }
    let latentLoss = nextLatent(memories).negativeLogLikelihood(of: after(latents)).mean(-1)
    let done = 1 - after(batch.continues)
    return Losses(
      latent: mean(latentLoss), reward: mean(square(reward(memories) - after(batch.rewards))),
      done: mean(doneLoss(logits: doneLogit(memories), target: done, weight: doneWeight)))
    // END EXERCISE 1.7
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("cell", &cell)
    visitor("mixtureLayer", &mixtureLayer)
    visitor("rewardLayer", &rewardLayer)
    visitor("doneLayer", &doneLayer)
  }
}

/// The cross-entropy of "the episode ends", in which the few ends count more than the many steps without one.
///
/// - Parameters:
///   - logits: `[…]`.
///   - target: 1 where the episode ended, else 0, `[…]`.
///   - weight: what an end's loss is multiplied with.
/// - Returns: nats, number by number.
public func doneLoss(logits: Tensor, target: Tensor, weight: Float) -> Tensor {
  bernoulliLoss(logits: logits, target: target) * (1 + (weight - 1) * target)
}
