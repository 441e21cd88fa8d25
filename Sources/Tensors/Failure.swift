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
  CallSite().stop { _ in message }
}

/// A place in the call stack where the caller's own code called the library.
struct CallSite {
  /// Which function of the tensor library was called, and where; slow, for messages only.
  private let find: () -> (operation: String, place: String)?

  init() {
    #if canImport(Runtime)
      if #available(macOS 26, *), let backtrace = try? Backtrace.capture(limit: 64) {
        find = { Self.border(in: backtrace) }
        return
      }
    #endif
    find = { nil }
  }

  /// Stops with a message that may use the name of the operation.
  func stop(_ message: (_ operation: String) -> String) -> Never {
    let found = find()
    fatalError(
      message(found?.operation ?? "an operation") + (found.map { " (called from \($0.place))" } ?? ""))
  }

  #if canImport(Runtime)
    /// The first frame outside the library, and the last one of `Tensors` before it.
    @available(macOS 26, *)
    private static func border(in backtrace: Backtrace) -> (operation: String, place: String)? {
      var operation = ""
      for frame in backtrace.symbolicated()?.frames ?? [] {
        guard let symbol = frame.symbol, let location = symbol.sourceLocation, location.line > 0 else {
          continue
        }
        if location.path.contains("/Sources/Tensors/") {
          // `matmul` of `Tensor.matmul(_:transposingLeft:transposingRight:)`, `*` of `static Tensor.* infix(_:_:)`.
          let name = symbol.name.prefix { $0 != "(" }.split(separator: ".").last ?? "?"
          operation = String(name.prefix { $0 != " " })
        }
        let own = [
          "/Sources/Kernels/", "/Sources/Tensors/", "/Sources/Networks/", "compiler-generated",
          "@__swiftmacro",
        ]
        if !own.contains(where: { location.path.contains($0) }) {
          let path = location.path.split(separator: "/").suffix(3).joined(separator: "/")
          return (operation, "\(path):\(location.line)")
        }
      }
      return nil
    }
  #endif
}
