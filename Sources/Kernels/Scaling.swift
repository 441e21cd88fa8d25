/// y = x·scale + shift; y may be x.
package func scaleAndShift(
  _ x: UnsafePointer<Float>, scale: Float, shift: Float, into y: UnsafeMutablePointer<Float>, count: Int
) {
  parallelFor(count, costPerItem: 1) { range in
    if x == y {
      for i in range { y[i] = y[i] * scale + shift }
    } else {
      for i in range { y[i] = x[i] * scale + shift }
    }
  }
}

/// y += x·scale.
package func addScaled(
  _ x: UnsafePointer<Float>, scale: Float, to y: UnsafeMutablePointer<Float>, count: Int
) {
  parallelFor(count, costPerItem: 1) { range in
    for i in range { y[i] += x[i] * scale }
  }
}

/// y = min(max(x, low), high); y may be x.
package func clamp(
  _ x: UnsafePointer<Float>, low: Float, high: Float, into y: UnsafeMutablePointer<Float>, count: Int
) {
  parallelFor(count, costPerItem: 1) { range in
    for i in range {
      let raised = x[i] < low ? low : x[i]
      y[i] = raised > high ? high : raised
    }
  }
}

/// out = gradient where low ≤ x ≤ high, else 0; out may be x or the gradient.
package func clampDerivative(
  _ x: UnsafePointer<Float>, gradient: UnsafePointer<Float>, low: Float, high: Float,
  into out: UnsafeMutablePointer<Float>, count: Int
) {
  parallelFor(count, costPerItem: 1) { range in
    for i in range { out[i] = x[i] >= low && x[i] <= high ? gradient[i] : 0 }
  }
}
