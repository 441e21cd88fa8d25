import Testing

/// Expects the check that a learner wrote to accept an implementation that is right.
///
/// - Parameters:
///   - implementation: what it is, such as `"the state is reset with a mask"`.
///   - verdict: calls the learner's check with it.
/// - Returns: whether it was accepted.
@discardableResult
public func expectAccepts(
  _ implementation: String, sourceLocation: SourceLocation = #_sourceLocation, verdict: () throws -> Bool
) rethrows -> Bool {
  try expectVerdict(true, of: implementation, "your check rejects what is right", sourceLocation, verdict)
}

/// Expects the check that a learner wrote to reject an implementation that is wrong.
///
/// - Parameters:
///   - implementation: what is wrong with it, such as `"no reset at all"`.
///   - verdict: calls the learner's check with it.
/// - Returns: whether it was rejected.
@discardableResult
public func expectRejects(
  _ implementation: String, sourceLocation: SourceLocation = #_sourceLocation, verdict: () throws -> Bool
) rethrows -> Bool {
  try expectVerdict(false, of: implementation, "it slipped through your check", sourceLocation, verdict)
}

private func expectVerdict(
  _ expected: Bool, of implementation: String, _ failure: String, _ sourceLocation: SourceLocation,
  _ verdict: () throws -> Bool
) rethrows -> Bool {
  let found = try verdict()
  if found == expected { return true }
  let lines = [
    "checked   an implementation that is \(expected ? "right" : "wrong"): \(implementation)",
    "expected  \(expected)", "got       \(found): \(failure)",
  ]
  Issue.record(Comment(rawValue: lines.joined(separator: "\n")), sourceLocation: sourceLocation)
  return false
}
