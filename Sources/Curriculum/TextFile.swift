import Foundation
import Support

/// Text files, with errors of one line.
public enum TextFile {
  /// The whole text of a file.
  ///
  /// - Throws: `CourseError` if it is missing, unreadable or not UTF-8.
  public static func read(_ url: URL) throws -> String {
    guard let text = String(validating: try WholeFile.read(url.path), as: UTF8.self) else {
      throw CourseError(url.path, "cannot read: it is not UTF-8 text")
    }
    return text
  }

  /// The names in a folder, sorted, without hidden ones; none if the folder is missing.
  public static func names(in folder: URL) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }
}
