/// The settings of one paper's training run.
///
/// Stored properties are whole numbers, `Double`, `Float`, `Bool`, `String`, enumerations by name, lists,
/// optionals of those, or nested structures; coding keys are the synthesized ones, so that
/// ``setting(_:)`` can find a property by its name.
public protocol TrainingConfiguration: Codable, Sendable, Equatable {
  /// Environment steps until the run is over.
  var steps: Int { get set }

  /// The paper's settings for a purpose.
  static func preset(_ preset: Preset) -> Self

  /// Checks that the values make sense, alone and together.
  ///
  /// - Throws: `TrainingError.invalidInput`; see ``require(_:_:)``.
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

  /// The preset that the user named.
  ///
  /// - Throws: `TrainingError.invalidInput` with the valid names.
  public init(named name: String) throws {
    guard let preset = Preset(rawValue: name) else {
      let names = Preset.allCases.map(\.rawValue).joined(separator: ", ")
      throw TrainingError.invalidInput("unknown preset '\(name)': expected one of \(names)")
    }
    self = preset
  }
}

extension TrainingConfiguration {
  /// Throws `TrainingError.invalidInput` unless `condition` holds; for ``validate()``.
  ///
  /// - Parameter message: names the setting, what is allowed and the value, as in
  ///   `"batchSize must be at least 1, not -3"`.
  public func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw TrainingError.invalidInput(message()) }
  }
}
