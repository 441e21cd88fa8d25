import Foundation
import Support

/// Folders for what is needed only for a while, named `course-<word>-<process>-…`.
///
/// Who makes one removes it. What a process leaves that was killed goes with the next that makes one.
public enum ScratchFolder {
  /// Makes an empty folder in the system's temporary one.
  public static func make(_ word: String) throws -> URL {
    let parent = FileManager.default.temporaryDirectory
    _ = removesLeftovers
    let url = parent.appending(path: "course-\(word)-\(getpid())-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw CourseError("\(parent.path): cannot write: \(error.localizedDescription)")
    }
    return url
  }

  private static let removesLeftovers: Void = removeLeftovers(in: FileManager.default.temporaryDirectory)

  /// Removes the folders of processes that are gone.
  static func removeLeftovers(in parent: URL) {
    for name in TextFile.names(in: parent) {
      let parts = name.split(separator: "-", maxSplits: 3)
      guard parts.count == 4, parts[0] == "course", let process = pid_t(parts[2]), process > 0,
        kill(process, 0) == -1, errno == ESRCH
      else { continue }
      try? FileManager.default.removeItem(at: parent.appending(path: name))
    }
  }
}
