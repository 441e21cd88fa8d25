import Curriculum
import Foundation
import Networks
import Tensors

/// The model's state: what it remembers for certain, and what it believes about the rest.
public struct LatentState: Sendable {
  /// h: the recurrent memory, `[…, deterministic]`.
  public var deterministic: Tensor
  /// z: a sample of the stochastic state, `[…, stochastic]`.
  public var stochastic: Tensor

  /// A state with these parts.
  public init(deterministic: Tensor, stochastic: Tensor) {
    self.deterministic = deterministic
    self.stochastic = stochastic
  }

  /// What decoder, heads, actor and critic see: [z, h] joined, `[…, stochastic + deterministic]`.
  public var features: Tensor { concatenate([stochastic, deterministic]) }

  /// The same numbers as constants.
  public var withoutGradient: LatentState {
    LatentState(deterministic: stopGradient(deterministic), stochastic: stopGradient(stochastic))
  }
}

/// What the model makes of a sequence of observations.
public struct ObservedSequence: Sendable {
  /// h and z at every step, `[batch, time, …]`.
  public var states: LatentState
  /// q(z | h, observation): the belief after seeing the step's observation, `[batch, time, stochastic]`.
  public var posterior: Normal
  /// p(z | h): the belief just before seeing it, the same shape.
  public var prior: Normal
}

/// The recurrent state-space model: a deterministic path that remembers and a stochastic one that can
/// express several futures.
///
/// ```text
///  h ─────────────┐
///  z ─┐           ▼
///     ├─ dense ─ GRU ─ h′ ─ dense ─ dense ─ prior p(z′ | h′)
///  a ─┘                 └─┬ dense ─ dense ─ posterior q(z′ | h′, e′)
///                    e′ ──┘
/// ```
/// Source: Hafner et al. 2019 (PlaNet), equation 4; sizes and activations from the code of DreamerV1.
public struct RSSM: Module {
  /// [z, a] → hidden, followed by ELU.
  public var inputLayer: Linear
  /// The recurrent memory.
  public var cell: GRUCell
  /// h′ → the numbers of the prior.
  public var priorLayers: MLP
  /// [h′, e′] → the numbers of the posterior.
  public var posteriorLayers: MLP
  /// The extent of h.
  public let deterministicSize: Int
  /// The extent of z.
  public let stochasticSize: Int

  /// A model with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - actionSize: the extent of an action.
  ///   - embeddingSize: the extent of an encoded observation.
  ///   - deterministicSize: the extent of h.
  ///   - stochasticSize: the extent of z.
  ///   - hiddenSize: the width of the dense layers.
  ///   - random: draws the weights.
  public init(
    actionSize: Int, embeddingSize: Int, deterministicSize: Int, stochasticSize: Int, hiddenSize: Int,
    using random: inout SplitMix64
  ) {
    self.deterministicSize = deterministicSize
    self.stochasticSize = stochasticSize
    inputLayer = Linear(stochasticSize + actionSize, hiddenSize, using: &random)
    cell = GRUCell(hiddenSize, size: deterministicSize, using: &random)
    priorLayers = MLP(
      deterministicSize, 2 * stochasticSize, units: hiddenSize, hiddenLayers: 1, using: &random)
    posteriorLayers = MLP(
      deterministicSize + embeddingSize, 2 * stochasticSize, units: hiddenSize, hiddenLayers: 1,
      using: &random)
  }

  /// The state before anything was seen: zeros.
  public func initialState(batch: Int) -> LatentState {
    LatentState(
      deterministic: .zeros([batch, deterministicSize]), stochastic: .zeros([batch, stochasticSize]))
  }

