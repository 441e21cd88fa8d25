import Foundation
import Support

extension TrainingConfiguration {
  /// A copy with the user's `--set` assignments, checked by `validate()`.
  ///
  /// - Parameter assignments: such as `"batchSize=16"`, `"optimizer.rate=1e-3"`, `"layers=64,64"` or, for an
  ///   optional setting, `"limit=none"`.
  /// - Throws: `InvalidInput`, one line: an unknown key with the known ones, or a value that
  ///   does not fit with what is expected and the current value.
  public func setting(_ assignments: [String]) throws -> Self {
    var result = self
    var changes: [String] = []
    for assignment in assignments {
      guard let equals = assignment.firstIndex(of: "=") else {
        throw InvalidInput(
          "'\(assignment)' is no assignment: expected key=value, as in steps=1000")
      }
      let key = assignment[..<equals].trimmingCharacters(in: .whitespaces)
      let text = assignment[assignment.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      let setting = try result.setting(named: key)
      changes.append("\(key)=\(setting.text)")
      guard let value = setting.type.fragment(from: text) else {
        throw InvalidInput(
          "\(key) expects \(setting.type.expectation), not '\(text)' (it is \(setting.text))")
      }
      result = try result.replacing(key.split(separator: ".").map(String.init), with: value)
    }
    do {
      try result.validate()
    } catch let error as InvalidInput where !changes.isEmpty {
      throw InvalidInput("\(error) (before: \(changes.joined(separator: ", ")))")
    }
    return result
  }

  /// Every setting with its current value, in the order of declaration: `["steps=3000", "optimizer.rate=0.001"]`.
  public var settings: [String] { namedSettings.map { "\($0.name)=\($0.text)" } }

  /// The same as pairs.
  var namedSettings: [(name: String, text: String)] { allSettings(of: self).map { ($0.key, $0.text) } }

  private func setting(named key: String) throws -> Setting {
    let known = allSettings(of: self)
    guard let setting = known.first(where: { $0.key == key }) else {
      throw InvalidInput(unknown: "setting", key, expected: known.map(\.key))
    }
    return setting
  }

  /// Replaces one value on the way through JSON: the only way to set a property by its name.
  private func replacing(_ path: [String], with value: Any) throws -> Self {
    func replace(_ path: ArraySlice<String>, in object: Any) -> Any {
      guard let name = path.first else { return value }
      var fields = object as! [String: Any]
      fields[name] = replace(path.dropFirst(), in: fields[name] ?? [:])
      return fields
    }
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self))
    let data = try JSONSerialization.data(withJSONObject: replace(path[...], in: object))
    return try JSONDecoder().decode(Self.self, from: data)
  }
}

/// One property, found by reflection.
private struct Setting {
  let key: String
  let type: any SettingValue.Type
  let text: String
}

/// The settings in a structure and in those nested in it.
private func allSettings(of structure: Any, prefix: String = "") -> [Setting] {
  Mirror(reflecting: structure).children.flatMap { child -> [Setting] in
    let key = prefix + (child.label ?? "")
    if let type = type(of: child.value) as? any SettingValue.Type {
      return [Setting(key: key, type: type, text: type.text(of: child.value))]
    }
    precondition(
      Mirror(reflecting: child.value).displayStyle == .struct,
      "setting '\(key)' cannot be set: its type \(type(of: child.value)) is no SettingValue")
    return allSettings(of: child.value, prefix: key + ".")
  }
}
