import Foundation
import Training

/// `course dream`: a run's imagined future beside the real one.
enum DreamCommand: Command {
  static let name = "dream"
  static let usage = "<run> [options]"
  static let summary = "Draws a real and an imagined episode of a run side by side (GIF, SVG, report)."
  static let options = [
    Option("seed", "N", "the episode's seed; 0 if left out"),
    Option("mine", nil, "dreams with your own chapter from Exercises"),
    Option("runs", "FOLDER", "where runs are kept; runs if left out"),
  ]

  static func run(_ arguments: Arguments) throws -> Int32 {
    if arguments.has("mine") && !MineBuild.isActive { try MineBuild.rerun() }
    let directory = try RunDirectory.find(arguments.onlyPosition(), in: arguments.value("runs") ?? "runs")
    let paper = try Papers.of(directory)
    return try draw(paper, directory, seed: UInt64(arguments.integer("seed", atLeast: 0) ?? 0))
  }

  private static func draw<A: Agent>(_ agent: A.Type, _ directory: RunDirectory, seed: UInt64) throws -> Int32
  {
    let files = try TrainingRun<A>(resuming: directory).drawDream(seed: seed)
    for file in files { print(file) }
    return 0
  }
}
