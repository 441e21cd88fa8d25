import Support

extension TrainingRun {
  /// Draws a real episode of the agent beside the one that its model imagines, also in the report.
  ///
  /// - Returns: the paths of the film, the curves and the report.
  /// - Throws: `InvalidInput` for a paper whose model imagines no episodes, `CourseError` when a file cannot be written.
  public func drawDream(seed: UInt64) throws -> [String] {
    guard A.self is any ImaginingAgent.Type else {
      throw InvalidInput("\(A.paper) imagines no episodes: there is no dream to draw")
    }
    try RunReport(self, dreamSeed: seed).write()
    return [directory.dreamFilm, directory.dreamCurves, directory.report]
  }

  /// Writes the report on the run as it is now.
  func writeReport() throws {
    // Before its last stage nobody acts yet, and in a learner's chapter perhaps nobody can.
    let acts = stage.name == Self.stageNames.last
    try RunReport(self, dreamSeed: acts ? description.seed : nil).write()
  }
}
