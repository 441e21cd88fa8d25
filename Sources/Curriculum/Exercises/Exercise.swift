import Foundation

/// What the course knows of an exercise, read from the Markdown file beside its solution.
///
/// CONTRIBUTING.md shows the format; it feeds the syllabus, the hints, the score and `course prove`.
public struct Exercise: Sendable, Equatable {
  /// What the learner is asked to do.
  public enum Kind: String, CaseIterable, Sendable {
    /// Write what stands behind a `todo`.
    case fill
    /// Find what is wrong with an implementation that runs.
    case bug
    /// Write a check that tells right implementations from wrong ones.
    case test

    /// What the syllabus and the generated file say of it; nil for the ordinary kind.
    public var label: String? {
      switch self {
      case .fill: nil
      case .bug: "find the bug"
      case .test: "write the test"
      }
    }
  }

  /// The permanent id.
  public let id: ExerciseID
  /// A few words.
  public let title: String
  /// What the learner is asked to do.
  public let kind: Kind
  /// What the score counts.
  public let points: Int
  /// The minutes that a learner should expect.
  public let minutes: Int
  /// From 1, warming up, to 5.
  public let difficulty: Int
  /// Exercises to write before this one.
  public let prerequisites: [ExerciseID]
  /// How many checks (test functions) grade it.
  public let checks: Int
  /// What the exercise is about, as Markdown; may be empty.
  public let introduction: String
  /// Three hints: a nudge, formula and section, nearly the code.
  public let hints: [String]
  /// What `course solution` says of the reference, as Markdown; may be empty.
  public let explanation: String
  /// The wrong implementation that the learner starts from; only for a bug to be found.
  public let given: Mistake?
  /// Plausible wrong answers.
  public let mistakes: [Mistake]
  /// Answers that differ from the reference and are right.
  public let alternatives: [Answer]
  /// The Markdown file.
  public let path: String

  /// A body for the exercise's region, from the Markdown file.
  public struct Answer: Sendable, Equatable {
    /// What it is called.
    public let title: String
    /// Its Swift lines.
    public let lines: [String]
    /// The number, in the Markdown file, of the first of them.
    public let firstLine: Int
  }

  /// An answer that must be rejected, and how.
  public struct Mistake: Sendable, Equatable {
    /// The wrong body.
    public let answer: Answer
    /// What the failure must say.
    public let message: String
    /// The verdict, `wrong` unless the mistake is one that crashes or does not end.
    public let verdict: Verdict
  }

  /// The title, and what is to be done if that is not the ordinary thing.
  public var titleWithKind: String { title + (kind.label.map { " (\($0))" } ?? "") }

  /// Every answer that the checks must reject: what is given, if something is, and the mistakes.
  public var wrongAnswers: [Mistake] { (given.map { [$0] } ?? []) + mistakes }

  /// The lines of the region as the learner first sees them, not indented.
  public var stub: [String] {
    guard let given else { return ["todo(\"\(id)\")"] }
    return ["findTheBug(\"\(id)\")  // delete this line when you have mended the code below"]
      + given.answer.lines
  }

  /// The difficulty as five marks: `●●●○○`.
  public var difficultyMarks: String {
    String(repeating: "●", count: difficulty) + String(repeating: "○", count: 5 - difficulty)
  }
}
