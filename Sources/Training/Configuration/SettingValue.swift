import Foundation

/// A type that a setting may have: how the user writes it.
///
/// Enumerations take part by conforming, with nothing to implement:
/// `enum Gradient: String, Codable, CaseIterable, SettingValue { … }`.
public protocol SettingValue: Codable, Sendable {
  /// What a value looks like, for messages: "a whole number".
  static var expectation: String { get }
  /// The value as JSON would hold it, or nil when the text does not fit.
  static func fragment(from text: String) -> Any?
  /// A value of this type as the user would write it.
  static func text(of value: Any) -> String
}

extension SettingValue {
  /// The value's own description.
  public static func text(of value: Any) -> String { "\(value)" }
}

extension Int: SettingValue {
  /// "a whole number".
  public static var expectation: String { "a whole number" }
  /// Digits, perhaps grouped as in `10_000`.
  public static func fragment(from text: String) -> Any? { Int(text.filter { $0 != "_" }) }
}

extension Double: SettingValue {
  /// "a number".
  public static var expectation: String { "a number" }
  /// Any finite number.
  public static func fragment(from text: String) -> Any? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}

extension Float: SettingValue {
  /// "a number".
  public static var expectation: String { "a number" }
  /// Any number finite in this type; written as the shortest decimal that means the same.
  public static func fragment(from text: String) -> Any? {
    Float(text).flatMap { $0.isFinite ? Double("\($0)") : nil }
  }
}

extension Bool: SettingValue {
  /// "true or false".
  public static var expectation: String { "true or false" }
  /// `true` or `false`.
  public static func fragment(from text: String) -> Any? { Bool(text) }
}

extension String: SettingValue {
  /// "a text".
  public static var expectation: String { "a text" }
  /// Any text.
  public static func fragment(from text: String) -> Any? { text }
}

extension SettingValue where Self: CaseIterable & RawRepresentable, RawValue == String {
  /// "one of a, b, c".
  public static var expectation: String {
    "one of \(allCases.map(\.rawValue).joined(separator: ", "))"
  }
  /// The name of a case.
  public static func fragment(from text: String) -> Any? { Self(rawValue: text)?.rawValue }
  /// The name of a case.
  public static func text(of value: Any) -> String { (value as! Self).rawValue }
}

extension Array: SettingValue where Element: SettingValue {
  /// "a list, each a whole number".
  public static var expectation: String { "a list, each item \(Element.expectation)" }
  /// Items between commas, perhaps in brackets; an empty text or `[]` is no items.
  public static func fragment(from text: String) -> Any? {
    let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.count >= 2
    let items = isBracketed ? String(text.dropFirst().dropLast()) : text
    if items.allSatisfy(\.isWhitespace) { return [Any]() }
    let fragments = items.split(separator: ",", omittingEmptySubsequences: false).map { item in
      Element.fragment(from: String(item.trimmingPrefix(while: \.isWhitespace)))
    }
    return fragments.contains { $0 == nil } ? nil : fragments.map { $0! }
  }
  /// Items between commas.
  public static func text(of value: Any) -> String {
    (value as! [Element]).map { Element.text(of: $0) }.joined(separator: ",")
  }
}

extension Optional: SettingValue where Wrapped: SettingValue {
  /// "a whole number, or none".
  public static var expectation: String { "\(Wrapped.expectation), or none" }
  /// `none`, or a value.
  public static func fragment(from text: String) -> Any? {
    text == "none" ? NSNull() : Wrapped.fragment(from: text)
  }
  /// The value, or `none`.
  public static func text(of value: Any) -> String {
    (value as! Wrapped?).map { Wrapped.text(of: $0) } ?? "none"
  }
}