  /// The next memory h′ = GRU(ELU(dense([z, a])), h).
  ///
  /// - Parameters:
  ///   - state: `[batch, …]`.
  ///   - action: the action taken in `state`, `[batch, action]`.
  /// - Returns: h′, `[batch, deterministic]`.
  public func nextMemory(_ state: LatentState, action: Tensor) -> Tensor {
    // BEGIN EXERCISE 2.2: replace the next line; for help: course hint 2.2
    todo("2.2")
    // END EXERCISE 2.2
  }

  /// p(z | h): what the model expects before it looks.
  public func prior(_ memory: Tensor) -> Normal {
    latentDistribution(priorLayers(memory))
  }

  /// q(z | h, e): what it believes after it has looked.
  ///
  /// - Parameters:
  ///   - memory: h, `[…, deterministic]`.
  ///   - embedding: the encoded observation e, `[…, embedding]`.
  /// - Returns: Normal distributions over `[…, stochastic]`.
  public func posterior(_ memory: Tensor, embedding: Tensor) -> Normal {
    latentDistribution(posteriorLayers(concatenate([memory, embedding])))
  }

  /// One step of a dream: the memory moves on, and z is drawn from the prior.
  ///
  /// - Parameters:
  ///   - state: `[batch, …]`.
  ///   - action: `[batch, action]`.
  ///   - random: draws z.
  /// - Returns: the imagined next state; gradients reach `state` and `action` through it.
  public func imagineStep(
    _ state: LatentState, action: Tensor, using random: inout SplitMix64
  ) -> LatentState {
    let next = nextMemory(state, action: action)
    return LatentState(deterministic: next, stochastic: prior(next).sample(using: &random))
  }

  /// One step of reality: the memory moves on, and z is drawn from the posterior.
  ///
  /// - Parameters:
  ///   - state: `[batch, …]`.
  ///   - action: the action that led to the observation, `[batch, action]`.
  ///   - embedding: the encoded observation, `[batch, embedding]`.
  ///   - random: draws z.
  /// - Returns: the new state and the posterior that z was drawn from.
  public func observeStep(
    _ state: LatentState, action: Tensor, embedding: Tensor, using random: inout SplitMix64
  ) -> (state: LatentState, posterior: Normal) {
    // BEGIN EXERCISE 2.3: replace the next line; for help: course hint 2.3
    todo("2.3")
    // END EXERCISE 2.3
  }

  /// Follows a sequence of observations from the initial state.
  ///
  /// Where a step is the first of an episode, nothing from before may leak into it: the state starts
  /// at zeros again, and so does the action, which belongs to the episode before.
  ///
  /// - Parameters:
  ///   - embeddings: encoded observations, `[batch, time, embedding]`.
  ///   - actions: `[batch, time, action]`; the action at t *led to* the observation at t.
  ///   - isFirst: 1 where an episode begins, else 0, `[batch, time]`.
  ///   - random: draws z.
  /// - Returns: states, posteriors and priors of every step, `[batch, time, …]`.
  public func observe(
    embeddings: Tensor, actions: Tensor, isFirst: Tensor, using random: inout SplitMix64
  ) -> ObservedSequence {
    let (batch, time) = (embeddings.shape[0], embeddings.shape[1])
    var state = initialState(batch: batch)
    var states: [LatentState] = []
    var posteriors: [Normal] = []
    // BEGIN EXERCISE 2.4: replace the next line; for help: course hint 2.4
    todo("2.4")
    // END EXERCISE 2.4
    let sequence = LatentState(
      deterministic: stack(states.map(\.deterministic), axis: 1),
      stochastic: stack(states.map(\.stochastic), axis: 1))
    let posterior = Normal(
      mean: stack(posteriors.map(\.mean), axis: 1),
      standardDeviation: stack(posteriors.map(\.standardDeviation), axis: 1))
    return ObservedSequence(states: sequence, posterior: posterior, prior: prior(sequence.deterministic))
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("inputLayer", &inputLayer)
    visitor("cell", &cell)
    visitor("priorLayers", &priorLayers)
    visitor("posteriorLayers", &posteriorLayers)
  }
}
