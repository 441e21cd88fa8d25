/// Fills with standard normals drawn in a fixed order from the generator.
package func fillNormal(_ out: UnsafeMutablePointer<Float>, count: Int, using random: inout SplitMix64) {
  for i in 0..<count { out[i] = Float(random.normal()) }
}

/// Fills with numbers drawn uniformly from [0, 1).
package func fillUniform(_ out: UnsafeMutablePointer<Float>, count: Int, using random: inout SplitMix64) {
  for i in 0..<count { out[i] = Float(random.next() >> 40) * 0x1p-24 }
}
