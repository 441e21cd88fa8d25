import Kernels
import Tensors
import Testing

/// Storage as the tensors have it: aligned to 64 bytes and padded to a multiple of 16 floats.
final class KernelBuffer {
  let count: Int
  let start: UnsafeMutablePointer<Float>
  private let capacity: Int

  init(_ values: [Float], padding: Float = .nan) {
    count = values.count
    capacity = (values.count + 15) / 16 * 16
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(capacity, 16) * 4, alignment: 64)
    start = raw.bindMemory(to: Float.self, capacity: max(capacity, 16))
    start.initialize(repeating: padding, count: max(capacity, 16))
    for (i, value) in values.enumerated() { start[i] = value }
  }

  /// Numbers from a normal distribution.
  convenience init(random count: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.init((0..<count).map { _ in Float(random.normal()) })
  }

  /// Values that no result should keep.
  convenience init(empty count: Int) {
    self.init([Float](repeating: -12345, count: count), padding: -12345)
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  var pointer: UnsafePointer<Float> { UnsafePointer(start) }
  var values: [Float] { (0..<count).map { start[$0] } }
  subscript(i: Int) -> Float { start[i] }
}

/// Whether `value` is `expected` up to a relative or an absolute error; NaN and infinities must be equal.
func isClose(_ value: Float, _ expected: Double, relative: Double = 1e-6, absolute: Double = 1e-37) -> Bool {
  if expected.isNaN { return value.isNaN }
  let rounded = Float(expected)
  if rounded.isInfinite || value.isInfinite { return value == rounded }
  return abs(Double(value) - expected) <= max(absolute, relative * abs(expected))
}
