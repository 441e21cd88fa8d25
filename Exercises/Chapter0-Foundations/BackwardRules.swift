import Curriculum
import Foundation
import Tensors

/// The backward rule of the matrix product y = a·b.
///
/// The gradient of a loss with respect to y is known; the chain rule gives those with respect to a and b.
/// From y_ij = Σ_k a_ik b_kj: ∂L/∂a_ik = Σ_j ∂L/∂y_ij · b_kj, and ∂L/∂b_kj = Σ_i a_ik · ∂L/∂y_ij.
///
/// - Parameters:
///   - a: `[rows, inner]`.
///   - b: `[inner, columns]`.
///   - gradient: ∂L/∂y, `[rows, columns]`.
/// - Returns: ∂L/∂a and ∂L/∂b, each in the shape of its matrix.
public func matmulBackward(_ a: Tensor, _ b: Tensor, gradient: Tensor) -> (a: Tensor, b: Tensor) {
  // BEGIN EXERCISE 0.1: replace the next line; for help: course hint 0.1
  todo("0.1")
  // END EXERCISE 0.1
}

/// The backward rule of an operand that an addition had to stretch.
///
/// In y = a + b the axes are aligned at the end, and an axis of extent 1, or one that is missing at the
/// front, is repeated until it fits. What was used several times collects the gradient of every use.
///
/// - Parameters:
///   - gradient: ∂L/∂y, in the shape of the sum.
///   - shape: the operand's own shape, which broadcasts to that of `gradient`.
/// - Returns: the gradient with respect to the operand, in its shape.
public func broadcastBackward(gradient: Tensor, shape: [Int]) -> Tensor {
  // BEGIN EXERCISE 0.2: replace the next line; for help: course hint 0.2
  todo("0.2")
  // END EXERCISE 0.2
}
