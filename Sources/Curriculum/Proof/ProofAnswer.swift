import Foundation

/// One of the answers that `course prove` puts into an exercise's region.
public enum ProofAnswer: Hashable, Sendable {
  /// The solution.
  case reference
  /// What the learner starts from.
  case stub
  /// The answer with this position among all that must be rejected, from 0.
  case mistake(Int)
  /// The alternative with this position.
  case alternative(Int)

  /// All answers to an exercise.
  public static func all(_ exercise: Exercise) -> [ProofAnswer] {
    [.reference, .stub] + exercise.wrongAnswers.indices.map { .mistake($0) }
      + exercise.alternatives.indices.map { .alternative($0) }
  }

  /// A short word for variables and results.
  public var word: String {
    switch self {
    case .reference: "reference"
    case .stub: "stub"
    case .mistake(let index): "mistake\(index)"
    case .alternative(let index): "alternative\(index)"
    }
  }

  /// What the grader is asked to do.
  func request(_ exercise: Exercise) -> RequestedAnswer {
    guard case .mistake(let index) = self, exercise.wrongAnswers[index].verdict == .timedOut else {
      return RequestedAnswer(word: word, seconds: nil)
    }
    return RequestedAnswer(word: word, seconds: 2)
  }

  /// The word of the answer that this process is to use for an exercise.
  ///
  /// Only the program that `course prove` builds asks.
  public static func chosen(for id: String) -> String {
    choice.id == id ? choice.word : "reference"
  }

  private static let choice: (id: String, word: String) = {
    let parts = (ProcessInfo.processInfo.environment[GraderVariable.variant] ?? "").split(separator: "=")
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : ("", "")
  }()
}

extension RegionSource {
  /// The file with all answers in the place of each region, chosen when the program runs: one build proves
  /// them all.
  ///
  /// Errors of the compiler point into the solution or the Markdown file. `if` and not `switch`, in which
  /// `break` would mean something else.
  ///
  /// - Parameters:
  ///   - path: this file, from the package's folder.
  ///   - exercises: the metadata.
  func withAllAnswers(path: String, exercises: [Exercise]) -> String {
    let text = replacingRegions { region in
      guard let exercise = exercises.first(where: { $0.id == region.id }) else { return region.body }
      var lines = ["let courseAnswer = ProofAnswer.chosen(for: \"\(region.id)\")"]
      lines += ["if courseAnswer == \"stub\" {"] + exercise.stub
      let mistakes = exercise.wrongAnswers.enumerated().map { (ProofAnswer.mistake($0), $1.answer) }
      let alternatives = exercise.alternatives.enumerated().map { (ProofAnswer.alternative($0), $1) }
      for (answer, body) in mistakes + alternatives {
        lines += ["} else if courseAnswer == \"\(answer.word)\" {"]
        lines += Self.place(exercise.path, body.firstLine) + body.lines + Self.place(path, region.endLine)
      }
      lines += ["} else {"] + Self.place(path, region.firstLine) + region.body + ["}"]
      return lines + Self.place(path, region.endLine + 1)
    }
    return (Self.place(path, 1) + [text]).joined(separator: "\n")
  }

  private static func place(_ path: String, _ line: Int) -> [String] {
    ["#sourceLocation(file: \"\(path)\", line: \(line))"]
  }
}
