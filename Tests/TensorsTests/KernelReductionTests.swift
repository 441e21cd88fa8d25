import Kernels
import Testing

@Suite struct KernelReductionTests {
  @Test(arguments: [
    // outer, reduced, inner
    [1, 1, 1], [3, 15, 1], [3, 16, 1], [4, 63, 1], [4, 64, 1], [2, 129, 1], [1, 5000, 1], [2, 7, 3],
    [2, 70, 16],
    [3, 5, 17], [1, 200, 63], [1, 9, 64], [2, 3, 65], [1, 130, 150], [2, 0, 1], [2, 0, 20], [0, 3, 1],
    [600, 300, 1],
  ])
  func sumsAndMaxima(size: [Int]) {
    let (outer, reduced, inner) = (size[0], size[1], size[2])
    let x = KernelBuffer(random: outer * reduced * inner, seed: 1)
    let (sums, maxima) = (KernelBuffer(empty: outer * inner), KernelBuffer(empty: outer * inner))
    reduce(.sum, x.pointer, outer: outer, reduced: reduced, inner: inner, into: sums.start)
    reduce(.maximum, x.pointer, outer: outer, reduced: reduced, inner: inner, into: maxima.start)
    for o in 0..<outer {
      for i in 0..<inner {
        var (sum, maximum) = (0.0, -Float.infinity)
        for r in 0..<reduced {
          let value = x[(o * reduced + r) * inner + i]
          sum += Double(value)
          maximum = max(maximum, value)
        }
        #expect(abs(Double(sums[o * inner + i]) - sum) <= 2e-7 * Double(reduced), "sum \(o), \(i)")
        #expect(maxima[o * inner + i] == maximum, "maximum \(o), \(i)")
      }
    }
  }

  /// A running sum in single precision would be wrong in the third digit.
  @Test func longSumsAreAccurate() {
    let x = KernelBuffer([Float](repeating: 0.1, count: 1 << 20))
    let out = KernelBuffer(empty: 16)
    reduce(.sum, x.pointer, outer: 1, reduced: 1 << 20, inner: 1, into: out.start)
    #expect(isClose(out[0], 104857.6, relative: 5e-6))
    reduce(.sum, x.pointer, outer: 1, reduced: 1 << 16, inner: 16, into: out.start)
    #expect(out.values.allSatisfy { isClose($0, 6553.6, relative: 3e-5) })
    #expect(isClose(Float(sumOfSquares(x.pointer, count: 1 << 20)), 10485.76))
  }

  @Test(arguments: [1, 17, 40, 100])
  func maximumKeepsNaN(count: Int) {
    for position in [0, count / 2, count - 1] {
      var values = [Float](repeating: 1, count: count)
      values[position] = .nan
      let (x, out) = (KernelBuffer(values), KernelBuffer(empty: 1))
      reduce(.maximum, x.pointer, outer: 1, reduced: count, inner: 1, into: out.start)
      #expect(out[0].isNaN)
    }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100])
  func sumOfSquaresLeavesOutPadding(count: Int) {
    let x = KernelBuffer(random: count, seed: 1)
    let expected = x.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(sumOfSquares(x.pointer, count: count) - expected) <= 1e-12 * expected)
  }
}
