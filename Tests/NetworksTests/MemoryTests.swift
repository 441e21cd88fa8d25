import Foundation
import Networks
import Tensors
import Testing

/// What a training step needs is free after it.
@Suite struct MemoryTests {
  /// In a process of its own, because other tests allocate meanwhile.
  @Test func trainingDoesNotGrowTheProcess() async {
    await #expect(processExitsWith: .success) {
      var random = SplitMix64(seed: 1)
      var cell = LSTMCell(3, size: 16, using: &random)
      var optimizer = Adam(for: cell, rate: 1e-3, clipNorm: 1)
      let x = Tensor.normal([4, 3], using: &random)
      func train(_ steps: Int, length: Int) {
        for _ in 0..<steps {
          let (_, gradients) = valueWithGradient(at: cell) { cell in
            var state = cell.initialState(batch: 4)
            for _ in 0..<length { state = cell(x, state: state) }
            return square(state.hidden).sum()
          }
          optimizer.update(&cell, along: gradients)
        }
      }
      train(50, length: 5)
      let start = residentSize()
      train(1, length: 5_000)
      let long = residentSize()
      train(2, length: 5_000)
      let longer = residentSize()
      train(1_000, length: 5)
      let end = residentSize()
      // The record of a long sequence takes some 20 MB; the next one must find that space free.
      guard long > start + (8 << 20), longer < long + (1 << 20), end < longer + (1 << 20) else {
        fatalError("resident: \(start) \(long) \(longer) \(end)")
      }
    }
  }
}

/// The bytes of memory in use by this process.
private func residentSize() -> Int {
  #if os(Linux)
    let fields =
      (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  #else
    var info = mach_task_basic_info()
    var count = mach_msg_type_number_t(MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size)
    let result = withUnsafeMutablePointer(to: &info) {
      $0.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
        task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
      }
    }
    return result == KERN_SUCCESS ? Int(info.resident_size) : 0
  #endif
}
