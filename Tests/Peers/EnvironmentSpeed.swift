// Prints the steps per second of one environment: EnvironmentSpeed <name> <chunk> <chunks>.
// Built and run by gymnasium_speed.py, beside which it lies.
import Environments

/// The best speed over several chunks of steps, with two alternating actions and a reset after every
/// end, as the Python side does.
func stepsPerSecond(_ start: some Environment, chunk: Int, chunks: Int, actions: [[Float]]) -> Double {
  var environment = start
  var seed: UInt64 = 0
  _ = environment.reset(seed: seed)
  var shortest = Duration.seconds(1_000)
  for _ in 0..<chunks {
    let time = ContinuousClock().measure {
      for step in 0..<chunk where environment.step(actions[step & 1]).isLast {
        seed += 1
        _ = environment.reset(seed: seed)
      }
    }
    shortest = min(shortest, time)
  }
  return Double(chunk) / (shortest / .seconds(1))
}

let task = BundledEnvironment(rawValue: CommandLine.arguments[1])!
let actions: [[Float]] =
  switch task {
  case .pendulum, .cartpole, .cartpoleSwingUp: [[-1], [1]]
  case .racing: [[0.1, 0.3, 0], [-0.1, 0.3, 0]]
  case .cartpoleDiscrete, .sequence, .racingDiscrete: [[0], [1]]
  }
let (chunk, chunks) = (Int(CommandLine.arguments[2])!, Int(CommandLine.arguments[3])!)
print(stepsPerSecond(task.make(), chunk: chunk, chunks: chunks, actions: actions))
