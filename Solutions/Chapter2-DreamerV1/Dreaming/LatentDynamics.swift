import Curriculum
import Foundation
import Networks
import Tensors

/// A distribution over the stochastic state: DreamerV1's Gaussians, and what later papers put in their place.
public protocol LatentBelief: Sendable {
  /// The beliefs of some steps, each `[batch, …]`, as one, `[batch, time, …]`.
  init(steps: [Self])

  /// A draw through which gradients flow, `[…, stochastic]`.
  func sample(using random: inout SplitMix64) -> Tensor
}

extension Normal: LatentBelief {
  /// The distributions of some steps, each `[batch, stochastic]`, as one, `[batch, time, stochastic]`.
  public init(steps: [Normal]) {
    self.init(
      mean: stack(steps.map(\.mean), axis: 1),
      standardDeviation: stack(steps.map(\.standardDeviation), axis: 1))
  }
}

/// What a model makes of a sequence of observations.
public struct Observed<Belief: LatentBelief>: Sendable {
  /// h and z at every step, `[batch, time, …]`.
  public var states: LatentState
  /// q(z | h, observation): the belief after seeing the step's observation, `[batch, time, …]`.
  public var posterior: Belief
  /// p(z | h): the belief just before seeing it, the same shape.
  public var prior: Belief
}

/// What DreamerV1's model makes of a sequence: its beliefs are Gaussians.
public typealias ObservedSequence = Observed<Normal>

/// Dynamics in latent space: how a memory h moves on, and what is believed about z before and after looking.
///
/// The papers differ in these few pieces; what follows from them, dreaming a step and following a sequence with its
/// resets, is the same for all Dreamers and is written below, once.
public protocol LatentDynamics: Module {
  /// What is believed about z.
  associatedtype Belief: LatentBelief

  /// The extent of h.
  var deterministicSize: Int { get }
  /// The extent of z.
  var stochasticSize: Int { get }

  /// The memory h′ after an action in a state, `[batch, deterministic]`.
  func nextMemory(_ state: LatentState, action: Tensor) -> Tensor

  /// p(z | h) for memories `[…, deterministic]`.
  func prior(_ memory: Tensor) -> Belief

  /// One step of reality: the memory moves on, and z is drawn from the posterior.
  ///
  /// - Returns: the new state `[batch, …]` and the posterior that z was drawn from.
  func observeStep(
    _ state: LatentState, action: Tensor, embedding: Tensor, using random: inout SplitMix64
  ) -> (state: LatentState, posterior: Belief)
}

extension LatentDynamics {
  /// The state before anything was seen: zeros.
  public func initialState(batch: Int) -> LatentState {
    LatentState(
      deterministic: .zeros([batch, deterministicSize]), stochastic: .zeros([batch, stochasticSize]))
  }

  /// One step of a dream: the memory moves on, and z is drawn from the prior.
  ///
  /// - Parameters:
  ///   - state: `[batch, …]`.
  ///   - action: `[batch, action]`.
  ///   - random: draws z.
  /// - Returns: the imagined next state; gradients reach `state` and `action` through it.
  public func imagineStep(
    _ state: LatentState, action: Tensor, using random: inout SplitMix64
  ) -> LatentState {
    let next = nextMemory(state, action: action)
    return LatentState(deterministic: next, stochastic: prior(next).sample(using: &random))
  }

  /// Follows a sequence of observations from the initial state.
  ///
  /// Where a step is the first of an episode, nothing from before may leak into it: the state starts
  /// at zeros again, and so does the action, which belongs to the episode before.
  ///
  /// - Parameters:
  ///   - embeddings: encoded observations, `[batch, time, embedding]`.
  ///   - actions: `[batch, time, action]`; the action at t *led to* the observation at t.
  ///   - isFirst: 1 where an episode begins, else 0, `[batch, time]`.
  ///   - random: draws z.
  /// - Returns: states, posteriors and priors of every step, `[batch, time, …]`.
  public func observe(
    embeddings: Tensor, actions: Tensor, isFirst: Tensor, using random: inout SplitMix64
  ) -> Observed<Belief> {
    let (batch, time) = (embeddings.shape[0], embeddings.shape[1])
    var state = initialState(batch: batch)
    var states: [LatentState] = []
    var posteriors: [Belief] = []
    // BEGIN SOLUTION 2.4
    for t in 0..<time {
      let keep = (1 - isFirst.at(t, axis: 1)).reshaped([batch, 1])
      let before = LatentState(deterministic: state.deterministic * keep, stochastic: state.stochastic * keep)
      let (after, posterior) = observeStep(
        before, action: actions.at(t, axis: 1) * keep, embedding: embeddings.at(t, axis: 1), using: &random)
      state = after
      states.append(after)
      posteriors.append(posterior)
    }
    // END SOLUTION 2.4
    let sequence = LatentState(
      deterministic: stack(states.map(\.deterministic), axis: 1),
      stochastic: stack(states.map(\.stochastic), axis: 1))
    return Observed(
      states: sequence, posterior: Belief(steps: posteriors), prior: prior(sequence.deterministic))
  }
}
