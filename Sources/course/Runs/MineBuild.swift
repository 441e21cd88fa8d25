import Curriculum
import Foundation
import Support

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

  /// Runs the same call again in that build, in place of this process: Ctrl-C must reach the training.
  static func rerun() throws -> Never {
    setenv("COURSE_MINE", "1", 1)
    let words =
      ["swift", "run", "--scratch-path", ".build/mine", "course"] + CommandLine.arguments.dropFirst()
    var pointers = words.map { strdup($0) } + [nil]
    execvp("swift", &pointers)
    throw CourseError("swift cannot be started: \(String(cString: strerror(errno)))")
  }
}
