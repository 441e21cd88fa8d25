import Foundation
import Kernels
import Testing

@Suite struct KernelBinaryTests {
  static let functions: [(operation: BinaryOperation, value: @Sendable (Float, Float) -> Float)] = [
    (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }), (.divide, { $0 / $1 }),
    (.maximum, { max($0, $1) }), (.minimum, { min($0, $1) }), (.equal, { $0 == $1 ? 1 : 0 }),
    (.weigh, { $0 * $1 }),
  ]

  @Test(arguments: [0, 1, 16, 17, 1000])
  func contiguousAndInPlace(count: Int) {
    for (operation, value) in Self.functions {
      let (a, b) = (KernelBuffer(random: count, seed: 1), KernelBuffer(random: count, seed: 2))
      let expected = zip(a.values, b.values).map(value)
      let out = KernelBuffer(empty: count)
      combine(operation, a.pointer, b.pointer, into: out.start, count: count)
      #expect(out.values == expected)
      let second = KernelBuffer(b.values)
      combine(operation, a.pointer, second.pointer, into: second.start, count: count)
      #expect(second.values == expected)
      combine(operation, a.pointer, b.pointer, into: a.start, count: count)
      #expect(a.values == expected)
    }
  }

  @Test(arguments: [
    // shape, strides of a, strides of b
    [[4, 5], [5, 1], [5, 1]], [[7, 33], [33, 1], [0, 1]], [[7, 33], [33, 1], [1, 0]],
    [[7, 33], [0, 1], [33, 1]], [[7, 33], [1, 0], [33, 1]], [[7, 33], [33, 1], [0, 0]],
    [[7, 33], [0, 0], [33, 1]], [[7, 33], [1, 0], [0, 1]], [[7, 33], [1, 7], [33, 1]],
    [[2, 3, 4], [12, 4, 1], [4, 0, 1]], [[2, 3, 4], [12, 4, 1], [0, 4, 1]],
    [[2, 3, 4], [1, 2, 6], [4, 8, 1]],
    [[2, 1, 3, 4], [12, 12, 4, 1], [0, 5, 0, 1]], [[3, 2, 2, 2, 5], [0, 20, 10, 5, 1], [5, 0, 15, 0, 1]],
    [[1], [0], [0]], [[1, 1], [1, 1], [0, 0]], [[], [], []], [[0, 3], [3, 1], [0, 1]],
    [[250, 400], [400, 1], [0, 1]],
  ])
  func anyStrides(layout: [[Int]]) {
    let (shape, aStrides, bStrides) = (layout[0], layout[1], layout[2])
    let count = shape.reduce(1, *)
    let (a, b) = (KernelBuffer(random: max(count, 1), seed: 1), KernelBuffer(random: max(count, 1), seed: 2))
    for (operation, value) in Self.functions {
      let out = KernelBuffer(empty: count)
      combine(
        operation, shape: shape, a.pointer, aStrides: aStrides, b.pointer, bStrides: bStrides, into: out.start
      )
      var different = 0
      for i in 0..<count {
        let expected = value(a[offset(i, shape, aStrides)], b[offset(i, shape, bStrides)])
        if out[i] != expected { different += 1 }
      }
      #expect(different == 0, "\(operation)")
    }
  }

  @Test func largestAndSmallestKeepNaN() {
    let a = KernelBuffer([.nan, 1, .nan, 2])
    let b = KernelBuffer([1, .nan, .nan, 3])
    for operation in [BinaryOperation.maximum, .minimum] {
      let out = KernelBuffer(empty: 4)
      combine(operation, a.pointer, b.pointer, into: out.start, count: 4)
      #expect(out[0].isNaN && out[1].isNaN && out[2].isNaN)
      #expect(out[3] == (operation == .maximum ? 3 : 2))
    }
  }

  @Test(arguments: [
    [[5], [1]], [[5], [0]], [[3, 4], [4, 1]], [[8, 8], [1, 8]], [[50, 37], [1, 50]],
    [[9, 3, 20], [1, 180, 9]],
    [[4, 3, 5], [5, 20, 1]], [[4, 3, 5], [0, 5, 1]], [[4, 3, 5], [3, 1, 0]], [[2, 3, 4, 5], [1, 2, 6, 24]],
    [[17, 23, 8], [23, 1, 391]], [[6, 7], [2, 6]], [[], []], [[3, 0], [0, 1]], [[300, 500], [1, 300]],
  ])
  func copiesAnyStrides(layout: [[Int]]) {
    let (shape, strides) = (layout[0], layout[1])
    let count = shape.reduce(1, *)
    let source = KernelBuffer(random: max(count, 1) + 16, seed: 1)
    let target = KernelBuffer(empty: count)
    copyStrided(shape: shape, source.pointer, strides: strides, to: target.start)
    #expect(target.values == (0..<count).map { source[offset($0, shape, strides)] })
  }

  @Test(arguments: [1, 3, 16, 40])
  func copiesAndAddsRows(width: Int) {
    let source = KernelBuffer(random: 5 * 50, seed: 1)
    let target = KernelBuffer([Float](repeating: 2, count: 5 * 60))
    copyRows(
      5, width: width, from: source.pointer + 3, stride: 48, to: target.start + 4, stride: 60, adding: false)
    copyRows(
      5, width: width, from: source.pointer + 3, stride: 48, to: target.start + 4, stride: 60, adding: true)
    for i in 0..<5 * 60 {
      let (row, column) = ((i - 4) / 60, (i - 4) % 60)
      #expect(target[i] == (i >= 4 && column < width ? 2 * source[3 + row * 48 + column] : 2))
    }
  }
}

/// Where element `index` of a contiguous array of this shape lies with these strides.
private func offset(_ index: Int, _ shape: [Int], _ strides: [Int]) -> Int {
  var (rest, result) = (index, 0)
  for axis in shape.indices.reversed() {
    result += rest % shape[axis] * strides[axis]
    rest /= shape[axis]
  }
  return result
}
