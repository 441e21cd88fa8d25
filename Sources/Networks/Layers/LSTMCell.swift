import Tensors

/// A long short-term memory in its standard form, as World Models and IRIS use it.
///
/// i, f, o = σ(…), g = tanh(…) of the quarters of x·W + b + h·U; c′ = f·c + i·g, h′ = o·tanh(c′).
/// Source: Hochreiter and Schmidhuber 1997; Gers et al. 2000.
///
/// ```swift
/// let cell = LSTMCell(3, size: 5, using: &random)
/// cell(Tensor.ones([2, 3]), state: cell.initialState(batch: 2)).hidden.shape  // [2, 5]
/// ```
public struct LSTMCell: Module {
  /// What is carried from step to step.
  ///
  /// ```swift
  /// LSTMCell.State(hidden: Tensor([[1]]), cell: Tensor([[2]])).cell  // [[2]]
  /// ```
  public struct State: Sendable {
    /// What other layers read, `[batch, size]`, in (−1, 1).
    public var hidden: Tensor
    /// The memory itself, `[batch, size]`, without limits.
    public var cell: Tensor

    /// A state with the given parts, each `[batch, size]`.
    public init(hidden: Tensor, cell: Tensor) {
      self.hidden = hidden
      self.cell = cell
    }
  }

  /// W and b: `[in, 4·size]` in the order input, forget, candidate, output.
  public var input: Linear
  /// U: `[size, 4·size]` in the same order; the only bias is that of `input`.
  public var recurrent: Tensor

  /// A cell with Glorot-uniform weights, and zero biases but for the forget gate's, which is 1: it remembers at
  /// first (World Models' code adds that 1 in every step, which is the same).
  public init(_ inputs: Int, size: Int, using random: inout SplitMix64) {
    let kernel = Initializer.glorotUniform([inputs + size, 4 * size], using: &random)
    let bias = (0..<4 * size).map { $0 / size == 1 ? Float(1) : 0 }
    input = Linear(weight: kernel.slice(0..<inputs, axis: 0), bias: Tensor(bias))
    recurrent = kernel.slice(inputs..<(inputs + size), axis: 0)
  }

  /// The state of zeros with which a sequence starts.
  ///
  /// ```swift
  /// LSTMCell(3, size: 2, using: &random).initialState(batch: 1).cell  // [[0, 0]]
  /// ```
  public func initialState(batch: Int) -> State {
    let zeros = Tensor.zeros([batch, recurrent.shape[0]])
    return State(hidden: zeros, cell: zeros)
  }

  /// One step from `state` with `x` `[batch, in]`, giving the next state.
  public func callAsFunction(_ x: Tensor, state: State) -> State {
    let gates = lstmGates(input: input(x) + state.hidden.matmul(recurrent), cell: state.cell)
    return State(hidden: gates.hidden, cell: gates.cell)
  }

  /// Shows the weights to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("input", &input)
    visitor("recurrent", &recurrent)
  }
}
