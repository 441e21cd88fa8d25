import Kernels

/// One step of a standard GRU from its two pre-activations, in one pass over memory.
///
/// r = σ(x_r + h_r), u = σ(x_u + h_u), n = tanh(x_n + r·h_n), result = u·state + (1 − u)·n.
/// Source: Cho et al. 2014 in the form of Keras (`reset_after`) and PyTorch.
///
/// ```swift
/// gruGates(input: .zeros([1, 3]), hidden: .zeros([1, 3]), state: Tensor([[4]]))  // [[2]]
/// ```
///
/// - Parameters:
///   - input: x·W + b, `[batch, 3·size]` in the order reset, update, candidate.
///   - hidden: state·U + c, the same shape and order.
///   - state: `[batch, size]`.
/// - Returns: the next state, `[batch, size]`.
public func gruGates(input: Tensor, hidden: Tensor, state: Tensor) -> Tensor {
  require(state.rank == 2, "gruGates: the state must be [batch, size], not of shape \(state.shape)")
  let (batch, size) = (state.shape[0], state.shape[1])
  require(
    input.shape == [batch, 3 * size] && hidden.shape == [batch, 3 * size],
    "gruGates: a state of shape \(state.shape) needs pre-activations of shape [\(batch), \(3 * size)], got \(input.shape) and \(hidden.shape)"
  )
  let gates = Tensor(uninitialized: [batch, 3 * size])
  var next = Tensor(uninitialized: state.shape)
  gruForward(
    input: input.pointer, hidden: hidden.pointer, state: state.pointer, gates: gates.pointer,
    into: next.pointer, batch: batch, size: size)
  guard input.isRecorded || hidden.isRecorded || state.isRecorded else { return next }

  // The three gradients come out of one pass, so they travel through one node as a single tensor.
  let (hiddenValue, stateValue) = (hidden.value, state.value)
  next.recordTogether([input, hidden, state]) { gradient in
    let results = [
      Tensor(uninitialized: gates.shape), Tensor(uninitialized: gates.shape),
      Tensor(uninitialized: stateValue.shape),
    ]
    gruBackward(
      gradient: gradient.pointer, gates: gates.pointer, hidden: hiddenValue.pointer,
      state: stateValue.pointer,
      inputGradient: results[0].pointer, hiddenGradient: results[1].pointer,
      stateGradient: results[2].pointer,
      batch: batch, size: size)
    return results
  }
  return next
}

/// One step of a long short-term memory from its pre-activations, in one pass over memory.
///
/// i = σ(x_i), f = σ(x_f), g = tanh(x_g), o = σ(x_o), next cell = f·cell + i·g, hidden = o·tanh(next cell).
/// Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
///
/// ```swift
/// lstmGates(input: .zeros([1, 4]), cell: Tensor([[4]])).cell  // [[2]]
/// ```
///
/// - Parameters:
///   - input: x·W + h·U + b, `[batch, 4·size]` in the order input, forget, candidate, output.
///   - cell: `[batch, size]`.
/// - Returns: the hidden state and the next cell, each `[batch, size]`.
public func lstmGates(input: Tensor, cell: Tensor) -> (hidden: Tensor, cell: Tensor) {
  require(
    cell.rank == 2 && input.shape == [cell.shape[0], 4 * cell.shape[1]],
    "lstmGates: pre-activations of shape \(input.shape) do not fit a cell of shape \(cell.shape): they must be [batch, 4·size] and [batch, size]"
  )
  let (batch, size) = (cell.shape[0], cell.shape[1])
  let (gates, squashed) = (Tensor(uninitialized: input.shape), Tensor(uninitialized: cell.shape))
  var (next, hidden) = (Tensor(uninitialized: cell.shape), Tensor(uninitialized: cell.shape))
  lstmForward(
    input: input.pointer, cell: cell.pointer, gates: gates.pointer, squashed: squashed.pointer,
    into: next.pointer, hidden.pointer, batch: batch, size: size)
  guard input.isRecorded || cell.isRecorded else { return (hidden, next) }

  next.recordTogether([input, cell]) { [cell = cell.value] gradient in
    let results = [Tensor(uninitialized: gates.shape), Tensor(uninitialized: cell.shape)]
    lstmCellBackward(
      gradient: gradient.pointer, gates: gates.pointer, cell: cell.pointer,
      inputGradient: results[0].pointer, cellGradient: results[1].pointer, batch: batch, size: size)
    return results
  }
  hidden.recordTogether([input, next]) { gradient in
    let results = [Tensor(uninitialized: gates.shape), Tensor(uninitialized: squashed.shape)]
    lstmHiddenBackward(
      gradient: gradient.pointer, gates: gates.pointer, squashed: squashed.pointer,
      inputGradient: results[0].pointer, nextGradient: results[1].pointer, batch: batch, size: size)
    return results
  }
  return (hidden, next)
}

/// One step of the gated recurrent unit of DreamerV2 and V3, whose reset gate acts on the whole candidate.
///
/// r = σ(p_r), u = σ(p_u − 1), n = tanh(r·p_n), result = u·n + (1 − u)·state: at first u is small, so that the
/// state is kept. Source: Hafner et al. 2021, whose code calls it `GRUCell`.
///
/// ```swift
/// gruGates(joint: .zeros([1, 3]), state: Tensor([[4]]))  // [[2.924]]
/// ```
///
/// - Parameters:
///   - joint: the pre-activations p from input and state together, `[batch, 3·size]` in the order reset, update,
///     candidate.
///   - state: `[batch, size]`.
/// - Returns: the next state, `[batch, size]`.
public func gruGates(joint: Tensor, state: Tensor) -> Tensor {
  // The standard gates with the update gate the other way round: 1 − σ(p − 1) = σ(1 − p).
  let size = joint.shape.last.map { $0 / 3 } ?? 0
  let isUpdate = (0..<3 * size).map { $0 / size == 1 }
  let input = Tensor(isUpdate.map { $0 ? 1 : 0 }).broadcast(to: joint.shape)
  return gruGates(input: input, hidden: joint * Tensor(isUpdate.map { $0 ? -1 : 1 }), state: state)
}
