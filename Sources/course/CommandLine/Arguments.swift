import Curriculum
import Support

/// The words after a command's name, sorted into positions, options and switches.
struct Arguments {
  /// The words that belong to no option.
  let positions: [String]
  private var values: [String: [String]] = [:]
  private let usage: String

  /// Reads the words of a call.
  ///
  /// - Throws: `InvalidInput` for an option that the command does not know, or one without its value.
  init(_ words: [String], for command: any Command.Type) throws {
    usage = "usage: course \(command.name) \(command.usage)"
    var positions: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        positions.append(word)
        continue
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      guard let option = command.options.first(where: { $0.name == parts.first }) else {
        let known = command.options.map { "--" + $0.name }.joined(separator: ", ")
        throw InvalidInput(
          "unknown option '\(word)' of \(command.name)"
            + (known.isEmpty ? ": it takes none" : ": it takes \(known)"))
      }
      guard let placeholder = option.value else {
        values[option.name] = []
        continue
      }
      guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
        throw InvalidInput("--\(option.name) needs a value: --\(option.name) \(placeholder)")
      }
      values[option.name, default: []].append(value)
    }
    self.positions = positions
  }

  /// Whether a switch was given.
  func has(_ name: String) -> Bool { values[name] != nil }

  /// The value of an option; the last one where it was given several times.
  func value(_ name: String) -> String? { values[name]?.last }

  /// All values of an option.
  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// The value of an option as a whole number.
  ///
  /// - Throws: `InvalidInput` when it is none, or below `minimum`.
  func integer(_ name: String, atLeast minimum: Int) throws -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), number >= minimum else {
      throw InvalidInput("--\(name) expects a whole number of at least \(minimum), not '\(text)'")
    }
    return number
  }

  /// The only position as an exercise's id.
  ///
  /// - Throws: `InvalidInput` when it is none; whether there is such an exercise is not looked up.
  func onlyExercise() throws -> ExerciseID {
    let text = try onlyPosition()
    guard let id = ExerciseID(text) else { throw InvalidInput("'\(text)' is no exercise id such as 2.5") }
    return id
  }

  /// The only position, or nil when there is none.
  func optionalPosition() throws -> String? {
    positions.isEmpty ? nil : try onlyPosition()
  }

  /// The only position.
  ///
  /// - Throws: `InvalidInput` with the usage line when there is none or more than one.
  func onlyPosition() throws -> String {
    guard positions.count == 1 else { throw InvalidInput(usage) }
    return positions[0]
  }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
  /// The case that the user named.
  ///
  /// - Parameter what: what is named, such as `preset`.
  /// - Throws: `InvalidInput` with the valid names.
  init(named name: String, _ what: String) throws {
    guard let named = Self(rawValue: name) else {
      throw InvalidInput(unknown: what, name, expected: Self.allCases.map(\.rawValue))
    }
    self = named
  }
}
