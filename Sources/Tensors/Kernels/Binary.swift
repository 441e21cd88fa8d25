/// The functions of two values that tensors offer.
package enum BinaryOperation: Sendable { case add, subtract, multiply, divide, maximum, minimum }

private func value(_ operation: BinaryOperation, _ a: Float, _ b: Float) -> Float {
  switch operation {
  case .add: a + b
  case .subtract: a - b
  case .multiply: a * b
  case .divide: a / b
  case .maximum: max(a, b)
  case .minimum: min(a, b)
  }
}

/// out[shape] = a ∘ b, both read with the given strides (0 = broadcast); out is contiguous.
package func combine(
  _ operation: BinaryOperation, shape: [Int], _ a: UnsafePointer<Float>, aStrides: [Int],
  _ b: UnsafePointer<Float>, bStrides: [Int], into out: UnsafeMutablePointer<Float>
) {
  let count = shape.reduce(1, *)
  for i in 0..<count {
    var (rest, aOffset, bOffset) = (i, 0, 0)
    for axis in shape.indices.reversed() {
      aOffset += rest % shape[axis] * aStrides[axis]
      bOffset += rest % shape[axis] * bStrides[axis]
      rest /= shape[axis]
    }
    out[i] = value(operation, a[aOffset], b[bOffset])
  }
}

/// out = a ∘ b, all contiguous.
package func combine(
  _ operation: BinaryOperation, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  into out: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { out[i] = value(operation, a[i], b[i]) }
}
