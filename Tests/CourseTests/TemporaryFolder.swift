import Curriculum
import Foundation
import Support

/// A folder that is gone when the value is.
final class TemporaryFolder {
  let url: URL

  init() throws { url = try ScratchFolder.make("tests") }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to path: String) throws {
    try WholeFile.write(text, to: url.appending(path: path).path)
  }

  func read(_ path: String) throws -> String { try TextFile.read(url.appending(path: path)) }

  func replace(_ old: String, with new: String, in path: String) throws {
    try write(read(path).replacingOccurrences(of: old, with: new), to: path)
  }

  var course: Course { get throws { try Course(root: url) } }

  /// The package that these tests belong to.
  static let package = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

  /// A copy of `Tests/Fixtures/SampleCourse`.
  static func sampleCourse() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.removeItem(at: folder.url)
    try FileManager.default.copyItem(
      at: package.appending(path: "Tests/Fixtures/SampleCourse"), to: folder.url)
    return folder
  }
}

/// Whether a process ends within five seconds; a zombie waits only for its new parent to look.
func isGone(_ process: pid_t) -> Bool {
  let deadline = ContinuousClock.now + .seconds(5)
  while ContinuousClock.now < deadline {
    let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    if kill(process, 0) != 0 || state?.contains(") Z ") == true { return true }
    usleep(10_000)
  }
  return false
}
