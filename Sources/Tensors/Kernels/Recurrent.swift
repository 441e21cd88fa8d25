/// One step of the standard GRU, with the reset gate after the product (PyTorch; Keras with `reset_after`).
///
/// `input` and `hidden`, [batch, 3·size], are the products x·W + b and h·U + c with the gates in the order
/// reset | update | candidate; `state` is [batch, size]. With the parts of each,
/// r = σ(input + hidden), u = σ(input + hidden), n = tanh(input + r·hidden), out = u·state + (1 − u)·n.
/// `gates`, [batch, 3·size], receives r | u | n for the gradients. Source: Cho et al. 2014.
package func gruForward(
  input: UnsafePointer<Float>, hidden: UnsafePointer<Float>, state: UnsafePointer<Float>,
  gates: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, batch: Int, size: Int
) {
  parallelFor(batch, costPerItem: 16 * size) { rows in
    for row in rows {
      let (input, hidden) = (input + 3 * size * row, hidden + 3 * size * row)
      let (state, out) = (state + size * row, out + size * row)
      let reset = gates + 3 * size * row
      let (update, candidate) = (reset + size, reset + 2 * size)
      for i in 0..<2 * size { reset[i] = input[i] + hidden[i] }
      apply(.sigmoid, reset, into: reset, count: 2 * size)
      for i in 0..<size { candidate[i] = input[2 * size + i] + reset[i] * hidden[2 * size + i] }
      apply(.tanh, candidate, into: candidate, count: size)
      for i in 0..<size { out[i] = update[i] * state[i] + (1 - update[i]) * candidate[i] }
    }
  }
}

/// The gradients of ``gruForward``, from the gradient of its output.
///
/// `inputGradient` and `hiddenGradient` are [batch, 3·size]; `stateGradient`, [batch, size], is only the direct
/// path through u·state: the one through `hidden` is added by the product that made it.
package func gruBackward(
  gradient: UnsafePointer<Float>, gates: UnsafePointer<Float>, hidden: UnsafePointer<Float>,
  state: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
  hiddenGradient: UnsafeMutablePointer<Float>, stateGradient: UnsafeMutablePointer<Float>,
  batch: Int, size: Int
) {
  parallelFor(batch, costPerItem: 12 * size) { rows in
    for row in rows {
      let (gradient, state) = (gradient + size * row, state + size * row)
      let reset = gates + 3 * size * row
      let (update, candidate) = (reset + size, reset + 2 * size)
      let hiddenCandidate = hidden + 3 * size * row + 2 * size
      let stateGradient = stateGradient + size * row
      let (fromInput, fromHidden) = (inputGradient + 3 * size * row, hiddenGradient + 3 * size * row)
      for i in 0..<size {
        let (u, n) = (update[i], candidate[i])
        stateGradient[i] = gradient[i] * u
        fromInput[size + i] = gradient[i] * (state[i] - n) * (u * (1 - u))
        fromInput[2 * size + i] = gradient[i] * (1 - u) * (1 - n * n)
      }
      for i in 0..<size {
        let (r, beforeTanh) = (reset[i], fromInput[2 * size + i])
        fromInput[i] = beforeTanh * hiddenCandidate[i] * (r * (1 - r))
        fromHidden[2 * size + i] = beforeTanh * r
      }
      fromHidden.update(from: fromInput, count: 2 * size)
    }
  }
}
