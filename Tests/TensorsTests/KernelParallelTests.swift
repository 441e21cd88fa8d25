import Synchronization
import Kernels
import Testing

@Suite struct KernelParallelTests {
  @Test(arguments: [0, 1, 2, 7, 8, 9, 100, 4097])
  func coversEveryItemOnce(count: Int) {
    for cost in [0, 1, 1_000_000] {
      let visits = KernelBuffer([Float](repeating: 0, count: count))
      nonisolated(unsafe) let start = visits.start
      parallelFor(count, costPerItem: cost) { for i in $0 { start[i] += 1 } }
      #expect(visits.values.allSatisfy { $0 == 1 })
    }
  }

  @Test func smallWorkIsOneChunk() {
    var chunks: [Range<Int>] = []
    parallelFor(1000, costPerItem: 10) { chunks.append($0) }
    #expect(chunks == [0..<1000])
  }

  @Test func jobsInsideJobs() {
    let total = Atomic(0)
    parallelFor(8, costPerItem: 1_000_000) { outer in
      for _ in outer {
        parallelFor(8, costPerItem: 1_000_000) { inner in
          for i in inner { total.add(i, ordering: .relaxed) }
        }
      }
    }
    #expect(total.load(ordering: .relaxed) == 8 * 28)
  }

  @Test func manyJobsFromManyThreads() async {
    let sums = await withTaskGroup(of: Int.self, returning: [Int].self) { group in
      for _ in 0..<4 {
        group.addTask {
          let total = Atomic(0)
          for _ in 0..<500 {
            parallelFor(16, costPerItem: 1_000_000) { range in
              for i in range { total.add(i, ordering: .relaxed) }
            }
          }
          return total.load(ordering: .relaxed)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == [Int](repeating: 500 * 120, count: 4))
  }
}
