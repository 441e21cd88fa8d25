import Tensors
import Testing

/// Making tensors and looking inside.
@Suite struct TensorTests {
  @Test func making() {
    #expect(Tensor(3).shape == [] && Tensor(3).scalar == 3 && Tensor(3)[] == 3)
    #expect(Tensor([1, 2, 3]).shape == [3])
    let matrix = Tensor([[1, 2, 3], [4, 5, 6]])
    #expect(matrix.shape == [2, 3] && matrix.rank == 2 && matrix.count == 6)
    #expect(matrix.scalars == [1, 2, 3, 4, 5, 6] && matrix[1, 0] == 4 && matrix[0, 2] == 3)
    #expect(Tensor.zeros([2, 1]).scalars == [0, 0] && Tensor.ones([3]).scalars == [1, 1, 1])
    #expect(Tensor(repeating: 7, shape: [1, 2]).scalars == [7, 7])
    let long = (0..<1000).map { Float($0) }
    #expect(Tensor(long).scalars == long && Tensor(shape: [10, 100], long)[3, 7] == 307)
  }

  @Test func description() {
    #expect("\(Tensor([[1, 2], [3, 4]]))" == "Tensor[2, 2]: 1.0, 2.0, 3.0, 4.0")
    #expect("\(Tensor.zeros([13]))".hasSuffix("0.0, …"))
  }

  @Test func randomTensors() {
    var random = SplitMix64(seed: 1)
    let uniform = Tensor.uniform([100, 200], low: -3, high: 5, using: &random)
    #expect(uniform.shape == [100, 200] && uniform.scalars.allSatisfy { -3 <= $0 && $0 < 5 })
    #expect(abs(uniform.mean().scalar - 1) < 0.1)
    let normal = Tensor.normal([200, 100], using: &random)
    #expect(abs(normal.mean().scalar) < 0.03 && abs(square(normal).mean().scalar - 1) < 0.05)

    var again = SplitMix64(seed: 1)
    #expect(Tensor.uniform([100, 200], low: -3, high: 5, using: &again).scalars == uniform.scalars)
    #expect(Tensor.normal([200, 100], using: &again).scalars == normal.scalars && again == random)
  }

  @Test func theFirstOfEqualNumbersIsTheLargest() {
    let x = Tensor([[1, 3, 3], [2, 0, 2]])
    #expect(x.argmax() == [1, 0] && x.argmax(0) == [1, 0, 0] && Tensor([4, 9]).argmax(-1) == [1])
  }

  @Test func wellKnownValues() {
    let x = Tensor([-2, 0, 3])
    #expect(relu(x).scalars == [0, 0, 3] && abs(x).scalars == [2, 0, 3] && square(x).scalars == [4, 0, 9])
    #expect(x.clamped(-1, 2).scalars == [-1, 0, 2] && x.clamped(-1).scalars == [-1, 0, 3])
    #expect((1 - x).scalars == [3, 1, -2] && (x / 2).scalars == [-1, 0, 1.5] && (6 / x)[2] == 2)
    #expect(maximum(x, Tensor(1)).scalars == [1, 1, 3] && minimum(x, Tensor(1)).scalars == [-2, 0, 1])
  }

  @Test func notANumberIsNotHidden() {
    let x = Tensor([.nan, 1])
    #expect(maximum(x, Tensor(0))[0].isNaN && minimum(Tensor(0), x)[0].isNaN && relu(x)[0].isNaN)
    #expect(x.sum().scalar.isNaN && tanh(x)[0].isNaN && sigmoid(x)[0].isNaN && softplus(x)[0].isNaN)
  }

  // MARK: Nothing at all

  @Test func emptyTensors() {
    let empty = Tensor.zeros([0, 3])
    #expect(Tensor([Float]()).shape == [0] && Tensor([[Float]]()).shape == [0, 0] && empty.scalars == [])
    #expect(
      (empty + 1).shape == [0, 3] && exp(empty).shape == [0, 3] && (empty * Tensor([1, 2, 3])).count == 0)
    #expect((empty + Tensor.ones([1, 3])).shape == [0, 3])
    #expect(empty.sum().scalar == 0 && empty.sum(0).scalars == [0, 0, 0])
    #expect(empty.sum(1).shape == [0] && empty.mean(1).shape == [0])
    #expect(empty.reversed(0).shape == [0, 3] && empty.reversed(1).shape == [0, 3])
    #expect(Tensor([[1, 2, 3], [4, 5, 6]]).reversed(-1) == Tensor([[3, 2, 1], [6, 5, 4]]))
    #expect(empty.transposed().shape == [3, 0] && empty.reshaped([3, 0]).shape == [3, 0])
    #expect(empty.reshaped([-1, 3]).shape == [0, 3] && empty.broadcast(to: [2, 0, 3]).shape == [2, 0, 3])
    #expect(empty.argmax() == [] && "\(empty)" == "Tensor[0, 3]: ")
  }

  @Test func emptyParts() {
    let matrix = Tensor([[1, 2, 3], [4, 5, 6]])
    #expect(matrix.slice(1..<1, axis: 1).shape == [2, 0] && matrix.rows([]).shape == [0, 3])
    #expect(concatenate([Tensor.zeros([0, 3]), matrix], axis: 0).scalars == matrix.scalars)
    #expect(stack([Tensor.zeros([0]), Tensor.zeros([0])]).shape == [2, 0])
  }

  @Test func productsOfNothing() {
    #expect(Tensor.zeros([0, 3]).matmul(Tensor.zeros([3, 2])).shape == [0, 2])
    #expect(Tensor.zeros([2, 3]).matmul(Tensor.zeros([3, 0])).shape == [2, 0])
    #expect(Tensor.zeros([2, 0]).matmul(Tensor.zeros([0, 2])).scalars == [0, 0, 0, 0])
    let bias = Tensor([5, 6])
    #expect(linear(Tensor.zeros([2, 0]), weight: Tensor.zeros([0, 2]), bias: bias).scalars == [5, 6, 5, 6])
  }

  @Test func gradientsThroughNothing() {
    let weights = [Tensor.ones([3, 2]), Tensor.ones([2])]
    let gradients = valueWithGradient(at: weights) {
      linear(Tensor.zeros([0, 3]), weight: $0[0], bias: $0[1]).sum() + $0[0].rows([]).sum()
        + $0[0].slice(1..<1, axis: 1).sum() + $0[0].slice(1..<1, axis: 0).mean()
    }.gradients
    #expect(gradients.map(\.shape) == [[3, 2], [2]])
    #expect(gradients.allSatisfy { $0.scalars.allSatisfy { $0 == 0 } })
  }
}
