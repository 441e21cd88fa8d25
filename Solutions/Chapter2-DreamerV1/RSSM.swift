import Curriculum
import Foundation
import Networks
import Tensors

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
public struct RSSM: LatentDynamics {
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

  /// The next memory h′ = GRU(ELU(dense([z, a])), h).
  ///
  /// - Parameters:
  ///   - state: `[batch, …]`.
  ///   - action: the action taken in `state`, `[batch, action]`.
  /// - Returns: h′, `[batch, deterministic]`.
  public func nextMemory(_ state: LatentState, action: Tensor) -> Tensor {
    // BEGIN SOLUTION 2.2
    let input = elu(inputLayer(concatenate([state.stochastic, action])))
    return cell(input, state: state.deterministic)
    // END SOLUTION 2.2
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
    // BEGIN SOLUTION 2.3
    let memory = nextMemory(state, action: action)
    let posterior = posterior(memory, embedding: embedding)
    let state = LatentState(deterministic: memory, stochastic: posterior.sample(using: &random))
    return (state, posterior)
    // END SOLUTION 2.3
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("inputLayer", &inputLayer)
    visitor("cell", &cell)
    visitor("priorLayers", &priorLayers)
    visitor("posteriorLayers", &posteriorLayers)
  }
}
