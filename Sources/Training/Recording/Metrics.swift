/// Named numbers in a fixed order, such as the losses of one training step.
///
/// A name can be given only once: a second value for it would silently replace the first.
public struct Metrics: Sendable, ExpressibleByDictionaryLiteral {
  /// The names, in the order given.
  public private(set) var names: [String] = []
  /// The values, in the same order; they may be infinite or undefined.
  public private(set) var values: [Double] = []

  /// No numbers.
  public init() {}

  /// The numbers of a literal: `["loss/model": 1.5, "loss/actor": 0.2]`.
  public init(dictionaryLiteral elements: (String, Double)...) {
    for (name, value) in elements { add(name, value) }
  }

  /// Adds a number under a new name.
  public mutating func add(_ name: String, _ value: Double) {
    precondition(!names.contains(name) && name != "step", "the metric '\(name)' is there already")
    names.append(name)
    values.append(value)
  }

  /// Adds all numbers of `other`.
  public mutating func add(_ other: Metrics) {
    for (name, value) in zip(other.names, other.values) { add(name, value) }
  }

  /// The number of that name.
  public subscript(name: String) -> Double? {
    names.firstIndex(of: name).map { values[$0] }
  }
}
