import Curriculum
import Foundation
import Tensors
import Training

/// How wrong a model is on episodes that it has not learned from.
public struct ModelErrors: Sendable {
  /// The mean squared error of an observation that was encoded and decoded, as a share of the variance of
  /// the change of one step: the part of the error that has nothing to do with time.
  public var reconstruction: Float
  /// The same for an observation that was predicted from the one before it.
  ///
  /// 1 is as wrong as expecting the usual change, whatever is done; 0.05 leaves five percent unexplained.
  public var observation: Float
  /// The mean squared error of the reward predicted with it, in squared rewards.
  public var reward: Float

  /// Errors of these sizes.
  public init(reconstruction: Float, observation: Float, reward: Float) {
    self.reconstruction = reconstruction
    self.observation = observation
    self.reward = reward
  }
}

extension LatentWorldModel {
  /// The errors of predictions one step ahead.
  ///
  /// Every observation is encoded (the mean of the belief, no draw). Decoding it again gives the
  /// reconstruction; one step with the next action and decoding gives the prediction of the next.
  ///
  /// - Parameter windows: windows inside held-out episodes, `[batch, time, …]`, on the model's scale; the
  ///   action at t led to the observation at t.
  /// - Returns: means over batch and time; observation errors are divided by `changeVariance`, number by
  ///   number, before their mean is taken.
  public func errors(on windows: SequenceBatch) -> ModelErrors {
    let observations = windows.observations
    let steps = observations.shape[1] - 1
    let variance = changeVariance(observations)
    // BEGIN EXERCISE 0.11: replace the next line; for help: course hint 0.11
    todo("0.11")
    // END EXERCISE 0.11
  }

  /// The mean squared errors of predictions that look at the first observation of each window only, one
  /// for every later step, beside those of "nothing changes".
  ///
  /// - Parameter windows: as in `errors(on:)`.
  /// - Returns: `time − 1` errors each, over batch and numbers, in squared units of the model's scale.
  public func openLoopErrors(on windows: SequenceBatch) -> (model: [Double], nothingChanges: [Double]) {
    let first = windows.observations.at(0, axis: 1)
    let steps = windows.observations.shape[1] - 1
    let predicted = rollout(from: belief(first).mean, steps: steps) { _, t in
      windows.actions.at(t + 1, axis: 1)
    }
    let pairs = (0..<steps).map { t in
      let real = windows.observations.at(t + 1, axis: 1)
      return (
        square(predicted.observation.at(t, axis: 1) - real).mean().scalar, square(first - real).mean().scalar
      )
    }
    return (pairs.map { Double($0.0) }, pairs.map { Double($0.1) })
  }
}
