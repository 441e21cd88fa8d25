import Curriculum
import Foundation
import Testing

extension Trait where Self == ExerciseTrait {
  /// Marks the checks of an exercise: each test function runs in a process of its own and comes to one of
  /// the five verdicts.
  ///
  /// - Parameters:
  ///   - id: the permanent id, such as `"2.5"`.
  ///   - seconds: the processor time that a check may take.
  ///   - memory: the address space that it may take, in gigabytes (not enforced by macOS).
  public static func exercise(_ id: String, seconds: Int = 20, memory: Int = 4) -> Self {
    guard let id = ExerciseID(id) else { preconditionFailure("'\(id)' is no exercise id such as 2.5") }
    return ExerciseTrait(id: id, limits: CheckLimits(seconds: seconds, gigabytes: memory))
  }
}

/// The trait behind `@Suite(.exercise("2.5"))`.
public struct ExerciseTrait: SuiteTrait, TestTrait, TestScoping {
  let id: ExerciseID
  let limits: CheckLimits

  /// The trait of a suite holds for every test in it.
  public var isRecursive: Bool { true }

  /// One scope for a test function, not one for each of its cases.
  public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    test.isSuite || testCase != nil ? nil : self
  }

  /// Runs a check in its own process and repeats here what it found.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let environment = ProcessInfo.processInfo.environment
    if IsolatedCheck.isChild || environment[GraderVariable.inProcess] == "1" {
      return try await function()
    }
    if let only = environment[GraderVariable.exercise],
      !only.split(separator: ",").contains(Substring(id.description))
    {
      return
    }
    let variants = try Self.variants(environment[GraderVariable.variants])
    guard variants.isEmpty else {
      for variant in variants[id.description] ?? [] {
        try ScoreBoard.shared.add(
          await result(of: test, variant: variant.word, seconds: variant.seconds))
      }
      return
    }
    let reserved = Self.reservedNames(declaredIn: id.chapter, environment)
    // The first check that does not end is given its time; the others need not be waited for as long.
    let seconds = ScoreBoard.shared.hasTimedOut(id) ? 5 : nil
    let result =
      reserved.isEmpty
      ? await result(of: test, variant: nil, seconds: seconds)
      : CheckResult(exercise: id, check: Self.name(of: test), verdict: .wrong, findings: reserved)
    try ScoreBoard.shared.add(result)
    // One line says that an exercise is not started; its other checks would only repeat it.
    if result.verdict == .notStarted, !ScoreBoard.shared.isFirstOfKind(result) {
      try Test.cancel("exercise \(id) is not started")
    }
    for finding in result.findings {
      let file = finding.path.split(separator: "/").last ?? ""
      Issue.record(
        Comment(rawValue: finding.text),
        sourceLocation: SourceLocation(
          fileID: "\(test.sourceLocation.moduleName)/\(file)", filePath: finding.path, line: finding.line,
          column: 1))
    }
  }

  private func result(of test: Test, variant: String?, seconds: Int?) async -> CheckResult {
    var check = IsolatedCheck(test: test, limits: limits)
    check.limits.seconds = min(limits.seconds, seconds ?? limits.seconds)
    check.variant = variant.map { "\(id)=\($0)" }
    let outcome = await check.run()
    return CheckResult(
      exercise: id, check: Self.name(of: test), variant: variant, verdict: outcome.verdict,
      findings: outcome.findings(for: id, test: test), output: outcome.output,
      seconds: outcome.seconds)
  }

  private static func name(of test: Test) -> String { String(test.name.prefix { $0 != "(" }) }

  /// Names of the checks that the learner's files take over.
  private static func reservedNames(
    declaredIn chapter: Int, _ environment: [String: String]
  ) -> [CheckResult.Finding] {
    guard environment[GraderVariable.solutions] != "all",
      let chapter = try? ScoreBoard.course?.chapter(chapter)
    else { return [] }
    return ReservedNames.declarations(in: chapter)
  }

  private static func variants(_ json: String?) throws -> [String: [RequestedAnswer]] {
    guard let json else { return [:] }
    return try JSONDecoder().decode([String: [RequestedAnswer]].self, from: Data(json.utf8))
  }
}
