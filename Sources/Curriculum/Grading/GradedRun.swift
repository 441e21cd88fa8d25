import Foundation

/// Builds the graded tests of a chapter and runs them in another process.
public struct GradedRun {
  /// The package's folder.
  public let root: URL
  /// The chapter to build; other chapters' errors do not matter.
  public let chapter: Int
  /// Variables for build and tests.
  public var environment: [String: String]
  /// Seconds for the tests.
  public var timeLimit: Double

  /// A run of a chapter.
  ///
  /// - Parameters:
  ///   - exercises: those to grade; nil for all of the chapter.
  ///   - solutions: grades the reference.
  ///   - timeLimit: seconds for all tests together; the build has half an hour.
  public init(
    root: URL, chapter: Int, exercises: [ExerciseID]? = nil, solutions: Bool = false, timeLimit: Double = 900
  ) {
    self.root = root
    self.chapter = chapter
    // Set in any case: this process may have got another value itself.
    environment = ["COURSE_CHAPTER": "\(chapter)", GraderVariable.solutions: solutions ? "all" : "none"]
    if let exercises {
      environment[GraderVariable.exercise] = exercises.map(\.description).joined(separator: ",")
    }
    self.timeLimit = timeLimit
  }

  /// How a run went.
  public enum Outcome: Equatable, Sendable {
    /// The build failed, with lines that tell why.
    case notBuilt([String])
    /// The tests ran; there may be no results.
    case graded([CheckResult])
    /// The time was up, with the results until then.
    case timedOut([CheckResult])
  }

  /// Builds and runs.
  ///
  /// - Parameters:
  ///   - tick: called some times a second; what it throws ends the run.
  ///   - progress: called now and then with the number of results so far, once the tests run.
  public func run(tick: () throws -> Void = {}, progress: (Int) -> Void = { _ in }) throws -> Outcome {
    let scratch = try ScratchFolder.make("test")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let log = scratch.appending(path: "log")
    let build = ChildProcess(
      ["swift", "build", "--build-tests", "--package-path", root.path], environment: environment, output: log,
      timeLimit: 1800)
    guard try build.run(tick: tick) == .exited(0) else {
      let text = String(decoding: (try? Data(contentsOf: log)) ?? Data(), as: UTF8.self)
      return .notBuilt(BuildLog(text, root: root).summary)
    }
    let results = scratch.appending(path: "results")
    let test = ChildProcess(
      [
        "swift", "test", "--skip-build", "--disable-xctest", "--filter", "Chapter\(chapter)Tests",
        "--package-path", root.path,
      ],
      environment: environment.merging([GraderVariable.results: results.path]) { $1 },
      output: log, timeLimit: timeLimit)
    var size = 0
    let end = try test.run {
      try tick()
      let attributes = try? FileManager.default.attributesOfItem(atPath: results.path)
      guard let newSize = attributes?[.size] as? Int, newSize > size else { return }
      size = newSize
      progress((try? CheckResult.read(results).count) ?? 0)
    }
    let found = try CheckResult.read(results)
    return end == .timedOut ? .timedOut(found) : .graded(found)
  }
}
