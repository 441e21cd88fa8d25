#if canImport(Runtime)
  import Runtime
#endif

/// Stops with `message` and the caller's file and line unless `condition` holds.
///
/// The checks stay in optimised builds: a shape mistake found at its line is worth more than the
/// nanosecond it costs.
@inline(__always)
package func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { stop(message()) }
}

/// Stops the program with one line that ends with the place in the caller's own code.
///
/// Operators cannot take `#line` as a parameter, so the place is read from the call stack: the first
/// frame outside the tensor library.
@inline(never)
package func stop(_ message: String) -> Never {
  fatalError(message + (callerLocation().map { " (called from \($0))" } ?? ""))
}

private func callerLocation() -> String? {
  #if canImport(Runtime)
    if #available(macOS 26, *) {
      guard let backtrace = try? Backtrace.capture(limit: 64), let frames = backtrace.symbolicated()?.frames
      else { return nil }
      for frame in frames {
        guard let location = frame.symbol?.sourceLocation, location.line > 0 else { continue }
        let foreign = ["/Sources/Tensors/", "/Sources/Networks/", "compiler-generated", "@__swiftmacro"]
        if !foreign.contains(where: { location.path.contains($0) }) {
          return "\(location.path.split(separator: "/").suffix(3).joined(separator: "/")):\(location.line)"
        }
      }
    }
  #endif
  return nil
}
