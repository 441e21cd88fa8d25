/// Fills with standard normal numbers by the Box–Muller transform, in an order that never changes.
///
/// Each block of up to 128 numbers takes 64 draws; draw i gives the numbers i and 64 + i of its block.
package func fillNormal(_ out: UnsafeMutablePointer<Float>, count: Int, using random: inout SplitMix64) {
  // Box–Muller turns two uniform numbers into two normal ones, a block of pairs at a time.
  let pairs = 64
  withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * pairs) { scratch in
    let radius = scratch.baseAddress!
    let turn = radius + pairs
    let normals = turn + pairs
    for start in stride(from: 0, to: count, by: 2 * pairs) {
      for i in 0..<pairs {
        let bits = random.next()
        // In (0, 1], so that the logarithm is finite, and in [0, 1).
        radius[i] = (Float(UInt32(truncatingIfNeeded: bits >> 32)) + 0.5) * 0x1p-32
        turn[i] = Float(UInt32(truncatingIfNeeded: bits) >> 8) * 0x1p-24
      }
      apply(.log, radius, into: radius, count: pairs)
      for i in 0..<pairs {
        let length = (-2 * radius[i]).squareRoot()
        // The angle is a number of quarter turns plus at most an eighth of a turn either way.
        let magic: Float = 12_582_912
        let shifted = 4 * turn[i] + magic
        let angle = (turn[i] - 0.25 * (shifted - magic)) * (2 * .pi)
        let square = angle * angle
        let sine =
          angle + angle * square
          * (-1.666_665_46e-1 + square * (8.332_160_87e-3 - square * 1.951_529_59e-4))
        let cosine =
          1 - 0.5 * square
          + square * square * (4.166_664_57e-2 + square * (-1.388_731_63e-3 + square * 2.443_315_71e-5))
        let quarters = shifted.bitPattern
        let isOdd = quarters & 1 != 0
        let (first, second) = (isOdd ? sine : cosine, isOdd ? cosine : sine)
        // A quarter turn makes (cos, sin) to (−sin, cos), a half turn changes both signs.
        normals[i] = length * ((quarters &+ 1) & 2 != 0 ? -first : first)
        normals[pairs + i] = length * (quarters & 2 != 0 ? -second : second)
      }
      (out + start).update(from: normals, count: min(2 * pairs, count - start))
    }
  }
}

/// Fills with numbers drawn uniformly from [0, 1), the upper 24 bits of one draw each.
package func fillUniform(_ out: UnsafeMutablePointer<Float>, count: Int, using random: inout SplitMix64) {
  for i in 0..<count { out[i] = Float(random.next() >> 40) * 0x1p-24 }
}
