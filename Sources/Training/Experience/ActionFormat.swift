import Environments
import Support
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How an environment's actions look to networks, and the way back.
///
/// ```swift
/// let format = try ActionFormat(Pendulum().actionSpace)
/// format.input([-2])  // [-1]
/// format.environmentAction([0.5])  // [1]
/// ```
public enum ActionFormat: Sendable {
  /// Continuous actions between bounds, which networks see in [−1, 1].
  case box(low: [Float], high: [Float])
  /// `[steer, gas, brake]`, as they are. A controller's gas is moved to [0, 1], and its brake is cut off below 0,
  /// so that the car of a controller of zeros drives.
  ///
  /// Source: the code of World Models for CarRacing.
  case driving
  /// One of some choices, one-hot for networks.
  case choice(Int)

  /// The format for an action space.
  ///
  /// - Throws: `InvalidInput` for a box without finite bounds.
  public init(_ space: Space) throws {
    switch space {
    case .discrete(let choices): self = .choice(choices)
    case .box(low: [-1, 0, 0], high: [1, 1, 1]): self = .driving
    case .box(let low, let high) where (low + high).allSatisfy(\.isFinite):
      self = .box(low: low, high: high)
    default:
      throw InvalidInput(
        "actions must be choices or numbers between finite bounds, not elements of \(space)")
    }
  }

  /// Whether an action is one of some choices.
  public var isDiscrete: Bool {
    if case .choice = self { true } else { false }
  }

  /// The extent of an action as networks see it.
  public var size: Int {
    switch self {
    case .box(let low, _): low.count
    case .driving: 3
    case .choice(let choices): choices
    }
  }

  /// An action of the environment as networks see it: in [−1, 1], or one-hot.
  public func input(_ action: [Float]) -> [Float] {
    switch self {
    case .box(let low, let high):
      return action.indices.map { index in
        let range = high[index] - low[index]
        return 2 * (action[index] - low[index]) / range - 1
      }
    case .driving: return action
    case .choice(let choices): return (0..<choices).map { Float($0) == action[0] ? 1 : 0 }
    }
  }

  /// The environment's action for one that networks see; of several choices, the largest counts.
  public func environmentAction(_ input: some Collection<Float>) -> [Float] {
    let input = Array(input)
    switch self {
    case .box(let low, let high):
      return input.indices.map { index in
        let share = (input[index] + 1) / 2
        return low[index] + share * (high[index] - low[index])
      }
    case .driving: return input
    case .choice:
      let best = input.indices.reduce(0) { input[$1] > input[$0] ? $1 : $0 }
      return [Float(best)]
    }
  }

  /// The environment's action for outputs without limits, as those of World Models' controller: squashed by tanh,
  /// or of several choices the largest.
  public func action(_ outputs: [Float]) -> [Float] {
    switch self {
    case .box: return environmentAction(outputs.map { tanh($0) })
    case .driving:
      let squashed = outputs.map { tanh($0) }
      return [squashed[0], (squashed[1] + 1) / 2, max(squashed[2], 0)]
    case .choice: return environmentAction(outputs)
    }
  }

  /// An action drawn uniformly, as networks see it.
  public func random(using random: inout SplitMix64) -> [Float] {
    switch self {
    case .box, .driving: return Tensor.uniform([size], low: -1, high: 1, using: &random).scalars
    case .choice(let choices): return input([Float(random.index(below: choices))])
    }
  }
}
