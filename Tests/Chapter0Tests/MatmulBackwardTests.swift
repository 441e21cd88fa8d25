import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// The product of a [2, 3] and a [3, 4] matrix.
@Suite(.exercise("0.1")) struct MatmulBackwardTests {
  let a = Tensor.sample([2, 3], seed: 1)
  let b = Tensor.sample([3, 4], seed: 2)
  let gradient = Tensor.sample([2, 4], seed: 3)

  /// Σ gradient · (a·b) in double precision: the loss whose gradient arrives at the product.
  private func loss(_ a: [Float], _ b: [Float], _ gradient: Tensor) -> Float {
    let (rows, columns) = (gradient.shape[0], gradient.shape[1])
    let inner = a.count / rows
    var sum = 0.0
    for i in 0..<rows {
      for j in 0..<columns {
        for k in 0..<inner {
          sum += Double(gradient[i, j]) * Double(a[i * inner + k]) * Double(b[k * columns + j])
        }
      }
    }
    return Float(sum)
  }

  /// Expects both gradients to agree with finite differences of the loss.
  private func expectGradients(_ a: Tensor, _ b: Tensor, _ gradient: Tensor) {
    let found = matmulBackward(a, b, gradient: gradient)
    let ones = Tensor.ones(gradient.shape)
    let rows = Float(gradient.shape[0])
    let right = (gradient.matmul(b.transposed()), a.transposed().matmul(gradient))
    var mistakesOfA = [
      Mistake("∂L/∂a transposed", gives: right.0.transposed()),
      Mistake("the incoming gradient left out: multiply with it", gives: ones.matmul(b.transposed())),
    ]
    var mistakesOfB = [
      Mistake("∂L/∂b transposed", gives: right.1.transposed()),
      Mistake("the incoming gradient left out: multiply with it", gives: a.transposed().matmul(ones)),
      Mistake("a mean over the rows: every use adds its gradient", gives: right.1 / rows),
    ]
    if a.shape == b.shape {
      mistakesOfA.append(Mistake("b where bᵀ belongs", gives: gradient.matmul(b)))
      mistakesOfB.append(Mistake("a where aᵀ belongs", gives: a.matmul(gradient)))
      mistakesOfB.append(Mistake("the factors in the wrong order", gives: gradient.matmul(a.transposed())))
    } else {
      mistakesOfA.append(Mistake("the two gradients exchanged", gives: right.1))
      mistakesOfB.append(Mistake("the two gradients exchanged", gives: right.0))
    }
    expectGradient(found.a, at: a, "∂L/∂a for a \(a.shape) and b \(b.shape)", mistakes: mistakesOfA) {
      loss($0, b.scalars, gradient)
    }
    expectGradient(found.b, at: b, "∂L/∂b for a \(a.shape) and b \(b.shape)", mistakes: mistakesOfB) {
      loss(a.scalars, $0, gradient)
    }
  }

  @Test func againstFiniteDifferences() { expectGradients(a, b, gradient) }

  @Test func squareMatricesHideAMissingTranspose() {
    expectGradients(
      .sample([3, 3], seed: 4), .sample([3, 3], seed: 5), .sample([3, 3], seed: 6))
  }

  @Test func byHand() {
    // y = [1 2]·[3; 4] = 11, and the loss is 10·y.
    let found = matmulBackward(Tensor([[1, 2]]), Tensor([[3], [4]]), gradient: Tensor([[10]]))
    expectClose(found.a, Tensor([[30, 40]]), "∂(10·y)/∂a for a = [[1, 2]], b = [[3], [4]]")
    expectClose(found.b, Tensor([[10], [20]]), "∂(10·y)/∂b for a = [[1, 2]], b = [[3], [4]]")
  }
}
