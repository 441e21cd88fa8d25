import Tensors
import Testing

/// What is recorded, what is a constant, and that no gradient overwrites another.
@Suite struct GradientTests {
  private func gradients(at tensors: [Tensor], of function: ([Tensor]) -> Tensor) -> [[Float]] {
    valueWithGradient(at: tensors, of: function).gradients.map(\.scalars)
  }

  // MARK: What is recorded

  @Test func onlyTheGivenTensorsAreRecorded() {
    let (x, constant) = (Tensor([1, 2]), Tensor([3, 4]))
    let (value, gradients) = valueWithGradient(at: [x]) { tracked in
      #expect(tracked[0].isRecorded && (tracked[0] * constant).isRecorded)
      #expect(!x.isRecorded && !(x * constant).isRecorded && !stopGradient(tracked[0]).isRecorded)
      return (tracked[0] * constant * x).sum()
    }
    #expect(!value.isRecorded && gradients.allSatisfy { !$0.isRecorded })
    let sum: Float = 1 * 3 * 1 + 2 * 4 * 2
    #expect(value.scalar == sum)
    #expect(gradients[0].scalars == [3, 8])
  }

  @Test func aValueWithoutTheTensorHasZeroGradient() {
    let (value, gradients) = valueWithGradient(at: [Tensor([1, 2]), Tensor([[3]])]) { _ in Tensor(5) }
    #expect(value.scalar == 5)
    #expect(
      gradients.map(\.shape) == [[2], [1, 1]] && gradients.allSatisfy { $0.scalars.allSatisfy { $0 == 0 } })
  }

  @Test func theTensorItselfMayBeTheValue() {
    #expect(gradients(at: [Tensor(3)]) { $0[0] } == [[1]])
    #expect(gradients(at: [Tensor([[3]])]) { $0[0] } == [[1]])
  }

  @Test func aTensorGivenTwiceIsTwoVariables() {
    let x = Tensor([2, 5])
    #expect(gradients(at: [x, x]) { ($0[0] * $0[1] * $0[1]).sum() } == [[4, 25], [8, 50]])
  }

  @Test func stopGradientCutsOnePathOnly() {
    let x = Tensor([2, 3])
    #expect(gradients(at: [x]) { (stopGradient(square($0[0])) * $0[0]).sum() } == [[4, 9]])
    #expect(gradients(at: [x]) { (square($0[0]) - stopGradient(square($0[0]))).sum() } == [[4, 6]])
  }

  @Test func errorsOfTheClosurePassThrough() {
    struct Interrupted: Error {}
    #expect(throws: Interrupted.self) { try valueWithGradient(at: [Tensor(1)]) { _ in throw Interrupted() } }
  }

  // MARK: Several recordings

  @Test func theInnerCallSeesTheOuterAsConstant() {
    let outer = gradients(at: [Tensor(3)]) { x in
      let inner = valueWithGradient(at: [Tensor(5)]) { y in x[0] * square(y[0]) }
      #expect(inner.value.scalar == 75 && inner.gradients[0].scalar == 30)
      #expect(!inner.value.isRecorded && !inner.gradients[0].isRecorded)
      return x[0] * inner.gradients[0] + x[0] * inner.value
    }
    #expect(outer == [[30 + 75]])
  }

  @Test func theOuterTensorCanBeTrackedAgainInside() {
    let outer = gradients(at: [Tensor(3)]) { x in
      let inner = valueWithGradient(at: [x[0]]) { square($0[0]) }
      #expect(inner.gradients[0].scalar == 6)
      return square(x[0]) + inner.gradients[0]
    }
    #expect(outer == [[6]])
  }

  /// A world model's states start the actor's imagination after the world model's step.
  @Test func aTensorOfAnEarlierRecordingIsAConstant() {
    var state = Tensor(0)
    let first = gradients(at: [Tensor(3)]) { x in
      state = square(x[0])
      return state * 2
    }
    #expect(first == [[12]] && state.isRecorded)
    #expect(gradients(at: [Tensor(5)]) { state * square($0[0]) } == [[90]])
    #expect(gradients(at: [Tensor(5)]) { $0[0] * (state + state) } == [[18]])
    #expect(gradients(at: [Tensor(5)]) { _ in state } == [[0]])
  }

  @Test func everyOrderOfOldAndNewTensors() {
    var old = Tensor(0)
    _ = gradients(at: [Tensor(2)]) { x in
      old = x[0]
      return x[0]
    }
    #expect(gradients(at: [Tensor(3)]) { old * $0[0] } == [[2]])
    #expect(gradients(at: [Tensor(3)]) { $0[0] * old } == [[2]])
    #expect(gradients(at: [Tensor([3, 4])]) { concatenate([old.reshaped([1]), $0[0]]).sum() } == [[1, 1]])
    let gates = gradients(at: [Tensor.ones([1, 3])]) {
      gruGates(input: $0[0], hidden: (old * 0).broadcast(to: [1, 3]), state: old.reshaped([1, 1])).sum()
    }
    // h' = u·2 + (1 − u)·n with r = u = σ(1) and n = tanh(1): no path through the constants.
    let (gate, candidate) = (0.731_058_6, 0.761_594_2)
    #expect(gates[0][0] == 0)
    #expect(abs(Double(gates[0][1]) - gate * (1 - gate) * (2 - candidate)) < 1e-5)
    #expect(abs(Double(gates[0][2]) - (1 - gate) * (1 - candidate * candidate)) < 1e-5)
  }

  // MARK: Gradients that share memory

  @Test func aGradientSentToTwoPlacesStaysIntact() {
    let (a, b) = (Tensor([1, 2]), Tensor([3, 4]))
    #expect(gradients(at: [a]) { ($0[0] + $0[0]).sum() } == [[2, 2]])
    #expect(gradients(at: [a]) { ($0[0] + $0[0] + $0[0]).sum() } == [[3, 3]])
    #expect(gradients(at: [a, b]) { ($0[0] + $0[1] + 5 * $0[0]).sum() } == [[6, 6], [1, 1]])
    #expect(gradients(at: [a, b]) { (5 * $0[0] + ($0[0] + $0[1])).sum() } == [[6, 6], [1, 1]])
    #expect(gradients(at: [a, b]) { ($0[0] + $0[1] + $0[1] * $0[1]).sum() } == [[1, 1], [7, 9]])
  }

  @Test func aReshapedGradientStaysIntact() {
    let x = Tensor([[1, 2], [3, 4]])
    let found = gradients(at: [x, x]) { tensors in
      let flat = tensors[0].reshaped([4])
      let sum = flat + tensors[1].reshaped([4])
      return (sum + flat * flat).sum() + tensors[1].sum() + (tensors[0] * 10).sum()
    }
    #expect(found == [[13, 15, 17, 19], [2, 2, 2, 2]])
  }

  @Test func slicesAddToWhatIsThere() {
    let x = Tensor([1, 2, 3, 4])
    let found = gradients(at: [x, x]) { tensors in
      let sum = tensors[0] + tensors[1]
      let parts = sum.slice(0..<2, axis: 0).sum() + 2 * tensors[0].slice(1..<4, axis: 0).sum()
      return parts + sum.sum() + tensors[0].rows([3, 3]).sum()
    }
    #expect(found == [[2, 4, 3, 5], [2, 2, 1, 1]])
  }

  @Test func gradientsDoNotShareMemoryWithTheValues() {
    let x = Tensor([1, 2])
    var (_, gradients) = valueWithGradient(at: [x, x]) { ($0[0] + $0[1]).sum() }
    gradients[0].update { $0[0] = 100 }
    #expect(gradients[1].scalars == [1, 1] && x.scalars == [1, 2])
  }

  @Test func copiesAreValues() {
    var parameter = Tensor([1, 2])
    let (copy, view) = (parameter, parameter.reshaped([2, 1]))
    parameter.update { $0[0] = 9 }
    #expect(parameter.scalars == [9, 2] && copy.scalars == [1, 2] && view.scalars == [1, 2])
  }

  @Test func aPathOfEveryLengthArrivesOnce() {
    // y = x + x² + x⁴ + x⁸ through shared intermediate results; a node must wait for all of its uses.
    let found = gradients(at: [Tensor([0.5, 2])]) { tensors in
      let second = square(tensors[0])
      let fourth = square(second)
      return (tensors[0] + second + fourth + square(fourth)).sum()
    }
    let expected = [0.5, 2].map { (x: Float) in 1 + 2 * x + 4 * x * x * x + 8 * x * x * x * x * x * x * x }
    #expect(found == [expected])
  }
}
