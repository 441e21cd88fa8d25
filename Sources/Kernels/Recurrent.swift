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
      let (fromUpdate, beforeTanh) = (fromInput + size, fromInput + 2 * size)
      // One loop for each result: with all pointers in one the compiler gives up on vectors.
      for i in 0..<size { stateGradient[i] = gradient[i] * update[i] }
      for i in 0..<size {
        fromUpdate[i] = gradient[i] * (state[i] - candidate[i]) * (update[i] * (1 - update[i]))
      }
      for i in 0..<size {
        beforeTanh[i] = gradient[i] * (1 - update[i]) * (1 - candidate[i] * candidate[i])
      }
      for i in 0..<size { fromInput[i] = beforeTanh[i] * hiddenCandidate[i] * (reset[i] * (1 - reset[i])) }
      for i in 0..<size { fromHidden[2 * size + i] = beforeTanh[i] * reset[i] }
      fromHidden.update(from: fromInput, count: 2 * size)
    }
  }
}

/// One step of a long short-term memory.
///
/// `input`, [batch, 4·size], is x·W + h·U + b with the gates in the order input | forget | candidate | output;
/// `cell` is [batch, size]. With i, f, o = σ(…) and g = tanh(…) of its parts, next = f·cell + i·g and
/// hidden = o·tanh(next). `gates`, like `input`, receives i | f | g | o and `squashed` tanh(next) for the gradients.
/// Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
package func lstmForward(
  input: UnsafePointer<Float>, cell: UnsafePointer<Float>, gates: UnsafeMutablePointer<Float>,
  squashed: UnsafeMutablePointer<Float>, into next: UnsafeMutablePointer<Float>,
  _ hidden: UnsafeMutablePointer<Float>, batch: Int, size: Int
) {
  parallelFor(batch, costPerItem: 20 * size) { rows in
    for row in rows {
      let (input, i) = (input + 4 * size * row, gates + 4 * size * row)
      let (f, g, o) = (i + size, i + 2 * size, i + 3 * size)
      let (cell, next) = (cell + size * row, next + size * row)
      let (squashed, hidden) = (squashed + size * row, hidden + size * row)
      apply(.sigmoid, input, into: i, count: 2 * size)
      apply(.tanh, input + 2 * size, into: g, count: size)
      apply(.sigmoid, input + 3 * size, into: o, count: size)
      for k in 0..<size { next[k] = f[k] * cell[k] + i[k] * g[k] }
      apply(.tanh, next, into: squashed, count: size)
      for k in 0..<size { hidden[k] = o[k] * squashed[k] }
    }
  }
}

/// The gradients of ``lstmForward`` from that of `hidden`: those of `next`, and of `input` through the output gate
/// alone; the other three parts are set to 0.
package func lstmHiddenBackward(
  gradient: UnsafePointer<Float>, gates: UnsafePointer<Float>, squashed: UnsafePointer<Float>,
  inputGradient: UnsafeMutablePointer<Float>, nextGradient: UnsafeMutablePointer<Float>, batch: Int, size: Int
) {
  parallelFor(batch, costPerItem: 8 * size) { rows in
    for row in rows {
      let (gradient, squashed) = (gradient + size * row, squashed + size * row)
      let (o, fromOutput) = (gates + size * (4 * row + 3), inputGradient + size * (4 * row + 3))
      let nextGradient = nextGradient + size * row
      (inputGradient + 4 * size * row).update(repeating: 0, count: 3 * size)
      for k in 0..<size { fromOutput[k] = gradient[k] * squashed[k] * (o[k] * (1 - o[k])) }
      for k in 0..<size { nextGradient[k] = gradient[k] * o[k] * (1 - squashed[k] * squashed[k]) }
    }
  }
}

/// The gradients of ``lstmForward`` from that of `next`: those of `cell`, and of `input` through all gates but the
/// output gate, whose part is set to 0.
package func lstmCellBackward(
  gradient: UnsafePointer<Float>, gates: UnsafePointer<Float>, cell: UnsafePointer<Float>,
  inputGradient: UnsafeMutablePointer<Float>, cellGradient: UnsafeMutablePointer<Float>, batch: Int, size: Int
) {
  parallelFor(batch, costPerItem: 12 * size) { rows in
    for row in rows {
      let (gradient, cell, i) = (gradient + size * row, cell + size * row, gates + 4 * size * row)
      let (f, g) = (i + size, i + 2 * size)
      let (result, cellGradient) = (inputGradient + 4 * size * row, cellGradient + size * row)
      let (fromForget, fromCandidate) = (result + size, result + 2 * size)
      for k in 0..<size { result[k] = gradient[k] * g[k] * (i[k] * (1 - i[k])) }
      for k in 0..<size { fromForget[k] = gradient[k] * cell[k] * (f[k] * (1 - f[k])) }
      for k in 0..<size { fromCandidate[k] = gradient[k] * i[k] * (1 - g[k] * g[k]) }
      for k in 0..<size { cellGradient[k] = gradient[k] * f[k] }
      (result + 3 * size).update(repeating: 0, count: size)
    }
  }
}
