#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A symmetric matrix as its axes and their lengths: A = Σ valueₖ · vectorₖ·vectorₖᵀ.
///
/// Householder reflections make the matrix tridiagonal, then implicit QL steps make it diagonal: some 9·n³
/// operations. Source: Golub and Van Loan, "Matrix Computations", 8.3. Everything is done along rows, which lie
/// in one piece in memory.
public struct SymmetricEigendecomposition: Sendable, Equatable {
  /// The eigenvalues, in no particular order.
  public internal(set) var values: [Double]
  /// `[n, n]`: row k is the eigenvector of value k, of length 1.
  public internal(set) var vectors: [Double]

  /// The decomposition of the identity.
  init(identity size: Int) {
    values = Array(repeating: 1, count: size)
    vectors = Array(repeating: 0, count: size * size)
    for index in 0..<size { vectors[index * size + index] = 1 }
  }

  /// The decomposition of a matrix.
  ///
  /// - Parameters:
  ///   - matrix: `[size, size]`, symmetric and finite.
  ///   - size: n.
  public init(_ matrix: [Double], size: Int) {
    self.init(identity: size)
    var (matrix, offDiagonal) = (matrix, [Double](repeating: 0, count: size))
    matrix.withUnsafeMutableBufferPointer { matrix in
      vectors.withUnsafeMutableBufferPointer { vectors in
        values.withUnsafeMutableBufferPointer { values in
          offDiagonal.withUnsafeMutableBufferPointer { offDiagonal in
            guard let matrix = matrix.baseAddress, let vectors = vectors.baseAddress,
              let values = values.baseAddress, let offDiagonal = offDiagonal.baseAddress
            else { return }
            makeTridiagonal(matrix, size, diagonal: values, offDiagonal: offDiagonal, rotation: vectors)
            makeDiagonal(size, diagonal: values, offDiagonal: offDiagonal, rotation: vectors)
          }
        }
      }
    }
  }
}

/// Reflects `matrix` into tridiagonal form T = Z·A·Zᵀ and puts Z into `rotation`, which is the identity before.
private func makeTridiagonal(
  _ matrix: UnsafeMutablePointer<Double>, _ size: Int, diagonal: UnsafeMutablePointer<Double>,
  offDiagonal: UnsafeMutablePointer<Double>, rotation: UnsafeMutablePointer<Double>
) {
  // Reflection k is 1 − factorₖ·v·vᵀ; v is kept in row k, right of the diagonal.
  var factors = [Double](repeating: 0, count: size)
  var product = [Double](repeating: 0, count: size)
  for k in 0..<max(size - 2, 0) {
    let v = matrix + k * size
    var squares = 0.0
    for j in k + 2..<size { squares += v[j] * v[j] }
    offDiagonal[k] = v[k + 1]
    if squares == 0 { continue }
    let length = (squares + v[k + 1] * v[k + 1]).squareRoot()
    offDiagonal[k] = v[k + 1] > 0 ? -length : length
    v[k + 1] -= offDiagonal[k]
    let factor = 2 / (squares + v[k + 1] * v[k + 1])
    factors[k] = factor
    // With p = factor·A·v and w = p − (factor/2·vᵀp)·v, the reflected matrix is A − v·wᵀ − w·vᵀ.
    var overlap = 0.0
    for i in k + 1..<size {
      let row = matrix + i * size
      var sum = 0.0
      for j in k + 1..<size { sum += row[j] * v[j] }
      product[i] = factor * sum
      overlap += product[i] * v[i]
    }
    for i in k + 1..<size { product[i] -= 0.5 * factor * overlap * v[i] }
    product.withUnsafeBufferPointer { w in
      for i in k + 1..<size {
        let row = matrix + i * size
        let (vi, wi) = (v[i], w[i])
        for j in k + 1..<size { row[j] -= vi * w[j] + wi * v[j] }
      }
    }
  }
  for k in 0..<size { diagonal[k] = matrix[k * size + k] }
  if size >= 2 { offDiagonal[size - 2] = matrix[(size - 2) * size + size - 1] }
  // Backwards, so that each reflection meets only the corner that the later ones have filled.
  for k in stride(from: size - 3, through: 0, by: -1) where factors[k] != 0 {
    let v = matrix + k * size
    for i in k + 1..<size {
      let row = rotation + i * size
      var sum = 0.0
      for j in k + 1..<size { sum += row[j] * v[j] }
      let scale = factors[k] * sum
      for j in k + 1..<size { row[j] -= scale * v[j] }
    }
  }
}

/// Rotates a tridiagonal matrix into diagonal form, and the rows of `rotation` with it.
private func makeDiagonal(
  _ size: Int, diagonal: UnsafeMutablePointer<Double>, offDiagonal: UnsafeMutablePointer<Double>,
  rotation: UnsafeMutablePointer<Double>
) {
  for low in 0..<size {
    while true {
      // The block from `low` that is still coupled ends where the off-diagonal is lost in rounding.
      var high = low
      while high < size - 1 {
        let scale = abs(diagonal[high]) + abs(diagonal[high + 1])
        if abs(offDiagonal[high]) <= .ulpOfOne * scale { break }
        high += 1
      }
      if high == low { break }
      // The shift that makes the last element converge cubically.
      let ratio = (diagonal[low + 1] - diagonal[low]) / (2 * offDiagonal[low])
      let root = hypot(ratio, 1)
      var g = diagonal[high] - diagonal[low] + offDiagonal[low] / (ratio + (ratio < 0 ? -root : root))
      var (sine, cosine, shift) = (1.0, 1.0, 0.0)
      var isSplit = false
      for i in stride(from: high - 1, through: low, by: -1) {
        let f = sine * offDiagonal[i]
        let b = cosine * offDiagonal[i]
        let length = hypot(f, g)
        offDiagonal[i + 1] = length
        if length == 0 {
          diagonal[i + 1] -= shift
          isSplit = true
          break
        }
        sine = f / length
        cosine = g / length
        g = diagonal[i + 1] - shift
        let r = (diagonal[i] - g) * sine + 2 * cosine * b
        shift = sine * r
        diagonal[i + 1] = g + shift
        g = cosine * r - b
        let (first, second) = (rotation + i * size, rotation + (i + 1) * size)
        for j in 0..<size {
          let (a, b) = (first[j], second[j])
          second[j] = sine * a + cosine * b
          first[j] = cosine * a - sine * b
        }
      }
      offDiagonal[high] = 0
      if isSplit { continue }
      diagonal[low] -= shift
      offDiagonal[low] = g
    }
  }
}
