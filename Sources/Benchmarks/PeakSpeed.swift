import Tensors

/// What the multiply-add units of one core can do at best.
public enum PeakSpeed {
  /// Floating-point operations a second, from a loop that touches nothing but registers; the best of many
  /// short tries, so that other programs hardly matter.
  public static func measure() -> Double {
    let steps = 20_000
    // Numbers from and to tensors, into which the compiler cannot see: otherwise it would compute the loop itself.
    let (factor, addend): (Float, Float) = (1 - 0x1p-20, 0x1p-20)
    let numbers = Tensor([factor, addend])
    let fastest = (0..<100).map { _ in
      Measurement.seconds {
        _ = Tensor(multiplyAdd(steps: steps, factor: numbers[0], addend: numbers[1]))
      }
    }.min()!
    return Double(steps * 12 * Vector.scalarCount * 2) / fastest
  }

  #if AVX512
    private typealias Vector = SIMD16<Float>
  #else
    private typealias Vector = SIMD8<Float>
  #endif

  /// Twelve sums that do not wait for each other.
  @inline(never)
  private static func multiplyAdd(steps: Int, factor: Float, addend: Float) -> Float {
    let (factor, addend) = (Vector(repeating: factor), Vector(repeating: addend))
    @inline(__always) func step(_ sum: inout Vector) {
      #if NO_FMA
        sum = sum * factor + addend
      #else
        sum = addend.addingProduct(sum, factor)
      #endif
    }
    // Each begins elsewhere, or the compiler would see that one is enough.
    @inline(__always) func start(_ index: Float) -> Vector { addend * index }
    var (s0, s1, s2, s3) = (start(0), start(1), start(2), start(3))
    var (s4, s5, s6, s7) = (start(4), start(5), start(6), start(7))
    var (s8, s9, s10, s11) = (start(8), start(9), start(10), start(11))
    for _ in 0..<steps {
      step(&s0)
      step(&s1)
      step(&s2)
      step(&s3)
      step(&s4)
      step(&s5)
      step(&s6)
      step(&s7)
      step(&s8)
      step(&s9)
      step(&s10)
      step(&s11)
    }
    return (s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11).sum()
  }
}
