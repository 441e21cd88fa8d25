#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The course's only source of randomness: a small, fast generator with a documented sequence.
///
/// The standard library promises no stable sequences, so everything random takes one of these as
/// `using random: inout SplitMix64`: the same seed gives the same numbers on every machine.
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
///
/// ```swift
/// SplitMix64(seed: 1) == SplitMix64(seed: 1)  // true
/// ```
public struct SplitMix64: RandomNumberGenerator, Sendable, Codable, Equatable {
  /// The whole state; saving and restoring it continues the sequence exactly.
  public var state: UInt64

  /// A generator that starts at `seed`.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next 64 random bits.
  ///
  /// ```swift
  /// var random = SplitMix64(seed: 1_234_567)
  /// random.next()  // 6457827717110365317
  /// ```
  @inlinable
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number drawn uniformly from [0, 1), with 53 random bits.
  ///
  /// ```swift
  /// var random = SplitMix64(seed: 1)
  /// random.uniform()  // 0.5666
  /// ```
  @inlinable
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number drawn uniformly from `range`.
  ///
  /// ```swift
  /// var random = SplitMix64(seed: 1)
  /// random.uniform(in: -2...3)  // 0.8328
  /// ```
  @inlinable
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A standard normal number, by the Box–Muller transform (one of the pair is dropped, so that the
  /// state stays a single integer).
  ///
  /// ```swift
  /// var random = SplitMix64(seed: 1)
  /// random.normal()  // -0.0343
  /// ```
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// An integer drawn uniformly from 0 ..< `bound`.
  ///
  /// ```swift
  /// var random = SplitMix64(seed: 1)
  /// random.index(below: 6)  // 3
  /// ```
  ///
  /// - Parameter bound: at least 1.
  @inlinable
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "index(below:) needs a bound of at least 1, not \(bound)")
    // The high half of a 64×64-bit product; its bias is below 2⁻⁴⁰ for any bound used here.
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The elements in a random order (Fisher–Yates).
  ///
  /// ```swift
  /// var random = SplitMix64(seed: 1)
  /// random.shuffled([1, 2, 3])  // [1, 3, 2]
  /// ```
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for last in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(last, index(below: last + 1))
    }
    return result
  }

  /// A new generator whose sequence is independent of this one's; this one moves on by one draw.
  ///
  /// ```swift
  /// var random = SplitMix64(seed: 1)
  /// random.split() == random  // false
  /// ```
  public mutating func split() -> SplitMix64 {
    SplitMix64(seed: next())
  }
}
