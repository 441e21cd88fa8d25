import Support

/// The settings of one paper's training run.
///
/// Stored properties are whole numbers, `Double`, `Float`, `Bool`, `String`, enumerations by name, lists,
/// optionals of those, or nested structures; coding keys are the synthesized ones, so that
/// ``setting(_:)`` can find a property by its name.
public protocol TrainingConfiguration: Codable, Sendable, Equatable {
  /// The paper's settings for a purpose.
  static func preset(_ preset: Preset) -> Self

  /// Checks that the values make sense, alone and together.
  ///
  /// - Throws: `InvalidInput`; see ``require(_:_:)``.
  func validate() throws
}

/// The sizes that a paper can be trained at.
public enum Preset: String, CaseIterable, Codable, Sendable {
  /// Learns in minutes on two cores; the default.
  case laptop
  /// The published sizes.
  case paper
  /// Takes seconds and learns nothing: for tests.
  case smoke
}

extension TrainingConfiguration {
  /// Throws `InvalidInput` unless `condition` holds; for ``validate()``.
  ///
  /// - Parameter message: names the setting, what is allowed and the value, as in
  ///   `"batchSize must be at least 1, not -3"`.
  public func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw InvalidInput(message()) }
  }

  /// Throws `InvalidInput` naming the first setting outside its limit; for ``validate()``.
  ///
  /// - Parameter settings: values by name, as in `try require(.atLeast(1), ["steps": steps, "units": units])`.
  public func require<Number>(_ limit: SettingLimit<Number>, _ settings: KeyValuePairs<String, Number>) throws
  {
    for (name, value) in settings {
      try require(limit.contains(value), "\(name) must be \(limit), not \(value)")
    }
  }
}

/// Which numbers a setting may be.
public enum SettingLimit<Number: Comparable & Sendable>: Sendable, CustomStringConvertible {
  /// The number given, and what is larger.
  case atLeast(Number)
  /// What is larger than the number given.
  case above(Number)
  /// Both numbers given, and what lies between them.
  case between(Number, Number)

  /// The limit in words, as in "at least 1".
  public var description: String {
    func text(_ number: Number) -> String {
      let text = "\(number)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    return switch self {
    case .atLeast(let least): "at least \(text(least))"
    case .above(let limit): "above \(text(limit))"
    case .between(let least, let greatest): "between \(text(least)) and \(text(greatest))"
    }
  }

  func contains(_ value: Number) -> Bool {
    switch self {
    case .atLeast(let least): value >= least
    case .above(let limit): value > limit
    case .between(let least, let greatest): value >= least && value <= greatest
    }
  }
}
