/// What became of one check; the five are never mixed.
public enum Verdict: String, Codable, CaseIterable, Sendable {
  /// The check ran to its end and found nothing to complain about.
  case passed
  /// The check ran and says what is wrong.
  case wrong
  /// The check met a `todo`.
  case notStarted = "not started"
  /// The answer ended the process: a trap, a signal, `exit`, or memory beyond the limit.
  case crashed
  /// The answer did not return within the time limit.
  case timedOut = "timed out"
}
