import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private let pending = Atomic<Int32>(0)

/// Ctrl-C, or a request to end, as an error: what is open is closed on the way out.
///
/// The first signal asks for a tidy end; a second one before anybody looked kills at once.
///
/// ```swift
/// try Interrupted.catching {
///   while working { try Interrupted.check() }
/// }
/// ```
public struct Interrupted: Error, Equatable, CustomStringConvertible {
  /// Which of SIGINT, SIGTERM and SIGHUP it was.
  public let signal: Int32

  /// What a program exits with then, by the shells' convention.
  public var exitCode: Int32 { 128 + signal }

  /// One line.
  public var description: String { "interrupted" }

  /// Runs `body`, in which a signal ends nothing but is found by ``isPending`` and ``check()``; calls may be nested.
  ///
  /// - Throws: what `body` throws, or `Interrupted` if a signal came that it did not look for.
  public static func catching<Result>(_ body: () throws -> Result) throws -> Result {
    // Also makes sure that the number exists before a signal handler needs it.
    _ = pending.load(ordering: .relaxed)
    let previous = [SIGINT, SIGTERM, SIGHUP].map { number in
      (number, handle(number, noteOrDie))
    }
    defer { for (number, handler) in previous { _ = handle(number, handler) } }
    // What `nohup` and the shell's `&` have switched off stays off.
    for (number, handler) in previous where isIgnoring(handler) { _ = handle(number, handler) }
    let result = try body()
    try check()
    return result
  }

  /// Whether a signal came that nobody has looked for; asking forgets nothing.
  public static var isPending: Bool { pending.load(ordering: .relaxed) != 0 }

  /// - Throws: `Interrupted`, once for each signal.
  public static func check() throws {
    let number = pending.exchange(0, ordering: .relaxed)
    if number != 0 { throw Interrupted(signal: number) }
  }

  private typealias Handler = @convention(c) (Int32) -> Void

  /// Atomic operations, `signal` and `raise` are all that a handler may use and needs.
  private static let noteOrDie: Handler = { number in
    guard pending.exchange(number, ordering: .relaxed) != 0 else { return }
    _ = handle(number, SIG_DFL)
    raise(number)
  }

  private static func isIgnoring(_ handler: Handler?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The function has the name of the property.
  private static func handle(_ number: Int32, _ handler: Handler?) -> Handler? {
    #if canImport(Glibc)
      Glibc.signal(number, handler)
    #else
      Darwin.signal(number, handler)
    #endif
  }
}
