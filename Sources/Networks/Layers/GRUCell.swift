import Tensors

/// A gated recurrent unit in its standard form, as Keras and PyTorch compute it.
///
/// r = σ(x_r + h_r), u = σ(x_u + h_u), n = tanh(x_n + r·h_n), h′ = u·h + (1 − u)·n, where the index
/// picks a third of x·W + b and of h·U + c. Source: Cho et al. 2014.
///
/// ```swift
/// let cell = GRUCell(3, size: 5, using: &random)
/// cell(Tensor.ones([2, 3]), state: .zeros([2, 5])).shape  // [2, 5]
/// ```
public struct GRUCell: Module {
  /// W and b: `[in, 3·size]` in the order reset, update, candidate.
  public var input: Linear
  /// U and c: `[size, 3·size]` in the same order.
  public var recurrent: Linear

  /// A cell with a Glorot-uniform input kernel, an orthogonal recurrent kernel and zero biases.
  public init(_ inputs: Int, size: Int, using random: inout SplitMix64) {
    input = Linear(inputs, 3 * size, using: &random)
    recurrent = Linear(size, 3 * size, using: &random)
    recurrent.weight = Initializer.orthogonal([size, 3 * size], using: &random)
  }

  /// One step from `state` `[batch, size]` with `x` `[batch, in]`, giving the next state.
  public func callAsFunction(_ x: Tensor, state: Tensor) -> Tensor {
    gruGates(input: input(x), hidden: recurrent(state), state: state)
  }

  /// Shows both kernels to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("input", &input)
    visitor("recurrent", &recurrent)
  }
}

/// The gated recurrent unit of DreamerV2 and of V3's code of 2023: one linear layer over input and state, and one
/// layer norm over all pre-activations together.
///
/// Source: Hafner et al. 2021; see ``gruGates(joint:state:)``.
///
/// ```swift
/// let cell = LayerNormGRUCell(3, size: 5, using: &random)
/// cell(Tensor.ones([2, 3]), state: .zeros([2, 5])).shape  // [2, 5]
/// ```
public struct LayerNormGRUCell: Module {
  /// `[in + size, 3·size]`, from the input and then the state to reset, update and candidate.
  public var linear: Linear
  /// Over the `3·size` pre-activations.
  public var norm: LayerNorm

  /// A cell with Glorot-uniform weights and zero bias.
  public init(_ inputs: Int, size: Int, using random: inout SplitMix64) {
    linear = Linear(inputs + size, 3 * size, using: &random)
    norm = LayerNorm(3 * size, epsilon: 1e-3)
  }

  /// One step from `state` `[batch, size]` with `x` `[batch, in]`, giving the next state.
  public func callAsFunction(_ x: Tensor, state: Tensor) -> Tensor {
    gruGates(joint: norm(linear(concatenate([x, state]))), state: state)
  }

  /// Shows layer and norm to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("linear", &linear)
    visitor("norm", &norm)
  }
}
