import Foundation

/// The grades of some exercises, from the results of their checks.
public struct Score: Sendable {
  /// One exercise's grade.
  public struct Grade: Sendable {
    /// What was graded.
    public let exercise: Exercise
    /// The results of its checks.
    public let results: [CheckResult]

    /// How many checks came to this verdict.
    public func count(_ verdict: Verdict) -> Int { results.count { $0.verdict == verdict } }

    /// Whether every check of the exercise ran and passed.
    public var isDone: Bool { results.count == exercise.checks && count(.passed) == results.count }

    /// The points, all or nothing.
    public var points: Int { isDone ? exercise.points : 0 }

    /// The grade in words: the verdict if all checks came to the same, else how many to which.
    public var summary: String {
      if results.isEmpty { return "no check ran" }
      let counts = Verdict.allCases.map { ($0, count($0)) }.filter { $0.1 > 0 }
      let words =
        counts.count == 1
        ? counts[0].0.rawValue : counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
      return results.count < exercise.checks
        ? "\(words) (\(results.count) of \(exercise.checks) checks ran)" : words
    }
  }

  /// The grades in the order of the ids.
  public let grades: [Grade]

  /// Grades the exercises that have results.
  ///
  /// - Parameters:
  ///   - exercises: the metadata; results of others are left out.
  ///   - all: grades those without results too, with no points: what was asked for but did not run.
  public init(_ results: [CheckResult], exercises: [Exercise], all: Bool = false) {
    let byExercise = Dictionary(grouping: results, by: \.exercise)
    grades = exercises.sorted { $0.id < $1.id }.compactMap { exercise in
      (byExercise[exercise.id] ?? (all ? [] : nil)).map { Grade(exercise: exercise, results: $0) }
    }
  }

  /// Points reached.
  public var points: Int { grades.reduce(0) { $0 + $1.points } }
  /// Points that could be reached.
  public var possiblePoints: Int { grades.reduce(0) { $0 + $1.exercise.points } }
  /// Whether something was graded, and all of it is done.
  public var isDone: Bool { !grades.isEmpty && grades.allSatisfy(\.isDone) }

  /// The first exercise that is not done, and a command that helps with it.
  public var next: (exercise: Exercise, command: String)? {
    grades.first { !$0.isDone }.map { grade in
      let command = grade.count(.notStarted) == grade.results.count ? "test" : "hint"
      return (grade.exercise, "swift run course \(command) \(grade.exercise.id)")
    }
  }

  /// The cells of the table: id, title, verdict, points.
  public var rows: [[String]] {
    grades.map { grade in
      let exercise = grade.exercise
      return [
        exercise.id.description, exercise.title, grade.summary, "\(grade.points)/\(exercise.points)",
      ]
    }
  }

  /// What follows the table: the points, and what to do next.
  ///
  /// - Parameter place: where an exercise is to be written, such as `Exercises/…/RSSM.swift:41`.
  public func conclusion(place: (ExerciseID) -> String?) -> [String] {
    var lines = ["\(points) of \(possiblePoints) points"]
    if let next {
      lines.append("next: \(next.exercise.id) \(next.exercise.title)")
      if let place = place(next.exercise.id) { lines.append("  \(place)") }
      lines.append("  \(next.command)")
    }
    return lines
  }

  /// The table as Markdown, for the summary page of a continuous integration service.
  public var markdown: String {
    let rows = grades.map { grade in
      "| \(grade.exercise.id) | \(grade.exercise.title) | \(grade.summary) | "
        + "\(grade.points) | \(grade.exercise.points) |"
    }
    return
      (["| Exercise | Title | Verdict | Points | of |", "|---|---|---|---:|---:|"] + rows
      + ["| | **Total** | | **\(points)** | **\(possiblePoints)** |"]).joined(separator: "\n")
  }

  /// The grades as JSON, for autograders.
  ///
  /// - Parameter problem: why there are fewer results than there should be, if so.
  public func json(problem: String? = nil) -> String {
    struct Report: Encodable {
      struct Entry: Encodable {
        let exercise: ExerciseID
        let title: String
        let verdicts: [String: Int]
        let declaredChecks: Int
        let points: Int
        let possiblePoints: Int
        let checks: [CheckResult]
      }
      let points: Int
      let possiblePoints: Int
      let done: Bool
      let problem: String?
      let exercises: [Entry]
    }
    let entries = grades.map { grade in
      Report.Entry(
        exercise: grade.exercise.id, title: grade.exercise.title,
        verdicts: Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0.rawValue, grade.count($0)) }),
        declaredChecks: grade.exercise.checks, points: grade.points,
        possiblePoints: grade.exercise.points, checks: grade.results)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let report = Report(
      points: points, possiblePoints: possiblePoints, done: isDone, problem: problem, exercises: entries)
    // Numbers here are finite and texts are Unicode, which is all that the encoder asks for.
    return String(decoding: try! encoder.encode(report), as: UTF8.self)
  }
}
