import Foundation
import Support

/// Another program, run to its end under a time limit, with what it prints in a file.
///
/// It leads a process group of its own, which ends with it: at the limit, and when this program is
/// interrupted, which the terminal's Ctrl-C alone would not do.
public struct ChildProcess {
  /// The command and its arguments; the command is looked up in the path.
  public var arguments: [String]
  /// Variables beside this program's own.
  public var environment: [String: String]
  /// Where both its outputs go.
  public var output: URL
  /// Seconds until it is ended.
  public var timeLimit: Double

  /// A program to run.
  public init(
    _ arguments: [String], environment: [String: String] = [:], output: URL, timeLimit: Double
  ) {
    self.arguments = arguments
    self.environment = environment
    self.output = output
    self.timeLimit = timeLimit
  }

  /// How a program ended.
  public enum End: Equatable, Sendable {
    /// With an exit code.
    case exited(Int32)
    /// By a signal.
    case signalled(Int32)
    /// By the time limit.
    case timedOut
  }

  /// Runs the program.
  ///
  /// - Parameter tick: called some times a second while it runs; what it throws ends the program.
  /// - Throws: `CourseError` if it cannot be started, `Interrupted`, or what `tick` throws.
  public func run(tick: () throws -> Void = {}) throws -> End {
    try Interrupted.catching { try end(of: spawn(), tick) }
  }

  private func end(of process: pid_t, _ tick: () throws -> Void) throws -> End {
    let deadline = ContinuousClock.now + .seconds(timeLimit)
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      do {
        try Interrupted.check()
        try tick()
      } catch {
        stop(process, &status)
        throw error
      }
      if ContinuousClock.now > deadline {
        stop(process, &status)
        return .timedOut
      }
      usleep(20_000)
    }
    // What the program left running in its group would print into a file that nobody reads.
    kill(-process, SIGKILL)
    let signal = status & 0x7f
    return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
  }

  /// Asks first, so that a program that started others in groups of their own can end them.
  private func stop(_ process: pid_t, _ status: inout Int32) {
    kill(-process, SIGINT)
    for _ in 0..<100 where waitpid(process, &status, WNOHANG) == 0 { usleep(20_000) }
    kill(-process, SIGKILL)
    waitpid(process, &status, 0)
  }

  private func spawn() throws -> pid_t {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, output.path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)

    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var process = pid_t()
    let problem = withStrings(arguments) { arguments in
      withStrings(variables.map { "\($0)=\($1)" }) { variables in
        posix_spawnp(&process, arguments[0]!, &actions, &attributes, arguments, variables)
      }
    }
    guard problem == 0 else {
      throw CourseError("\(arguments[0]): cannot start: \(String(cString: strerror(problem)))")
    }
    return process
  }

  /// Calls `body` with a list of C strings that ends with nil.
  private func withStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let pointers = strings.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    return body(pointers)
  }
}
