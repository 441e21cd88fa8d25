/// C = A·B (+ bias), or C += A·B.
package func matrixProduct(
  m: Int, n: Int, k: Int,
  _ a: UnsafePointer<Float>, aRow: Int, aColumn: Int,
  _ b: UnsafePointer<Float>, bRow: Int, bColumn: Int,
  _ c: UnsafeMutablePointer<Float>, cRow: Int, accumulate: Bool, bias: UnsafePointer<Float>?
) {
  for i in 0..<m {
    for j in 0..<n {
      var sum: Float = 0
      for p in 0..<k { sum += a[i * aRow + p * aColumn] * b[p * bRow + j * bColumn] }
      c[i * cRow + j] = accumulate ? c[i * cRow + j] + sum : sum + (bias?[j] ?? 0)
    }
  }
}
