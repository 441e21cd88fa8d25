import Foundation

/// The gates of the standard GRU, in the order reset | update | candidate.
package func gruForward(
  input: UnsafePointer<Float>, hidden: UnsafePointer<Float>, state: UnsafePointer<Float>,
  gates: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, batch: Int, size: Int
) {
  for row in 0..<batch {
    for i in 0..<size {
      let r = row * 3 * size + i
      let (u, n) = (r + size, r + 2 * size)
      gates[r] = 1 / (1 + exp(-(input[r] + hidden[r])))
      gates[u] = 1 / (1 + exp(-(input[u] + hidden[u])))
      gates[n] = tanh(input[n] + gates[r] * hidden[n])
      out[row * size + i] = gates[u] * state[row * size + i] + (1 - gates[u]) * gates[n]
    }
  }
}

/// The gradients of ``gruForward``.
package func gruBackward(
  gradient: UnsafePointer<Float>, gates: UnsafePointer<Float>, hidden: UnsafePointer<Float>,
  state: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
  hiddenGradient: UnsafeMutablePointer<Float>, stateGradient: UnsafeMutablePointer<Float>,
  batch: Int, size: Int
) {
  for row in 0..<batch {
    for i in 0..<size {
      let r = row * 3 * size + i
      let (u, n, s) = (r + size, r + 2 * size, row * size + i)
      let (reset, update, candidate) = (gates[r], gates[u], gates[n])
      let dCandidate = gradient[s] * (1 - update) * (1 - candidate * candidate)
      let dUpdate = gradient[s] * (state[s] - candidate) * update * (1 - update)
      let dReset = dCandidate * hidden[n] * reset * (1 - reset)
      inputGradient[r] = dReset
      inputGradient[u] = dUpdate
      inputGradient[n] = dCandidate
      hiddenGradient[r] = dReset
      hiddenGradient[u] = dUpdate
      hiddenGradient[n] = dCandidate * reset
      stateGradient[s] = gradient[s] * update
    }
  }
}
