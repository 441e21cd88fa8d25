#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The numbers of one tensor, or a kernel's scratch: 64-byte aligned, padded to whole vectors of sixteen.
///
/// A kernel may therefore read and write the last vector in full and needs no code for a rest. A
/// tensor's storage is written once, by the operation that made it, and shared from then on; only an
/// owner that holds the single reference writes again (`Tensor.update`). That discipline is what makes
/// `Sendable` true.
package final class Storage: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Float>
  private let block: UnsafeMutableRawPointer

  /// Memory for `count` numbers, the values undefined but for the padding, which is zero.
  package init(count: Int) {
    _ = Storage.allocatorIsTuned
    let capacity = max(16, (count + 15) & ~15)
    // Aligned by hand: the C library's aligned allocation is many times slower than its plain one.
    block = malloc(capacity * MemoryLayout<Float>.stride + 64)
    pointer = block.alignedUp(toMultipleOf: 64).bindMemory(to: Float.self, capacity: capacity)
    (pointer + capacity - 16).update(repeating: 0, count: 16)
  }

  deinit {
    free(block)
  }

  /// By default the C library returns every large block to the system at once, and each training step
  /// would pay for the same pages again. (`mallopt` is not in Swift's Glibc module, hence the look-up.)
  private static let allocatorIsTuned: Bool = {
    #if os(Linux)
      typealias SetOption = @convention(c) (Int32, Int32) -> Int32
      guard let symbol = dlsym(nil, "mallopt") else { return false }
      let setOption = unsafeBitCast(symbol, to: SetOption.self)
      let (mapThreshold, trimThreshold): (Int32, Int32) = (-3, -1)
      return setOption(mapThreshold, 1 << 30) == 1 && setOption(trimThreshold, 1 << 29) == 1
    #else
      return true
    #endif
  }()
}
