import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private let pending = Atomic<Int32>(0)

/// Ctrl-C, or a request to end, as an error: what is open is closed on the way out.
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

  /// Runs `body`, in which signals end nothing but are found by `check`; calls may be nested.
  ///
  /// - Throws: what `body` throws, or `Interrupted` if a signal came that it did not look for.
  public static func catching<Result>(_ body: () throws -> Result) throws -> Result {
    // Also makes sure that the number exists before a signal handler needs it.
    _ = pending.load(ordering: .relaxed)
    let previous = [SIGINT, SIGTERM, SIGHUP].map { number in
      (number, handle(number) { pending.store($0, ordering: .relaxed) })
    }
    defer { for (number, handler) in previous { _ = handle(number, handler) } }
    let result = try body()
    try check()
    return result
  }

  /// - Throws: `Interrupted`, once for each signal.
  public static func check() throws {
    let number = pending.exchange(0, ordering: .relaxed)
    if number != 0 { throw Interrupted(signal: number) }
  }

  private typealias Handler = @convention(c) (Int32) -> Void

  /// The function has the name of the property.
  private static func handle(_ number: Int32, _ handler: Handler?) -> Handler? {
    #if canImport(Glibc)
      Glibc.signal(number, handler)
    #else
      Darwin.signal(number, handler)
    #endif
  }
}
