package enum ReductionOperation: Sendable { case sum, maximum }

/// out[o, i] = reduce over r of x[o, r, i]; contiguous.
package func reduce(
  _ operation: ReductionOperation, _ x: UnsafePointer<Float>, outer: Int, reduced: Int, inner: Int,
  into out: UnsafeMutablePointer<Float>
) {
  for o in 0..<outer {
    for i in 0..<inner {
      var sum = 0.0
      var largest = -Float.infinity
      for r in 0..<reduced {
        let value = x[(o * reduced + r) * inner + i]
        sum += Double(value)
        largest = max(largest, value)
      }
      out[o * inner + i] = operation == .sum ? Float(sum) : largest
    }
  }
}
