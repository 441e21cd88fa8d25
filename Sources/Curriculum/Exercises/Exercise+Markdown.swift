import Foundation
import Support

extension Exercise {
  /// Reads the metadata of an exercise.
  ///
  /// - Parameters:
  ///   - markdown: the text of the file.
  ///   - path: names the file in errors.
  /// - Throws: `CourseError` with the line of the first departure from the format.
  public init(markdown: String, path: String) throws {
    var sections = try MarkdownSection.sections(of: markdown, path: path)
    let head = sections.removeFirst()
    let words = head.heading.split(separator: " ", maxSplits: 1)
    guard head.level == 1, words.count == 2, let id = ExerciseID(String(words[0])) else {
      throw CourseError(path, line: head.line, "expected '# 2.5 Title', found '\(head.heading)'")
    }
    self.id = id
    self.path = path
    title = String(words[1])

    let keys = try head.keys(allowed: ["kind", "points", "minutes", "difficulty", "prerequisites", "checks"])
    kind = try keys.kind("kind")
    points = try keys.integer("points", in: 1...100)
    minutes = try keys.integer("minutes", in: 1...240)
    difficulty = try keys.integer("difficulty", in: 1...5)
    checks = try keys.integer("checks", in: 1...100)
    prerequisites = try keys.ids("prerequisites")
    introduction = head.prose

    var hints: [String] = []
    var explanation = ""
    var given: Mistake?
    var mistakes: [Mistake] = []
    var alternatives: [Answer] = []
    for section in sections {
      guard section.level == 2 else {
        throw CourseError(path, line: section.line, "expected a heading of level 2")
      }
      let parts = section.heading.split(separator: ":", maxSplits: 1).map { $0.drop(while: \.isWhitespace) }
      switch (parts[0], parts.count) {
      case ("Hint \(hints.count + 1)", 1):
        hints.append(try section.text())
      case ("Explanation", 1):
        explanation = try section.text()
      case ("Given", 2) where kind == .bug && given == nil:
        given = try section.mistake(titled: String(parts[1]))
      case ("Mistake", 2):
        mistakes.append(try section.mistake(titled: String(parts[1])))
      case ("Alternative", 2):
        alternatives.append(try section.answer(titled: String(parts[1])))
      default:
        throw CourseError(
          path, line: section.line,
          "expected '## Hint \(hints.count + 1)', '## Explanation', '## Mistake: …' or '## Alternative: …', "
            + "found '\(section.heading)'")
      }
    }
    guard hints.count == 3 else {
      throw CourseError(
        path, line: 1, "expected three hints ('## Hint 1' to '## Hint 3'), found \(hints.count)")
    }
    guard kind != .bug || given != nil else {
      throw CourseError(path, line: 1, "a bug to be found needs a section '## Given: …' with the wrong code")
    }
    let titles = mistakes.map(\.answer.title) + alternatives.map(\.title)
    if let twice = titles.first(where: { title in titles.count { $0 == title } > 1 }) {
      throw CourseError(path, line: 1, "the title '\(twice)' appears twice")
    }
    self.hints = hints
    self.explanation = explanation
    self.given = given
    self.mistakes = mistakes
    self.alternatives = alternatives
  }
}

/// A heading and what follows it, up to the next heading outside code.
private struct MarkdownSection {
  let path: String
  let line: Int
  let level: Int
  let heading: String
  /// The lines below the heading with their numbers.
  var lines: [(number: Int, text: String)] = []

