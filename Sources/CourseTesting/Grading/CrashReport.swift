import Foundation

/// What a crashed process said on standard error: the message of the trap and Swift's backtrace.
struct CrashReport {
  /// The message: "Index out of range".
  private(set) var reason: String?
  /// The innermost frame in the learner's files, else in the tests.
  private(set) var place: (path: String, line: Int)?

  /// Reads the file, at most its last 200,000 bytes.
  init(path: String) {
    guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else { return }
    try? file.seek(toOffset: size > 200_000 ? size - 200_000 : 0)
    let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    for line in text.split(separator: "\n") {
      if reason == nil { reason = Self.message(in: line) }
      guard let found = Self.place(in: line) else { continue }
      if found.path.contains("/Exercises/") || found.path.contains("/Solutions/") {
        place = found
        break
      }
      if place == nil, found.path.contains("/Tests/") { place = found }
    }
  }

  /// The text after "Fatal error: ", which follows a file and line.
  private static func message(in line: Substring) -> String? {
    for mark in ["Fatal error: ", "Precondition failed: ", "Assertion failed: "] {
      if let range = line.firstRange(of: mark) { return String(line[range.upperBound...]) }
    }
    let bare = ["Fatal error", "Precondition failed", "Assertion failed"]
    return bare.first { line.hasSuffix(": \($0)") || line == $0 }
  }

  /// The end of a frame such as `2 answer(_:) in Tests at /course/Exercises/…/RSSM.swift:41:13`.
  private static func place(in line: Substring) -> (path: String, line: Int)? {
    guard let start = line.firstRange(of: " at /") else { return nil }
    let parts = line[start.upperBound...].split(separator: ":")
    guard parts.count >= 2, parts[0].hasSuffix(".swift"), let number = Int(parts[1].prefix { $0.isNumber })
    else { return nil }
    return ("/" + parts[0], number)
  }
}
