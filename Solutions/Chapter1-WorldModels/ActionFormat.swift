import Environments
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the controller's outputs become actions of the environment, and these become inputs of M.
public enum ActionFormat: Sendable {
  /// Continuous actions between bounds: tanh, stretched to the bounds.
  case box(ActionScaling)
  /// `[steer, gas, brake]`: tanh; gas is moved to [0, 1], brake is cut off below 0, so that the car of a
  /// controller of zeros drives.
  ///
  /// Source: the paper's code for CarRacing.
  case driving
  /// One of some choices: the one with the largest output.
  case choice(Int)

  /// The format for an action space.
  ///
  /// - Throws: `InvalidInput` for a box without finite bounds.
  public init(_ space: Space) throws {
    switch space {
    case .discrete(let choices): self = .choice(choices)
    case .box(low: [-1, 0, 0], high: [1, 1, 1]): self = .driving
    default: self = .box(try ActionScaling(space))
    }
  }

  /// The extent of the controller's outputs and of M's input.
  public var size: Int {
    switch self {
    case .box(let scaling): scaling.size
    case .driving: 3
    case .choice(let choices): choices
    }
  }

  /// The action for some outputs, in the environment's units.
  public func action(_ outputs: [Float]) -> [Float] {
    switch self {
    case .box(let scaling): return scaling.toEnvironment(outputs.map { tanh($0) })
    case .driving:
      let squashed = outputs.map { tanh($0) }
      return [squashed[0], (squashed[1] + 1) / 2, max(squashed[2], 0)]
    case .choice:
      let best = outputs.indices.reduce(0) { outputs[$1] > outputs[$0] ? $1 : $0 }
      return [Float(best)]
    }
  }

  /// An action of the environment as M sees it: in [−1, 1], or one-hot.
  public func input(_ action: [Float]) -> [Float] {
    switch self {
    case .box(let scaling): scaling.toAgent(action)
    case .driving: action
    case .choice(let choices): (0..<choices).map { Float($0) == action[0] ? 1 : 0 }
    }
  }
}
