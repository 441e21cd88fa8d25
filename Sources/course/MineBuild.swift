import Foundation

/// The build of this command with the learner's chapters in it.
///
/// It has a scratch folder of its own, so that going back and forth rebuilds nothing.
enum MineBuild {
  static var isActive: Bool {
    #if MINE
      true
    #else
      false
    #endif
  }

  /// Runs the same call again in that build.
  ///
  /// - Returns: its exit code.
  static func rerun() throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["swift", "run", "--scratch-path", ".build/mine", "course"] + CommandLine.arguments.dropFirst()
    process.environment = ProcessInfo.processInfo.environment.merging(["COURSE_MINE": "1"]) { $1 }
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
