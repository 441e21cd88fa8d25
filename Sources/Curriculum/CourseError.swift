/// A name that the user gave and the course does not know, in one line with those it knows.
public struct UnknownName: Error, Equatable, CustomStringConvertible {
  /// One line, without the word "error".
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// What is wrong with a file of the course or with what was asked for, in one clear line.
public struct CourseError: Error, Equatable, CustomStringConvertible {
  /// One line, without the word "error".
  public let description: String

  /// An error with this text.
  public init(_ description: String) {
    self.description = description
  }

  /// An error at a place in a file.
  ///
  /// - Parameter line: counted from 1.
  public init(_ path: String, line: Int, _ problem: String) {
    description = "\(path):\(line): \(problem)"
  }
}
