#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A switch for the search for numbers that are not finite: with `COURSE_CHECK_FINITE=1` in the
/// environment the program stops at the first recorded operation whose result, or whose gradient, holds
/// one, and says which operation that was and where it was called.
enum FiniteCheck {
  static let isOn = getenv("COURSE_CHECK_FINITE").map { String(cString: $0) == "1" } ?? false

  /// Checks the result of an operation now, and its gradients when they are computed.
  static func watch(_ operation: String?, _ result: Tensor, _ pullback: Pullback) -> Pullback {
    let site = CallSite()
    func check(_ tensor: Tensor?, _ what: String) {
      guard let tensor, !tensor.scalars.allSatisfy(\.isFinite) else { return }
      site.stop { "\(operation ?? $0): \(what) of shape \(tensor.shape) is not finite" }
    }
    check(result, "a result")
    switch pullback {
    case .value(let function):
      return .value { incoming in
        let gradient = function(incoming)
        check(gradient, "the gradient of an input")
        return gradient
      }
    case .adding(let function):
      return .adding { incoming, sum in
        function(incoming, &sum)
        check(sum, "the gradient of an input")
      }
    }
  }
}
