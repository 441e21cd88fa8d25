import Foundation

/// Whether the checks of an exercise do what they should: judged from the results of all answers.
public struct Proof: Sendable {
  /// The exercise.
  public let exercise: Exercise
  /// How many wrong answers were rejected for their own reason.
  public let rejected: Int
  /// How many alternatives were accepted.
  public let accepted: Int
  /// How many checks are "not started" with the stub.
  public let notStarted: Int
  /// How many checks pass with the reference.
  public let passed: Int
  /// Processes' time added up, in seconds.
  public let seconds: Double
  /// What is wrong, one line each.
  public let problems: [String]

  /// Judges the results of an exercise.
  public init(_ exercise: Exercise, results: [CheckResult]) {
    let results = results.filter { $0.exercise == exercise.id }
    func of(_ answer: ProofAnswer) -> [CheckResult] { results.filter { $0.variant == answer.word } }
    let (path, checks) = (exercise.path, exercise.checks)
    var problems: [String] = []

    let reference = of(.reference)
    passed = reference.count { $0.verdict == .passed }
    if reference.count != checks {
      problems.append("\(path): declares \(checks) checks, \(reference.count) ran")
    }
    for result in reference where result.verdict != .passed {
      problems.append("the solution fails \(result.check): \(Self.line(of: result))")
    }

    let stub = of(.stub)
    notStarted = stub.count { Self.isNotStarted($0) }
    for result in stub where !Self.isNotStarted(result) {
      problems.append("with the stub, \(result.check) is not 'not started' but \(Self.line(of: result))")
    }

    let failures = exercise.wrongAnswers.enumerated().map { index, mistake in
      Self.problem(mistake, path: path, of(.mistake(index)), checks: checks)
    }
    rejected = failures.count { $0 == nil }
    problems += failures.compactMap { $0 }

    var accepted = 0
    for (index, answer) in exercise.alternatives.enumerated() {
      let results = of(.alternative(index))
      let failed = results.filter { $0.verdict != .passed }
      if failed.isEmpty && results.count == checks { accepted += 1 }
      for result in failed {
        problems.append(
          "\(path):\(answer.firstLine): '\(answer.title)' is right but fails \(result.check): "
            + Self.line(of: result))
      }
    }
    self.accepted = accepted
    if exercise.mistakes.count < 3 {
      problems.append("\(path): at least three mistakes, not \(exercise.mistakes.count)")
    }
    if exercise.alternatives.isEmpty { problems.append("\(path): at least one alternative") }
    self.exercise = exercise
    self.problems = problems
    seconds = results.reduce(0) { $0 + $1.seconds }
  }

  /// Why a mistake is not rejected as it should be; nil if it is.
  private static func problem(
    _ mistake: Exercise.Mistake, path: String, _ results: [CheckResult], checks: Int
  ) -> String? {
    let name = "\(path):\(mistake.answer.firstLine): '\(mistake.answer.title)'"
    guard results.count == checks else { return "\(name) ran \(results.count) of \(checks) checks" }
    let failures = results.filter { $0.verdict != .passed }
    guard let first = failures.first else { return "\(name) survives all \(checks) checks" }
    let right = failures.filter { $0.verdict == mistake.verdict }
    guard let named = right.first else {
      return "\(name) should be \(mistake.verdict.rawValue), but \(first.check) is \(line(of: first))"
    }
    let texts = right.flatMap(\.findings).map(\.text)
    guard texts.contains(where: { $0.contains(mistake.message) }) else {
      return "\(name) is rejected for another reason: no message contains '\(mistake.message)'; "
        + "\(named.check) is \(line(of: named))"
    }
    return nil
  }

  private static func isNotStarted(_ result: CheckResult) -> Bool {
    result.verdict == .notStarted
      && result.findings.contains { $0.text.hasPrefix("exercise \(result.exercise) is not started") }
  }

  /// The verdict, and the finding in one line.
  private static func line(of result: CheckResult) -> String {
    let lines = result.findings.first?.text.split(separator: "\n") ?? []
    let text = lines.filter { !$0.hasPrefix("exercise \(result.exercise),") && !$0.hasPrefix("hint ") }
    return ([result.verdict.rawValue] + text.map { $0.trimmingCharacters(in: .whitespaces) })
      .joined(separator: " | ")
  }

  /// The table: a row for each exercise, and what was found to be wrong.
  public static func table(_ proofs: [Proof]) -> [String] {
    let rows = proofs.map { proof in
      let exercise = proof.exercise
      return [
        "\(exercise.id) \(exercise.title)", "\(proof.rejected)/\(exercise.wrongAnswers.count)",
        "\(proof.accepted)/\(exercise.alternatives.count)", "\(proof.notStarted)/\(exercise.checks)",
        "\(proof.passed)/\(exercise.checks)", "\((proof.seconds * 10).rounded() / 10) s",
        proof.problems.isEmpty ? "" : "✘",
      ]
    }
    let heading = ["exercise", "mistakes", "alternatives", "stub", "checks", "time"]
    var lines = TextColumns([heading] + rows).lines(flexible: 0)
    for proof in proofs where !proof.problems.isEmpty {
      lines.append("")
      lines += proof.problems.map { "✘ \(proof.exercise.id)  \($0)" }
    }
    return lines
  }
}
