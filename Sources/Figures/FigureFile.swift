import Foundation

/// Why a figure could not be written, in one line.
public struct FigureError: Error, CustomStringConvertible {
  /// The file and the reason.
  public let description: String
}

/// Writing figures so that a failure never leaves half a file.
public enum FigureFile {
  /// Writes `text` (SVG or HTML) to `file`, and makes the folder if there is none.
  ///
  /// - Throws: `FigureError`; a file that was there stays as it was.
  public static func write(_ text: String, to file: URL) throws {
    try write(Array(text.utf8), to: file)
  }

  /// Writes `bytes` (PNG or GIF) to `file`, and makes the folder if there is none.
  ///
  /// - Throws: `FigureError`; a file that was there stays as it was.
  public static func write(_ bytes: [UInt8], to file: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file, options: .atomic)
    } catch {
      throw FigureError(description: "cannot write \(file.path): \(reason(for: error))")
    }
  }

  private static func reason(for error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    if underlying.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(underlying.code))).lowercased()
    }
    return error.localizedDescription
  }
}
