import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private let isInterrupted = Atomic<Bool>(false)

/// Ctrl-C while training: the first asks for a tidy end, the second kills at once.
///
/// ```swift
/// Interruption.watch()
/// while step < steps && !Interruption.isRequested { … }
/// if Interruption.isRequested { save(); exit(Interruption.exitCode) }
/// ```
public enum Interruption {
  /// What a program exits with that Ctrl-C ended, by the shells' convention.
  public static let exitCode: Int32 = 128 + SIGINT

  /// Whether Ctrl-C was pressed since ``watch()``; poll it where a checkpoint can be written.
  public static var isRequested: Bool { isInterrupted.load(ordering: .relaxed) }

  /// From now on, the first Ctrl-C no longer ends the program.
  public static func watch() {
    // Also makes sure that the flag exists before a signal handler needs it.
    isInterrupted.store(false, ordering: .relaxed)
    signal(SIGINT) { _ in
      // An atomic store and `signal` are all that is allowed and needed here.
      isInterrupted.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
  }
}
