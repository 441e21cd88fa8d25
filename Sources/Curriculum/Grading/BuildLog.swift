import Foundation

/// What a build printed, without what does not help.
public struct BuildLog {
  /// The compiler's errors as `path:line:column: error: message`, with paths from the package's folder.
  ///
  /// Those in `Exercises/` come first: the others may only follow from them.
  public let errors: [String]
  private let lines: [Substring]

  /// Reads what `swift build` printed.
  ///
  /// - Parameter root: the package's folder.
  public init(_ text: String, root: URL) {
    lines = text.split(separator: "\n")
    var found: [String] = []
    for line in lines where line.firstRange(of: ".swift:") != nil || line.firstRange(of: ".md:") != nil {
      guard let mark = line.firstRange(of: ": error: "), !line.hasPrefix(" ") else { continue }
      let place = line[..<mark.lowerBound]
      guard place.split(separator: ":").count >= 2 else { continue }
      let path = place.hasPrefix(root.path + "/") ? place.dropFirst(root.path.count + 1) : place
      let error = path + line[mark.lowerBound...]
      if !found.contains(String(error)) { found.append(String(error)) }
    }
    let own = found.filter { $0.hasPrefix("Exercises/") }
    errors = own + found.filter { !$0.hasPrefix("Exercises/") }
  }

  /// At most ten lines that tell why the build failed.
  public var summary: [String] {
    if errors.isEmpty { return lines.suffix(10).map(String.init) }
    let more = errors.count > 10 ? ["… and \(errors.count - 9) more"] : []
    return errors.prefix(more.isEmpty ? 10 : 9) + more
  }
}
