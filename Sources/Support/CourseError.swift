#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What went wrong with a file, another program or the course itself, in one clear line.
///
/// ```swift
/// throw CourseError("runs/a/config.json", "cannot read: Permission denied")
/// ```
public struct CourseError: Error, Equatable, CustomStringConvertible {
  /// One line, without the word "error".
  public let description: String

  /// An error with this text.
  public init(_ description: String) {
    self.description = description
  }

  /// What is wrong with a file, or with another program.
  public init(_ path: String, _ problem: String) {
    description = "\(path): \(problem)"
  }

  /// An error at a place in a file.
  ///
  /// - Parameter line: counted from 1.
  public init(_ path: String, line: Int, _ problem: String) {
    self.init("\(path):\(line)", problem)
  }

  /// The error of the system call that just failed, in words: "runs/a: cannot write: No space left on device".
  public static func cannot(_ verb: String, _ path: String) -> CourseError {
    CourseError(path, "cannot \(verb): \(String(cString: strerror(errno)))")
  }
}

/// A request of the user's that cannot be met, in one line that says what would be valid.
///
/// `course` exits with 64 then, the code for a call that makes no sense.
public struct InvalidInput: Error, Equatable, CustomStringConvertible {
  /// One line, without the word "error".
  public let description: String

  /// An error with this text.
  public init(_ description: String) {
    self.description = description
  }

  /// A name that means nothing: "unknown preset 'desktop': expected one of laptop, paper, smoke".
  public init(unknown what: String, _ name: String, expected: [String]) {
    description = "unknown \(what) '\(name)': expected one of \(expected.joined(separator: ", "))"
  }
}
