import Support
import Training

#if MINE
  import Chapter1
  import Chapter2
  import Chapter3
#else
  import DreamerV1
  import DreamerV2
  import WorldModels
#endif

/// The papers that can be trained; with `COURSE_MINE=1` they are the learner's own.
enum Papers {
  static var all: [any Agent.Type] { [WorldModelsAgent.self, DreamerV1Agent.self, DreamerV2Agent.self] }

  /// The agent of a paper.
  ///
  /// - Throws: `InvalidInput` with the valid names.
  static func named(_ name: String) throws -> any Agent.Type {
    guard let agent = all.first(where: { $0.paper == name }) else {
      throw InvalidInput(unknown: "paper", name, expected: all.map { $0.paper })
    }
    return agent
  }

  /// The agent of the paper that a run trains.
  ///
  /// - Throws: `CourseError` when the run cannot be read, `InvalidInput` for a paper that this program does not know.
  static func of(_ run: RunDirectory) throws -> any Agent.Type {
    try named(run.readConfiguration(Header.self).paper)
  }

  /// The part of `config.json` that is the same for every paper.
  private struct Header: Codable {
    let paper: String
  }
}
