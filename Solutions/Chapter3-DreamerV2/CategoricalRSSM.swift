import DreamerV1
import Networks
import Tensors

/// DreamerV2's recurrent state-space model: V1's, with categories for z and a memory that is normalised.
///
/// ```text
///  h ─────────────┐
///  z ─┐           ▼
///     ├─ dense ─ GRU ─ h′ ─ dense ─ dense ─ prior p(z′ | h′)        groups of categories
///  a ─┘          (LayerNorm) └─┬ dense ─ dense ─ posterior q(z′ | h′, e′)
///                         e′ ──┘
/// ```
/// Source: Hafner et al. 2021, section 2.1; layers from the official code.
public struct CategoricalRSSM: LatentDynamics {
  /// [z, a] → hidden, followed by ELU.
  public var inputLayer: Linear
  /// The recurrent memory, with one layer norm over all its gates.
  public var cell: LayerNormGRUCell
  /// h′ → the logits of the prior.
  public var priorLayers: MLP
  /// [h′, e′] → the logits of the posterior.
  public var posteriorLayers: MLP
  /// The extent of h.
  public let deterministicSize: Int
  private let groups: Int
  private let classes: Int
  /// The extent of z, all groups' classes.
  public var stochasticSize: Int { groups * classes }

  /// A model with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - actionSize: the extent of an action as networks see it.
  ///   - embeddingSize: the extent of an encoded observation.
  ///   - deterministicSize: the extent of h.
  ///   - groups: the categorical distributions in z.
  ///   - classes: the classes of each.
  ///   - hiddenSize: the width of the dense layers.
  ///   - random: draws the weights.
  public init(
    actionSize: Int, embeddingSize: Int, deterministicSize: Int, groups: Int, classes: Int, hiddenSize: Int,
    using random: inout SplitMix64
  ) {
    (self.deterministicSize, self.groups, self.classes) = (deterministicSize, groups, classes)
    inputLayer = Linear(groups * classes + actionSize, hiddenSize, using: &random)
    cell = LayerNormGRUCell(hiddenSize, size: deterministicSize, using: &random)
    priorLayers = MLP(
      deterministicSize, groups * classes, units: hiddenSize, hiddenLayers: 1, using: &random)
    posteriorLayers = MLP(
      deterministicSize + embeddingSize, groups * classes, units: hiddenSize, hiddenLayers: 1, using: &random)
  }

  /// The next memory h′ = GRU(ELU(dense([z, a])), h), `[batch, deterministic]`.
  public func nextMemory(_ state: LatentState, action: Tensor) -> Tensor {
    cell(elu(inputLayer(concatenate([state.stochastic, action]))), state: state.deterministic)
  }

  /// p(z | h): what the model expects before it looks.
  public func prior(_ memory: Tensor) -> CategoricalBelief {
    belief(priorLayers(memory))
  }

  /// One step of reality: the memory moves on, and z is drawn from q(z | h, e).
  ///
  /// - Parameters:
  ///   - state: `[batch, …]`.
  ///   - action: the action that led to the observation, `[batch, action]`.
  ///   - embedding: the encoded observation e, `[batch, embedding]`.
  ///   - random: draws z.
  /// - Returns: the new state and the posterior that z was drawn from.
  public func observeStep(
    _ state: LatentState, action: Tensor, embedding: Tensor, using random: inout SplitMix64
  ) -> (state: LatentState, posterior: CategoricalBelief) {
    let memory = nextMemory(state, action: action)
    let posterior = belief(posteriorLayers(concatenate([memory, embedding])))
    return (LatentState(deterministic: memory, stochastic: posterior.sample(using: &random)), posterior)
  }

  /// The groups that a row of logits `[…, group · class]` stands for.
  private func belief(_ logits: Tensor) -> CategoricalBelief {
    CategoricalBelief(logits: logits.reshaped(logits.shape.dropLast() + [groups, classes]))
  }

  /// Shows the layers to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("inputLayer", &inputLayer)
    visitor("cell", &cell)
    visitor("priorLayers", &priorLayers)
    visitor("posteriorLayers", &posteriorLayers)
  }
}
