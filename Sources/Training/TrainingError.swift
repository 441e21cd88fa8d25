/// What can go wrong with files and with what the user asked for; the description is one clear line.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A file or folder that cannot be read, written or understood.
  case file(path: String, problem: String)
  /// A request of the user's that cannot be met, such as an unknown name; it says what would be valid.
  case invalidInput(String)

  /// One line, without the word "error".
  public var description: String {
    switch self {
    case .file(let path, let problem): "\(path): \(problem)"
    case .invalidInput(let message): message
    }
  }
}
