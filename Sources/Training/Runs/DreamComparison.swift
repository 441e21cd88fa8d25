import Environments
import Figures
import Support

/// A real episode beside what the world model imagines under the same actions.
struct DreamComparison {
  private let environment: any Environment
  private let real: Episode
  private let imagined: [Episode.Step]
  private let context: Int
  private let frames: [RGBImage]

  /// Plays an episode with the agent's policy, shows the model its first `context` observations, and
  /// lets it imagine the rest.
  init(
    of agent: some ImaginingAgent, in environment: any Environment, seed: UInt64, context: Int = 10,
    horizon: Int = 60
  ) {
    let evaluation = Evaluation(1, in: environment, seed: seed, policy: agent.policy(batch: 1, seed: seed))
    var episode = evaluation.episodes[0]
    // A short episode still leaves something to imagine.
    let context = min(context, episode.steps.count / 2)
    episode.steps = Array(episode.steps.prefix(context + horizon))
    self.environment = environment
    self.context = context
    real = episode
    let imagined = agent.imagine(episode, context: context, seed: seed)
    self.imagined = imagined
    frames = episode.steps.enumerated().map { index, step in
      let dreamt = index < context ? step : imagined[index - context]
      return environment.render(observation: step.observation, width: 200, height: 200)
        .beside(
          environment.render(observation: dreamt.observation, width: 200, height: 200),
          bar: index < context ? [214, 214, 210] : [210, 87, 27])
    }
  }

  /// The film and the curves as a part of the report.
  var section: Report.Section {
    Report.Section(
      "Dream against reality",
      text:
        "The model watches \(context) steps, then closes its eyes: from there on it sees only the actions.",
      figures: [
        .init(
          .animation(frames, framesPerSecond: 15, labels: ["real", "imagined"]),
          caption: "The same actions in both; the model closes its eyes where the bar turns red.")
      ] + plots.map { .init(.plot($0)) })
  }

  /// Writes the film and the curves as files.
  func write(to directory: RunDirectory) throws {
    try WholeFile.write(GIF.encode(frames, framesPerSecond: 15), to: directory.dreamFilm)
    try WholeFile.write(
      PlotGrid(title: "Dream against reality", plots: plots).svg(), to: directory.dreamCurves)
  }

  private var plots: [Plot] {
    let steps = real.steps.indices.map { Double($0 + 1) }
    let imaginedSteps = Array(steps.suffix(imagined.count))
    func plot(_ title: String, _ value: (Episode.Step) -> Float) -> Plot {
      Plot(
        title: title, xLabel: "step",
        series: [
          .init("real", x: steps, y: real.steps.map { Double(value($0)) }),
          .init("imagined", x: imaginedSteps, y: imagined.map { Double(value($0)) }, style: .dashed),
        ])
    }
    let reward = plot("reward") { $0.reward }
    // The pixels of a picture are in the film.
    if case .image = environment.observationSpace { return [reward] }
    return real.first.indices.map { index in plot("observation \(index)") { $0.observation[index] } } + [
      reward
    ]
  }
}
