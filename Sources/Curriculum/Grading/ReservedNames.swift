import Foundation

/// Names of the checks that an answer must not declare again: the compiler would call the answer's in place
/// of the checks' own, and what fails could pass.
public enum ReservedNames {
  /// The functions and types by which checks judge.
  static let all = [
    "expectClose", "expectShape", "expectNonzero", "expectGradient", "expectAccepts", "expectRejects",
    "expectGradientsMatchFiniteDifferences", "unvisitedTensors", "finiteDifferenceGradient",
    "GoldenCase", "Mistake", "Tolerance", "Test", "Suite", "Issue",
  ]

  /// Where a chapter's exercises declare one of these names, with what to do about it.
  public static func declarations(in chapter: Chapter) -> [CheckResult.Finding] {
    let files = (try? Chapter.swiftFiles(in: chapter.exercisesFolder)) ?? []
    return files.flatMap { file in
      let url = chapter.exercisesFolder.appending(path: file)
      let lines = ((try? TextFile.read(url)) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      return lines.enumerated().compactMap { index, line in
        declaredName(in: line).map { name in
          CheckResult.Finding(
            text: "declares '\(name)', a name of the checks: give it another one", path: url.path,
            line: index + 1)
        }
      }
    }
  }

  /// The reserved name, or operator for numbers, that a line declares.
  static func declaredName(in line: Substring) -> String? {
    let code = line.trimmingCharacters(in: .whitespaces)
    guard !code.hasPrefix("//") else { return nil }
    let words = code.split { " (<:{".contains($0) }
    for (keyword, name) in zip(words, words.dropFirst())
    where ["func", "struct", "class", "enum", "actor", "protocol", "typealias", "var", "let"].contains(
      keyword)
      && all.contains(String(name))
    {
      return String(name)
    }
    // Outside of a type, an operator could make any comparison come out right.
    let operators = ["==", "!=", "<", ">", "<=", ">="]
    return operators.first { !code.contains("static") && code.contains("func \($0) (") }
  }
}
