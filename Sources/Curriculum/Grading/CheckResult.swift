import Foundation
import Support

/// What became of one check, as the grader reports it: one line of JSON in the file that the variable
/// `COURSE_RESULTS` names.
public struct CheckResult: Codable, Equatable, Sendable {
  /// The exercise that the check grades.
  public var exercise: ExerciseID
  /// The name of the test function, without parentheses.
  public var check: String
  /// The answer that was graded, if there were several (`course prove`).
  public var variant: String?
  /// What became of it.
  public var verdict: Verdict
  /// What there is to say, each with the place it is about; empty for a check that passed.
  public var findings: [Finding]
  /// The beginning of what the answer printed.
  public var output: String
  /// How long its process took.
  public var seconds: Double

  /// A text for the learner and where it belongs.
  public struct Finding: Codable, Equatable, Sendable {
    /// One or more lines.
    public var text: String
    /// An absolute path.
    public var path: String
    /// From 1.
    public var line: Int

    /// A finding at a place.
    public init(text: String, path: String, line: Int) {
      self.text = text
      self.path = path
      self.line = line
    }
  }

  /// A result.
  public init(
    exercise: ExerciseID, check: String, variant: String? = nil, verdict: Verdict, findings: [Finding] = [],
    output: String = "", seconds: Double = 0
  ) {
    self.exercise = exercise
    self.check = check
    self.variant = variant
    self.verdict = verdict
    self.findings = findings
    self.output = output
    self.seconds = seconds
  }

  /// The results in a file with one of them a line; none if there is no such file.
  ///
  /// - Throws: `CourseError` for a line that is no result.
  public static func read(_ url: URL) throws -> [CheckResult] {
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    return try TextFile.read(url).split(separator: "\n").enumerated().map { index, line in
      do {
        return try JSONDecoder().decode(CheckResult.self, from: Data(line.utf8))
      } catch {
        throw CourseError(url.path, line: index + 1, "no result of a check")
      }
    }
  }
}

/// An answer that `course prove` asks the grader to grade, among all that are built into one program.
public struct RequestedAnswer: Codable, Sendable {
  /// The word that selects it.
  public let word: String
  /// Processor time for a check, if it should be less than usual: for a mistake that does not end.
  public let seconds: Int?
}

/// The variables by which `course` talks to the grader in the test process.
public enum GraderVariable {
  /// The file to which results are appended.
  public static let results = "COURSE_RESULTS"
  /// The answers to grade, as JSON: lists of `RequestedAnswer` by exercise.
  public static let variants = "COURSE_VARIANTS"
  /// The answer that a check's own process grades: `2.5=stub`.
  public static let variant = "COURSE_VARIANT"
  /// The exercises to grade, such as `2.5` or `2.5,2.6`; the checks of others then do nothing.
  public static let exercise = "COURSE_EXERCISE"
  /// `1` runs the checks in the test process itself: for debuggers, coverage and sanitizers.
  public static let inProcess = "COURSE_IN_PROCESS"
  /// `all` grades the reference.
  public static let solutions = "COURSE_SOLUTIONS"
}
