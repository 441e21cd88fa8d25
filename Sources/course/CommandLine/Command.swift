/// One command of `course`.
protocol Command {
  /// How it is called.
  static var name: String { get }
  /// What follows the name, for the usage line.
  static var usage: String { get }
  /// One line for the list of commands.
  static var summary: String { get }
  /// What else its help says, such as exit codes; may be empty.
  static var details: String { get }
  /// The options it knows; used to explain unknown ones.
  static var options: [Option] { get }
  /// Runs it.
  ///
  /// - Returns: the exit code.
  static func run(_ arguments: Arguments) throws -> Int32
}

extension Command {
  static var details: String { "" }
}

/// An option of a command, such as `--seed N` or `--quick`.
struct Option {
  let name: String
  /// What stands for its value in the usage; nil for a switch.
  let value: String?
  let summary: String

  init(_ name: String, _ value: String? = nil, _ summary: String) {
    self.name = name
    self.value = value
    self.summary = summary
  }
}
