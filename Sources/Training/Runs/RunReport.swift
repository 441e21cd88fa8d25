import Environments
import Figures
import Support

/// The page that shows what a run learned: learning curve, losses, and a dream beside reality.
struct RunReport<A: Agent> {
  private let run: TrainingRun<A>
  private let dreamSeed: UInt64?

  /// A report on a run as it stands now.
  ///
  /// - Parameters:
  ///   - run: the run.
  ///   - dreamSeed: fixes the episode that is dreamt; nil for a report without a dream.
  init(_ run: TrainingRun<A>, dreamSeed: UInt64?) {
    self.run = run
    self.dreamSeed = dreamSeed
  }

  /// Writes `report.html`, and beside it the figures as files of their own.
  func write() throws {
    let records = try MetricsRecord.read(contentsOf: run.directory.metrics)
    let curve = learningCurve(records)
    let losses = lossPlots(records)
    let dream = dreamSeed.flatMap(dream)
    let pictures = (run.agent as? any PicturingAgent)?.pictures ?? []
    let description = run.description
    let report = Report(
      title: "\(description.paper) on \(description.environment.rawValue)",
      subtitle: "seed \(description.seed), preset \(description.preset.rawValue), "
        + "\(NumberText.grouped(run.agent.environmentSteps)) environment steps",
      cards: cards,
      sections: [
        .init(
          "Learning",
          text: "Returns of whole episodes while the agent learned. Evaluation acts without noise.",
          figures: [
            .init(
              .plot(curve), caption: "Random and expert mark 0 and 100 on the normalised scale.", isWide: true
            )
          ])
      ] + (dream.map { [$0.section] } ?? [])
        + (pictures.isEmpty ? [] : [.init("What it sees", figures: pictures.map(figure))]) + [
          .init("Losses", text: "Each part of what was minimised.", figures: losses.map { .init(.plot($0)) })
        ],
      configuration: description.configuration.namedSettings.map { ($0.name, $0.text) })
    try report.write(to: run.directory.report)
    try write(curve.svg(), named: "learning-curve.svg")
    try write(PlotGrid(title: "Losses", plots: losses).svg(), named: "losses.svg")
    try dream?.write(to: run.directory)
    for picture in pictures {
      try WholeFile.write(PNG.encode(picture.image), to: run.directory.file(picture.name + ".png"))
    }
  }

  private func dream(seed: UInt64) -> DreamComparison? {
    guard let agent = run.agent as? any ImaginingAgent else { return nil }
    return DreamComparison(of: agent, in: run.environment, seed: seed)
  }

  private func figure(_ picture: AgentPicture) -> Report.Figure {
    .init(.image(picture.image), caption: picture.caption, isWide: true)
  }

  private func write(_ svg: String, named name: String) throws {
    try WholeFile.write(svg, to: run.directory.file(name))
  }

  private var cards: [Report.Card] {
    var cards: [Report.Card] = []
    if let returns = run.finalReturns ?? run.scores.last?.returns {
      let last = Statistics(returns)
      let anchors = run.environment.anchors
      cards = [
        .init(
          run.finalReturns == nil ? "return so far" : "final return", NumberText.significant(last.mean),
          detail: "± \(NumberText.significant(last.deviation)) over \(returns.count) episodes"),
        .init(
          "normalised score", NumberText.significant(anchors.normalisedScore(last.mean), digits: 3),
          detail: "0 random, 100 expert"),
      ]
    }
    return cards + [
      .init("environment steps", NumberText.grouped(run.agent.environmentSteps)),
      .init("gradient steps", NumberText.grouped(run.agent.gradientSteps)),
    ]
  }

  private func learningCurve(_ records: [MetricsRecord]) -> Plot {
    // What came before the last stage is no learning: random episodes.
    let last = run.stages[run.stages.count - 1]
    let episodes = records.compactMap { record in
      let place = place(of: record.step)
      return place.stage == last.name ? record.metrics["episode return"].map { (place.x, $0) } : nil
    }
    let anchors = run.environment.anchors
    return Plot(
      title: "Return per episode", xLabel: Self.label(last.progress), yLabel: "return",
      series: [
        .init(run.agent.trainingReturns.name, x: episodes.map(\.0), y: episodes.map(\.1), style: .faint),
        .init(
          "evaluation", x: run.scores.map { place(of: $0.step).x }, y: run.scores.map(\.statistics.mean),
          band: .init(
            mean: run.scores.map(\.statistics.mean), deviation: run.scores.map(\.statistics.deviation))),
      ],
      guides: [.init("expert", at: anchors.expert), .init("random", at: anchors.random)])
  }

  private func lossPlots(_ records: [MetricsRecord]) -> [Plot] {
    // A later stage's records have other names.
    var names: [String] = []
    for name in records.flatMap(\.metrics.names) where name.contains("/") && !names.contains(name) {
      names.append(name)
    }
    return names.map { name in
      let points = records.compactMap { record in
        record.metrics[name].map { (place: place(of: record.step), value: $0) }
      }
      let values = points.map(\.value)
      return Plot(
        title: name, xLabel: points[0].place.unit,
        series: [
          .init("each update", x: points.map(\.place.x), y: values, style: .faint, color: 0),
          .init("smoothed", x: points.map(\.place.x), y: Plot.smoothed(values, window: 15), color: 0),
        ])
    }
  }

  /// What a stage counts, as a reader knows it who does not know the run.
  private static func label(_ progress: TrainingProgress) -> String {
    progress.unit == "steps" ? "environment steps" : progress.unit
  }

  /// The stage that a recorded step of the run belongs to, and how far into it that is.
  private func place(of step: Int) -> (stage: String, x: Double, unit: String) {
    var start = 0
    for stage in run.stages.dropLast() {
      let total = stage.progress.total
      if step <= start + total { return (stage.name, Double(step - start), Self.label(stage.progress)) }
      start += total
    }
    let last = run.stages[run.stages.count - 1]
    return (last.name, Double(step - start), Self.label(last.progress))
  }
}
