import Environments
import Figures
import Foundation
import Support

/// `course play`: watches an episode of a task, in the terminal or as a GIF.
enum PlayCommand: Command {
  static let name = "play"
  static let usage = "<environment> [options]"
  static let summary = "Plays an episode of a task in the terminal, or draws it as a GIF."
  static let options = [
    Option("policy", "NAME", "who plays: expert, random, or a trained run; expert if left out"),
    Option("seed", "N", "the episode's seed; 0 if left out"),
    Option("steps", "N", "stops after so many steps; the whole episode if left out"),
    Option("gif", "FILE", "writes the episode to a GIF instead of showing it"),
    Option("size", "N", "the picture's side: pixels of the GIF (200 if left out), columns here (what fits)"),
    Option("runs", "FOLDER", "where runs are kept; runs if left out"),
  ]

  static func run(_ arguments: Arguments) throws -> Int32 {
    let task = try BundledEnvironment(named: arguments.onlyPosition(), "environment")
    let seed = try UInt64(arguments.integer("seed", atLeast: 0) ?? 0)
    let steps = try arguments.integer("steps", atLeast: 1) ?? .max
    let size = try arguments.integer("size", atLeast: 8)
    if let size, size > maximumSize {
      throw InvalidInput("--size expects at most \(maximumSize) pixels, not \(size)")
    }
    let player = try Player(
      named: arguments.value("policy") ?? "expert", for: task, seed: seed,
      runs: arguments.value("runs") ?? "runs")
    let showing = Showing(
      task: task, player: player, seed: seed, steps: steps, framesPerSecond: task.framesPerSecond)
    if let file = arguments.value("gif") {
      try print(showing.record(player.environment, size: size ?? 200, file: file))
      return 0
    }
    try Interrupted.catching { print(showing.play(player.environment, maximumSide: size ?? .max)) }
    return 0
  }

  private static var maximumSize: Int { 2_000 }
}

extension BundledEnvironment {
  /// A speed at which the task can be watched: symbols need time to be read.
  fileprivate var framesPerSecond: Double { self == .sequence ? 2 : 20 }
}

/// An episode that is to be seen.
private struct Showing {
  let task: BundledEnvironment
  let player: Player
  let seed: UInt64
  let steps: Int
  let framesPerSecond: Double

  /// How far an episode got.
  private struct Outcome {
    var steps = 0
    var episodeReturn = 0.0
    var isOver = false
  }

  /// Shows the episode in the terminal, if there is one.
  ///
  /// - Returns: the line that sums it up.
  func play(_ environment: some Environment, maximumSide: Int) -> String {
    var environment = environment
    var film = TerminalFilm(framesPerSecond: framesPerSecond, maximumSide: maximumSide)
    let outcome = play(in: &environment) { environment, outcome in
      let numbers = String(format: "step %4d   return %9.2f", outcome.steps, outcome.episodeReturn)
      film.show(caption: "\(task.rawValue)   \(player.name)   \(numbers)") {
        environment.render(width: $0, height: $0)
      }
    }
    film.finish()
    return summary(outcome)
  }

  /// Writes the episode to a GIF.
  ///
  /// - Returns: the lines that sum it up.
  /// - Throws: `CourseError` if the file cannot be written.
  func record(_ environment: some Environment, size: Int, file: String) throws -> String {
    var environment = FrameRecorder(environment, width: size, height: size)
    let outcome = play(in: &environment) { _, _ in }
    let bytes = GIF.encode(environment.frames, framesPerSecond: framesPerSecond)
    try WholeFile.write(bytes, to: file)
    return "\(file): \(environment.frames.count) frames, \(NumberText.grouped(bytes.count)) bytes\n"
      + summary(outcome)
  }

  /// Plays until the episode or the steps are over, or Ctrl-C is pressed.
  private func play<World: Environment>(
    in environment: inout World, watch: (World, Outcome) -> Void
  ) -> Outcome {
    var observation = environment.reset(seed: seed)
    var outcome = Outcome()
    watch(environment, outcome)
    while !outcome.isOver, outcome.steps < steps, !Interrupted.isPending {
      let result = environment.step(player.act(environment, observation))
      observation = result.observation
      outcome.steps += 1
      outcome.episodeReturn += Double(result.reward)
      outcome.isOver = result.isLast
      watch(environment, outcome)
    }
    return outcome
  }

  private func summary(_ outcome: Outcome) -> String {
    let score = task.make().anchors.normalisedScore(outcome.episodeReturn)
    let end =
      outcome.isOver
      ? String(format: "after %d steps (normalised score %.1f)", outcome.steps, score)
      : "after \(outcome.steps) steps, unfinished"
    return "\(task.rawValue), \(player.name), seed \(seed): return "
      + String(format: "%.2f ", outcome.episodeReturn) + end
  }
}
