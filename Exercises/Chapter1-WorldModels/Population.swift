import Curriculum
import Environments
import Foundation
import Kernels
import Networks
import Tensors
import Training

/// Plays episodes of many controllers at once: what CMA-ES pays for.
///
/// The controllers of a group play in lockstep, so that V and M look at all their worlds in one product; the groups
/// are shared out among the cores. A group's results depend on nothing outside it, so the number of workers
/// changes nothing.
public struct Population: Sendable {
  /// V and M.
  public var model: WorldModel
  /// How outputs become actions.
  public var format: ActionFormat
  /// Whether controllers see [z, h], or z alone.
  public var usesMemory: Bool
  /// Worlds in a group, at least those of one controller.
  public var groupSize = 64

  /// A population that plays by this model.
  public init(model: WorldModel, format: ActionFormat, usesMemory: Bool) {
    self.model = model
    self.format = format
    self.usesMemory = usesMemory
  }

  /// What an evaluation of a population found.
  public struct Result: Sendable, Equatable {
    /// The mean return of each controller.
    public var returns: [Double]
    /// Steps taken in all worlds together.
    public var steps: Int
  }

  /// The mean returns of some controllers over the same episodes.
  ///
  /// - Parameters:
  ///   - controllers: the population.
  ///   - rollouts: episodes of each controller.
  ///   - makeWorlds: makes the worlds of the episodes with these numbers, each from 0 to `rollouts` − 1.
  public func evaluate<Worlds: LatentWorlds>(
    _ controllers: [Controller], rollouts: Int, in makeWorlds: ([Int]) -> Worlds
  ) -> Result {
    let size = max(1, groupSize / rollouts)
    let groups = stride(from: 0, to: controllers.count, by: size).map { start in
      Array(controllers[start..<min(start + size, controllers.count)])
    }
    var results = [Result](repeating: Result(returns: [], steps: 0), count: groups.count)
    results.withUnsafeMutableBufferPointer { results in
      // Each group is worth a core, however short its episodes.
      parallelFor(groups.count, costPerItem: 1 << 30) { range in
        for index in range {
          let worlds = makeWorlds(groups[index].flatMap { _ in 0..<rollouts })
          results[index] = play(groups[index], rollouts: rollouts, in: worlds)
        }
      }
    }
    return Result(
      returns: results.flatMap(\.returns), steps: results.reduce(0) { $0 + $1.steps })
  }

  /// Plays one episode in each world; world w belongs to controller w / rollouts.
  ///
  /// In each round every running world takes a step: its controller acts on z and on h as it was *before* M takes in
  /// z, then M takes in both, and the world moves on with h′ (appendix A.3). A world whose episode has ended is
  /// dropped from all that runs, once its last reward is counted. `running` holds the numbers of the worlds that
  /// still run, in the order of the rows of z, h and the results.
  private func play(_ controllers: [Controller], rollouts: Int, in worlds: some LatentWorlds) -> Result {
    var worlds = worlds
    var running = Array(0..<controllers.count * rollouts)
    var totals = [Double](repeating: 0, count: controllers.count)
    var steps = 0
    var state = model.memory.cell.initialState(batch: running.count)
    while !running.isEmpty {
      // BEGIN EXERCISE 1.13: replace the next line; for help: course hint 1.13
      todo("1.13")
      // END EXERCISE 1.13
    }
    return Result(returns: totals.map { $0 / Double(rollouts) }, steps: steps)
  }

  /// The action of each world's controller at [z, h].
  func act(_ controllers: [Controller], _ latents: Tensor, _ state: LSTMCell.State) -> [[Float]] {
    let features = model.features(latents, memory: state, usesMemory: usesMemory)
    let size = features.shape[1]
    let numbers = features.scalars
    return controllers.enumerated().map { world, controller in
      format.action(controller(numbers[(world * size)..<((world + 1) * size)]))
    }
  }

  /// M after z and the actions.
  func remember(_ latents: Tensor, _ actions: [[Float]], _ state: LSTMCell.State) -> LSTMCell.State {
    model.memory.step(latents, actions: Tensor(actions.map(format.input)), state: state)
  }
}
