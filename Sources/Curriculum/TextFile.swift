import Foundation

/// Text files, with errors of one line.
public enum TextFile {
  /// The whole text of a file.
  ///
  /// - Throws: `CourseError` if it is missing, unreadable or not UTF-8.
  public static func read(_ url: URL) throws -> String {
    do {
      let data = try Data(contentsOf: url)
      guard let text = String(data: data, encoding: .utf8) else {
        throw CourseError("\(url.path): cannot read: it is not UTF-8 text")
      }
      return text
    } catch let error as CourseError {
      throw error
    } catch {
      throw CourseError("\(url.path): cannot read: \(reason(error))")
    }
  }

  /// Writes the whole text of a file, and its folder if that is missing.
  ///
  /// The text goes to a file beside it that is then renamed: a failure leaves what was there.
  public static func write(_ text: String, to url: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw CourseError("\(url.path): cannot write: \(reason(error))")
    }
  }

  /// The names in a folder, sorted, without hidden ones; none if the folder is missing.
  public static func names(in folder: URL) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The system's own words for an error of Foundation, which are shorter than Foundation's.
  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let code = underlying?.code, underlying?.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(code)))
    }
    switch (error as? CocoaError)?.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: return "No such file or directory"
    case .fileWriteNoPermission, .fileReadNoPermission: return "Permission denied"
    case .fileWriteOutOfSpace: return "No space left on device"
    default: return error.localizedDescription.split(separator: "\n").joined(separator: " ")
    }
  }
}
