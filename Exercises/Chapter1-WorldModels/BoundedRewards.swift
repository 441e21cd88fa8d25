import Tensors

/// Dreams whose rewards stay within what was ever earned in reality.
///
/// M's reward is a linear function of h, and where nothing was seen it may promise anything. A search that lives on
/// promises would find such places: at a pole that already stands until the limit, it would go on to look for states
/// whose steps seem worth more than 1. The paper's Doom was safe from that: its reward was no prediction but 1 a step.
public struct BoundedRewards<Base: LatentWorlds>: LatentWorlds {
  private var base: Base
  private let range: ClosedRange<Float>

  /// Worlds with rewards cut off at the ends of `range`, in the environment's units.
  public init(_ base: Base, in range: ClosedRange<Float>) {
    self.base = base
    self.range = range
  }

  /// z in each running world, `[world, latent]`.
  public var latents: Tensor { base.latents }

  /// Steps, and cuts the rewards off.
  public mutating func step(_ actions: [[Float]], memory: Tensor) -> [(reward: Float, isLast: Bool)] {
    base.step(actions, memory: memory).map { result in
      (reward: min(max(result.reward, range.lowerBound), range.upperBound), isLast: result.isLast)
    }
  }

  /// Goes on with some of the worlds.
  public mutating func keep(_ places: [Int]) { base.keep(places) }
}
