import Curriculum
import Foundation
import Tensors

/// Returns of the steps of an imagined episode, as lists; `lambdaReturns` is one of these.
public typealias ReturnFunction = (
  _ rewards: [Float], _ values: [Float], _ continues: [Float], _ discount: Float, _ lambda: Float
) -> [Float]

/// A test of a function: whether it computes λ-returns.
///
/// Give it small inputs whose λ-returns you know (see `lambdaReturns` for the definition) and look at what
/// comes out. There is no right implementation to compare with: the test is what you trust.
///
/// - Parameter candidate: the function in question. It may be wrong in any way, also in how many numbers
///   it returns.
/// - Returns: whether its returns are right. Another right way of computing them may round differently.
public func acceptsLambdaReturns(_ candidate: ReturnFunction) -> Bool {
  // BEGIN SOLUTION 0.9
  let rewards: [Float] = [1, 2, 3]
  let values: [Float] = [10, 20, 30]
  // From the end: 3 + ½·30, then 2 + ½·(¼·20 + ¾·18), then 1 + ½·(¼·10 + ¾·11.25).
  let goesOn = candidate(rewards, values, [1, 1, 1], 0.5, 0.75)
  // The second step ends the episode: only its reward is left, whatever comes after.
  let ends = candidate(rewards, values, [1, 0, 1], 0.5, 0.75)
  let right: [Float] = [6.46875, 11.25, 18, 3, 2, 18]
  let found = goesOn + ends
  return found.count == 6 && zip(found, right).allSatisfy { abs($0 - $1) < 1e-3 }
  // END SOLUTION 0.9
}

/// λ-returns: what each step of an imagined episode is worth, where values stand for all that comes after
/// the imagination.
///
/// R_t = r_t + γ c_t ((1 − λ) v_t + λ R_{t+1}), and behind the last step there is only its value:
/// R = r + γ c v. With λ = 0 every step trusts the value after it; with λ = 1 the rewards up to the end.
/// Where c_t is 0 the episode is over: nothing after that step counts, but its own reward does.
/// Source: Sutton and Barto, "Reinforcement Learning", 2nd edition, equation 12.18 with termination.
///
/// - Parameters:
///   - rewards: r_t, the reward of step t.
///   - values: v_t, the value of the state that step t leads to.
///   - continues: c_t, the probability (or 0 or 1) that the episode goes on after step t.
///   - discount: γ.
///   - lambda: λ.
/// - Returns: as many returns as rewards.
public func lambdaReturns(
  rewards: [Float], values: [Float], continues: [Float], discount: Float, lambda: Float
) -> [Float] {
  // BEGIN SOLUTION 0.10
  var next = values[values.count - 1]
  var returns: [Float] = []
  for t in rewards.indices.reversed() {
    let after = (1 - lambda) * values[t] + lambda * next
    next = rewards[t] + discount * continues[t] * after
    returns.append(next)
  }
  return returns.reversed()
  // END SOLUTION 0.10
}
