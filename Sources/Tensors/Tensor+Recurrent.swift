/// One step of a standard GRU from its two pre-activations, in one pass over memory.
///
/// r = σ(x_r + h_r), u = σ(x_u + h_u), n = tanh(x_n + r·h_n), result = u·state + (1 − u)·n.
/// Source: Cho et al. 2014 in the form of Keras (`reset_after`) and PyTorch.
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
