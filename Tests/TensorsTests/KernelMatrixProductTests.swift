import Kernels
import Testing

@Suite struct KernelMatrixProductTests {
  /// How a matrix lies in memory: row by row, column by column, or with gaps everywhere.
  enum Order: CaseIterable { case rows, columns, gaps }

  struct Matrix {
    let buffer: KernelBuffer
    let row: Int
    let column: Int
    let offset: Int

    init(_ rows: Int, _ columns: Int, _ order: Order, seed: UInt64) {
      switch order {
      case .rows: (row, column, offset) = (columns, 1, 0)
      case .columns: (row, column, offset) = (1, rows, 0)
      case .gaps: (row, column, offset) = (2 * columns + 3, 2, 5)
      }
      buffer = KernelBuffer(random: offset + rows * row + columns * column + 1, seed: seed)
    }
    var start: UnsafePointer<Float> { buffer.pointer + offset }
    subscript(i: Int, j: Int) -> Double { Double(start[i * row + j * column]) }
  }

  /// The largest error against double precision, in units of the sum of magnitudes of each element's terms;
  /// also checks that nothing beyond the rows of C was written.
  func error(
    _ m: Int, _ n: Int, _ k: Int, _ a: Order = .rows, _ b: Order = .rows, accumulate: Bool = false,
    bias: Bool = false
  ) -> Double {
    let (a, b) = (Matrix(m, k, a, seed: 1), Matrix(k, n, b, seed: 2))
    let width = n + 3
    let c = KernelBuffer(random: m * width, seed: 3)
    let before = c.values
    let addend = KernelBuffer(random: n, seed: 4)
    matrixProduct(
      m: m, n: n, k: k, a.start, aRow: a.row, aColumn: a.column, b.start, bRow: b.row, bColumn: b.column,
      c.start, cRow: width, accumulate: accumulate, bias: bias ? addend.pointer : nil)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var sum = accumulate ? Double(before[i * width + j]) : (bias ? Double(addend[j]) : 0)
        var magnitude = abs(sum)
        for p in 0..<k {
          let term = a[i, p] * b[p, j]
          sum += term
          magnitude += abs(term)
        }
        worst = max(worst, abs(Double(c[i * width + j]) - sum) / max(magnitude, 1e-30))
      }
      if (n..<width).contains(where: { c[i * width + $0] != before[i * width + $0] }) { worst = .infinity }
    }
    return worst.isNaN ? .infinity : worst
  }

  @Test(arguments: 1...40)
  func smallSizes(m: Int) {
    for n in [1, 7, 16, 17, 32, 33] {
      for k in [1, 5, 19] { #expect(error(m, n, k) < 1e-6, "\(m)×\(n)×\(k)") }
    }
  }

  @Test(arguments: [
    [63, 64, 65], [64, 65, 63], [100, 40, 50], [257, 33, 10], [10, 257, 33], [9, 33, 513], [1, 257, 257],
    [257, 1, 257], [2, 300, 100],
  ])
  func largerSizes(size: [Int]) {
    #expect(error(size[0], size[1], size[2]) < 1e-6)
    #expect(error(size[0], size[1], size[2], .rows, .columns, bias: true) < 1e-6)
    #expect(error(size[0], size[1], size[2], .columns, .rows, accumulate: true) < 1e-6)
  }

  @Test(arguments: Order.allCases, Order.allCases)
  func everyOrderInMemory(a: Order, b: Order) {
    for size in [[1, 37, 21], [37, 1, 21], [1, 1, 40], [9, 33, 17], [40, 50, 20]] {
      for (accumulate, bias) in [(false, false), (false, true), (true, false)] {
        #expect(error(size[0], size[1], size[2], a, b, accumulate: accumulate, bias: bias) < 1e-6, "\(size)")
      }
    }
  }

  @Test func emptySums() {
    #expect(error(3, 5, 0, bias: true) == 0)
    #expect(error(3, 5, 0, accumulate: true) == 0)
    #expect(error(1, 5, 0, bias: true) == 0)
    #expect(error(0, 5, 4) == 0 && error(5, 0, 4) == 0)
  }

  @Test(arguments: [[256, 256, 256], [1024, 96, 200], [70, 1000, 300], [1, 1024, 1024], [4096, 1, 256]])
  func sameBitsOnAnyNumberOfCores(size: [Int]) {
    let (m, n, k) = (size[0], size[1], size[2])
    let (a, b) = (Matrix(m, k, .rows, seed: 1), Matrix(k, n, .columns, seed: 2))
    func product() -> [Float] {
      let c = KernelBuffer(empty: m * n)
      matrixProduct(
        m: m, n: n, k: k, a.start, aRow: a.row, aColumn: a.column, b.start, bRow: b.row, bColumn: b.column,
        c.start, cRow: n, accumulate: false, bias: nil)
      return c.values
    }
    let parallel = product()
    // Inside a job there are no workers left.
    nonisolated(unsafe) var serial: [Float] = []
    nonisolated(unsafe) let compute = product
    parallelFor(2, costPerItem: 1_000_000) { if $0.contains(0) { serial = compute() } }
    #expect(parallel == serial)
  }
}
