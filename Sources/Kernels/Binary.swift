/// The functions of two values that tensors offer.
///
/// Maximum and minimum of a number and NaN are NaN. `equal` is 1 for equal values, else 0; `weigh` is their product,
/// but 0 wherever the first is, also times infinity or NaN.
package enum BinaryOperation: Sendable {
  case add, subtract, multiply, divide, maximum, minimum, equal, weigh
}

/// out[shape] = a ∘ b, both read with the given strides (0 = broadcast); out is contiguous, and may be an
/// operand that is contiguous too.
package func combine(
  _ operation: BinaryOperation, shape: [Int], _ a: UnsafePointer<Float>, aStrides: [Int],
  _ b: UnsafePointer<Float>, bStrides: [Int], into out: UnsafeMutablePointer<Float>
) {
  let loop = StridedLoop(shape: shape, aStrides, bStrides)
  switch operation {
  case .add: combineRows(Add.self, loop, a, b, out)
  case .subtract: combineRows(Subtract.self, loop, a, b, out)
  case .multiply: combineRows(Multiply.self, loop, a, b, out)
  case .divide: combineRows(Divide.self, loop, a, b, out)
  case .maximum: combineRows(Maximum.self, loop, a, b, out)
  case .minimum: combineRows(Minimum.self, loop, a, b, out)
  case .equal: combineRows(Equal.self, loop, a, b, out)
  case .weigh: combineRows(Weigh.self, loop, a, b, out)
  }
}

/// out = a ∘ b, all contiguous; out may be a or b.
package func combine(
  _ operation: BinaryOperation, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  into out: UnsafeMutablePointer<Float>, count: Int
) {
  switch operation {
  case .add: combineAll(Add.self, a, b, out, count)
  case .subtract: combineAll(Subtract.self, a, b, out, count)
  case .multiply: combineAll(Multiply.self, a, b, out, count)
  case .divide: combineAll(Divide.self, a, b, out, count)
  case .maximum: combineAll(Maximum.self, a, b, out, count)
  case .minimum: combineAll(Minimum.self, a, b, out, count)
  case .equal: combineAll(Equal.self, a, b, out, count)
  case .weigh: combineAll(Weigh.self, a, b, out, count)
  }
}

// MARK: Functions

private protocol BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float
}
private enum Add: BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float { a + b }
}
private enum Subtract: BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float { a - b }
}
private enum Multiply: BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float { a * b }
}
private enum Divide: BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float { a / b }
}
private enum Maximum: BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float {
    let larger = a > b ? a : b
    return a.isNaN ? a : larger
  }
}
private enum Minimum: BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float {
    let smaller = a < b ? a : b
    return a.isNaN ? a : smaller
  }
}
private enum Equal: BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float { a == b ? 1 : 0 }
}
private enum Weigh: BinaryFunction {
  static func value(_ a: Float, _ b: Float) -> Float {
    let product = a * b
    return a == 0 ? 0 : product
  }
}

// MARK: Loops

@inline(__always)
private func combineAll<Function: BinaryFunction>(
  _: Function.Type, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  _ out: UnsafeMutablePointer<Float>, _ count: Int
) {
  parallelFor(count, costPerItem: 1) { range in
    if a == out {  // With one pointer less the compiler need not fear that they overlap.
      for i in range { out[i] = Function.value(out[i], b[i]) }
    } else {
      for i in range { out[i] = Function.value(a[i], b[i]) }
    }
  }
}

@inline(__always)
private func combineRows<Function: BinaryFunction>(
  _: Function.Type, _ loop: StridedLoop, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  _ out: UnsafeMutablePointer<Float>
) {
  let (aStep, bStep) = loop.steps
  @inline(__always) func combineRow(_ row: Int, _ range: Range<Int>) {
    let offsets = loop.offsets(ofRow: row)
    let (a, b, out) = (a + offsets.a, b + offsets.b, out + row * loop.width)
    switch (aStep, bStep) {
    case (1, 1): for i in range { out[i] = Function.value(a[i], b[i]) }
    case (1, 0):
      let scalar = b[0]
      for i in range { out[i] = Function.value(a[i], scalar) }
    case (0, 1):
      let scalar = a[0]
      for i in range { out[i] = Function.value(scalar, b[i]) }
    default: for i in range { out[i] = Function.value(a[i * aStep], b[i * bStep]) }
    }
  }
  if loop.rows == 1 {
    parallelFor(loop.width, costPerItem: 1) { combineRow(0, $0) }
  } else {
    parallelFor(loop.rows, costPerItem: loop.width + 50) { rows in
      for row in rows { combineRow(row, 0..<loop.width) }
    }
  }
}
