/// How many draws of 64 random bits ``normalNumbers`` needs: 64 for each block of up to 128 numbers.
package func drawsForNormalNumbers(_ count: Int) -> Int { (count + 127) / 128 * 64 }

/// Standard normal numbers by the Box–Muller transform, in an order that never changes: draw i of a block gives
/// its numbers i and 64 + i.
package func normalNumbers(
  from draws: UnsafePointer<UInt64>, into out: UnsafeMutablePointer<Float>, count: Int
) {
  // Box–Muller turns two uniform numbers into two normal ones, a block of pairs at a time.
  let pairs = 64
  withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * pairs) { scratch in
    let radius = scratch.baseAddress!
    let turn = radius + pairs
    let normals = turn + pairs
    for start in stride(from: 0, to: count, by: 2 * pairs) {
      for i in 0..<pairs {
        let bits = draws[start / 2 + i]
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
