import Curriculum
import Foundation
import Tensors

/// Something that follows sequences of observations, as `RSSM.observe` does, with the same random draws at
/// every call.
///
/// It takes embeddings `[batch, time, embedding]`, actions `[batch, time, action]`, where the action at t led
/// to the observation at t, and `isFirst` `[batch, time]`; it returns features `[batch, time, feature]`.
public typealias SequenceFollower = (_ embeddings: Tensor, _ actions: Tensor, _ isFirst: Tensor) -> Tensor

/// Whether a follower resets where it should: a check that needs no expected numbers.
///
/// Two episodes run side by side over five steps. The first ends in the middle: at step 3 a new one begins.
/// From there on nothing of the past may be seen in its features, neither through the state nor through the
/// action that was the last of the episode before. The second goes on: there the past must be seen, and the
/// action too, or the follower would forget what it should remember.
///
/// - Parameter follow: what is to be checked; it works for a batch of 2 with 5 steps, embeddings of 3 and
///   actions of 2 numbers.
/// - Returns: true if it resets what it should, and nothing else.
public func acceptsResets(_ follow: SequenceFollower) -> Bool {
  var random = SplitMix64(seed: 214)
  let embeddings = Tensor.normal([2, 5, 3], using: &random)
  let actions = Tensor.normal([2, 5, 2], using: &random)
  let isFirst = Tensor([[1, 0, 0, 1, 0], [1, 0, 0, 0, 0]])
  // BEGIN EXERCISE 2.14: write the test; for help: course hint 2.14
  todo("2.14")
  // END EXERCISE 2.14
}
