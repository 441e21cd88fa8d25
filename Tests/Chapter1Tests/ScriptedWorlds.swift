import Foundation
import Networks
import Tensors

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// Worlds in which everything is known beforehand but the actions.
struct ScriptedWorlds: LatentWorlds {
  /// How many steps each world's episode has.
  let lengths: [Int]
  private var running: [Int]
  private var time = 0

  /// Worlds that have just begun.
  init(lengths: [Int]) {
    self.lengths = lengths
    running = Array(lengths.indices)
  }

  var latents: Tensor { stack(running.map { Self.latent($0, time) }) }

  mutating func step(_ actions: [[Float]], memory: Tensor) -> [(reward: Float, isLast: Bool)] {
    precondition(
      actions.count == running.count, "\(actions.count) actions for \(running.count) running worlds")
    let results = running.enumerated().map { row, world in
      precondition(time < lengths[world], "a world whose episode has ended was stepped again")
      let reward = Self.reward(world, time, actions[row], memory.at(row, axis: 0))
      return (reward: Float(reward), isLast: time + 1 == lengths[world])
    }
    time += 1
    return results
  }

  mutating func keep(_ places: [Int]) { running = places.map { running[$0] } }

  /// z of a world.
  static func latent(_ world: Int, _ time: Int) -> Tensor {
    Tensor((1...3).map { sin(Float($0 * (7 * world + 3 * time + 1))) })
  }

  /// What a step pays.
  static func reward(_ world: Int, _ time: Int, _ action: [Float], _ memory: Tensor) -> Double {
    let numbers = memory.scalars.enumerated().reduce(0.0) { $0 + Double($1.element) * Double($1.offset - 2) }
    return 1 + 0.5 * Double(world) + 0.1 * Double(time) + Double(action[0]) - 2 * Double(action[1])
      + 0.5 * Double(action[2]) + numbers
  }
}

/// What can go wrong where many worlds run side by side.
enum LockstepSlip {
  case controllersInTurn, worldSeesOldMemory, memorySeesNextLatent, memoryStaysEmpty
  case rowsOfEndedWorldsStay, cellsOfEndedWorldsStay, memoryEmptiedAtAnEnd, rewardsByPlace, lastRewardIsLost
  case controllerSeesNoMemory, worldSeesCell
}

extension Population {
  /// The mean returns of controllers in scripted worlds, each of which has a state of its own.
  ///
  /// - Parameter weights: parameters of the controllers, which have one layer and drive.
  func scriptedReturns(_ weights: [[Float]], lengths: [Int], slip: LockstepSlip? = nil) -> [Double] {
    let rollouts = lengths.count / weights.count
    var states = lengths.map { _ in model.memory.cell.initialState(batch: 1) }
    var totals = weights.map { _ in 0.0 }
    var running = Array(lengths.indices)
    for time in 0..<lengths.max()! {
      for (place, world) in running.enumerated() {
        let latent = ScriptedWorlds.latent(world, time)
        let owner = slip == .controllersInTurn ? world % weights.count : world / rollouts
        let seen = (slip == .controllerSeesNoMemory ? 0 : 1) * states[world].hidden
        let action = drive(weights[owner], latent.scalars + seen.scalars)
        let shown = slip == .memorySeesNextLatent ? ScriptedWorlds.latent(world, time + 1) : latent
        let input = concatenate([shown, Tensor(action)]).reshaped([1, -1])
        let next = model.memory.cell(input, state: states[world])
        let isOld = slip == .worldSeesOldMemory || slip == .memorySeesNextLatent
        let memory = slip == .worldSeesCell ? next.cell : (isOld ? states[world] : next).hidden
        let reward = ScriptedWorlds.reward(world, time, action, memory.at(0, axis: 0))
        if slip != .memoryStaysEmpty { states[world] = next }
        if slip == .lastRewardIsLost, time + 1 == lengths[world] { continue }
        totals[(slip == .rewardsByPlace ? place : world) / rollouts] += reward
      }
      let rows = running.map { states[$0] }
      let count = running.count
      running = running.filter { time + 1 < lengths[$0] }
      for (place, world) in running.enumerated() {
        if slip == .rowsOfEndedWorldsStay { states[world] = rows[place] }
        if slip == .cellsOfEndedWorldsStay { states[world].cell = rows[place].cell }
        if slip == .memoryEmptiedAtAnEnd, running.count < count {
          states[world] = model.memory.cell.initialState(batch: 1)
        }
      }
    }
    return totals.map { $0 / Double(rollouts) }
  }

  /// Steering, gas and brake from a linear layer.
  private func drive(_ weights: [Float], _ features: [Float]) -> [Float] {
    let outputs = (0..<3).map { output in
      features.enumerated().reduce(weights[output]) { $0 + $1.element * weights[3 + 3 * $1.offset + output] }
    }
    return [tanh(outputs[0]), (tanh(outputs[1]) + 1) / 2, max(tanh(outputs[2]), 0)]
  }
}