  static func sections(of markdown: String, path: String) throws -> [MarkdownSection] {
    var sections: [MarkdownSection] = []
    var fence: Int?
    for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("```") { fence = fence == nil ? index + 1 : nil }
      let level = line.prefix { $0 == "#" }.count
      if fence == nil, level > 0, line.dropFirst(level).first == " " {
        let heading = line.dropFirst(level).trimmingCharacters(in: .whitespaces)
        sections.append(MarkdownSection(path: path, line: index + 1, level: level, heading: heading))
      } else if sections.isEmpty {
        throw CourseError(path, line: index + 1, "expected '# 2.5 Title' in the first line")
      } else {
        sections[sections.count - 1].lines.append((index + 1, String(line)))
      }
    }
    if let fence { throw CourseError(path, line: fence, "the code block is not closed") }
    return sections
  }

  /// The list of `- key: value` lines that opens the section.
  func keys(allowed: [String]) throws -> MarkdownKeys {
    var keys = MarkdownKeys(path: path, line: line)
    for (number, text) in keyLines {
      let parts = text.dropFirst(2).split(separator: ":", maxSplits: 1)
      let key = parts.first.map(String.init) ?? ""
      guard parts.count == 2, allowed.contains(key) else {
        throw CourseError(
          path, line: number, "expected '- key: value' with one of \(allowed.joined(separator: ", "))")
      }
      guard keys.values[key] == nil else { throw CourseError(path, line: number, "'\(key)' appears twice") }
      keys.values[key] = (parts[1].trimmingCharacters(in: .whitespaces), number)
    }
    return keys
  }

  private var keyLines: ArraySlice<(number: Int, text: String)> {
    lines.drop { $0.text.isEmpty }.prefix { $0.text.hasPrefix("- ") }
  }

  /// What follows the keys.
  var prose: String {
    lines[keyLines.endIndex...].map(\.text).joined(separator: "\n")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The whole section as text, which must not be empty.
  func text() throws -> String {
    let text = lines.map(\.text).joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { throw CourseError(path, line: line, "'\(heading)' is empty") }
    return text
  }

  /// The section as an answer that must be rejected.
  func mistake(titled title: String) throws -> Exercise.Mistake {
    let keys = try keys(allowed: ["says", "verdict"])
    return Exercise.Mistake(
      answer: try answer(titled: title), message: try keys.required("says"),
      verdict: try keys.rejection("verdict"))
  }

  /// The section's one block of Swift.
  func answer(titled title: String) throws -> Exercise.Answer {
    let fences = lines.indices.filter { lines[$0].text.hasPrefix("```") }
    guard fences.count == 2, lines[fences[0]].text == "```swift", fences[1] > fences[0] + 1 else {
      throw CourseError(path, line: line, "expected one ```swift block below '\(heading)'")
    }
    let body = lines[fences[0] + 1..<fences[1]]
    return Exercise.Answer(title: title, lines: body.map(\.text), firstLine: lines[body.startIndex].number)
  }
}

/// The values of a list of keys; each is read with its own check.
private struct MarkdownKeys {
  let path: String
  let line: Int
  var values: [String: (text: String, line: Int)] = [:]

  func required(_ key: String) throws -> String {
    guard let value = values[key], !value.text.isEmpty else {
      throw CourseError(path, line: line, "expected '- \(key): …' below the heading")
    }
    return value.text
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
    let text = try required(key)
    guard let value = Int(text), range.contains(value) else {
      throw CourseError(
        path, line: values[key]?.line ?? line,
        "'\(key)' is a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
    }
    return value
  }

  func ids(_ key: String) throws -> [ExerciseID] {
    guard let value = values[key], value.text != "none" else { return [] }
    return try value.text.split(separator: ",").map { part in
      guard let id = ExerciseID(part.trimmingCharacters(in: .whitespaces)) else {
        throw CourseError(
          path, line: value.line, "'\(key)' are ids such as '2.3, 2.4', or 'none', not '\(value.text)'")
      }
      return id
    }
  }

  func kind(_ key: String) throws -> Exercise.Kind {
    guard let value = values[key] else { return .fill }
    guard let kind = Exercise.Kind(rawValue: value.text) else {
      let kinds = Exercise.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw CourseError(path, line: value.line, "'\(key)' is one of \(kinds), not '\(value.text)'")
    }
    return kind
  }

  func rejection(_ key: String) throws -> Verdict {
    guard let value = values[key] else { return .wrong }
    let allowed: [Verdict] = [.wrong, .crashed, .timedOut]
    guard let verdict = Verdict(rawValue: value.text), allowed.contains(verdict) else {
      throw CourseError(
        path, line: value.line,
        "'\(key)' is one of \(allowed.map(\.rawValue).joined(separator: ", ")), not '\(value.text)'")
    }
    return verdict
  }
}
