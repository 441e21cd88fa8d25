import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import DreamerV1
#else
  import Chapter2
#endif

/// A recurrent state of memory 4 and latent 3, with or without a fault in its resets.
private struct ToyFollower {
  enum Fault: String {
    case noReset = "no reset at all: the episodes run into each other"
    case onlyMemory = "only the memory is reset, the latent state is kept"
    case onlyLatent = "only the latent state is reset, the memory is kept"
    case keepsAction = "the state is reset, but the last action of the episode before still goes in"
    case late = "the reset comes a step late"
    case always = "a reset at every step: nothing is remembered"
    case wholeBatch = "the whole batch is reset where one episode begins"
    case inverted = "the mask the wrong way round"
    case ignoresActions = "the actions are never used"
  }

  var fault: Fault?
  /// Scale of the random draws, the same at every call.
  var noise: Float = 0

  func callAsFunction(_ embeddings: Tensor, _ actions: Tensor, _ isFirst: Tensor) -> Tensor {
    let (batch, time) = (embeddings.shape[0], embeddings.shape[1])
    var random = SplitMix64(seed: 141)
    let weights = Tensor.uniform([3 + 2 + 4, 4], low: -0.7, high: 0.7, using: &random)
    let look = Tensor.uniform([4 + embeddings.shape[2], 3], low: -0.7, high: 0.7, using: &random)
    var (memory, latent) = (Tensor.zeros([batch, 4]), Tensor.zeros([batch, 3]))
    var features: [Tensor] = []
    for t in 0..<time {
      let keep = keep(isFirst, at: t).reshaped([batch, 1])
      if fault != .onlyLatent { memory = memory * keep }
      if fault != .onlyMemory { latent = latent * keep }
      var action = actions.at(t, axis: 1)
      if fault == .ignoresActions {
        action = 0 * action
      } else if fault != .keepsAction {
        action = action * keep
      }
      memory = tanh(concatenate([latent, action, memory]).matmul(weights))
      latent = tanh(concatenate([memory, embeddings.at(t, axis: 1)]).matmul(look))
      latent = latent + noise * .normal([batch, 3], using: &random)
      features.append(concatenate([latent, memory]))
    }
    return stack(features, axis: 1)
  }

  /// 1 for each row that goes on, `[batch]`.
  private func keep(_ isFirst: Tensor, at t: Int) -> Tensor {
    let first = isFirst.at(t, axis: 1)
    switch fault {
    case .noReset: return .ones(first.shape)
    case .late: return t == 0 ? .ones(first.shape) : 1 - isFirst.at(t - 1, axis: 1)
    case .always: return .zeros(first.shape)
    case .wholeBatch: return Tensor(repeating: first.scalars.contains(1) ? 0 : 1, shape: first.shape)
    case .inverted: return first
    default: return 1 - first
    }
  }
}

/// What a check of resets must tell apart.
@Suite(.exercise("2.14")) struct ResetCheckTests {
  @Test func acceptsWhatIsRight() {
    expectAccepts("the mask on memory, latent state and action") {
      acceptsResets { ToyFollower()($0, $1, $2) }
    }
    expectAccepts("the same with random draws from a fixed seed") {
      acceptsResets { ToyFollower(noise: 0.3)($0, $1, $2) }
    }
  }

  private func expectRejects(_ faults: [ToyFollower.Fault]) {
    for fault in faults {
      CourseTesting.expectRejects(fault.rawValue) {
        acceptsResets { ToyFollower(fault: fault, noise: 0.3)($0, $1, $2) }
      }
    }
  }

  @Test func rejectsWhatTheNewEpisodeSees() {
    expectRejects([.noReset, .onlyMemory, .onlyLatent, .late])
  }

  @Test func rejectsTheActionOfTheEpisodeBefore() { expectRejects([.keepsAction]) }

  @Test func rejectsWhatForgetsTooMuch() {
    expectRejects([.always, .wholeBatch, .inverted, .ignoresActions])
  }
}
