import CourseTesting
import Foundation
import Tensors
import Testing

@Suite struct SoftmaxTests {
  /// More rows than one block of the kernel holds, on two threads, against sums in double precision.
  @Test(arguments: [[700, 33], [3, 5000], [5, 1]]) func largeMatrices(_ shape: [Int]) throws {
    var random = SplitMix64(seed: 1)
    let x = 5 * Tensor.normal(shape, using: &random)
    let (soft, logarithms, sums) = (softmax(x), logSoftmax(x), x.logSumExp())
    for row in 0..<shape[0] {
      let numbers = x.at(row, axis: 0).scalars.map(Double.init)
      let sum = numbers.reduce(0) { $0 + exp($1) }
      expectClose([Double(sums[row])], [log(sum)], rtol: 1e-6, atol: 1e-6, "sum of row \(row)")
      expectClose(
        soft.at(row, axis: 0).scalars.map(Double.init), numbers.map { exp($0) / sum }, rtol: 2e-6,
        atol: 1e-12, "softmax of row \(row)")
      expectClose(
        logarithms.at(row, axis: 0).scalars.map(Double.init), numbers.map { $0 - log(sum) }, rtol: 1e-6,
        atol: 2e-6, "logSoftmax of row \(row)")
    }
  }

  @Test func infiniteLogits() {
    let x = Tensor([[-.infinity, 1, -.infinity], [-.infinity, -.infinity, -.infinity], [.infinity, 0, 1]])
    #expect(softmax(x).at(0, axis: 0).scalars == [0, 1, 0])
    #expect(logSoftmax(x).at(0, axis: 0).scalars == [-Float.infinity, 0, -Float.infinity])
    #expect(x.logSumExp().scalars == [1, -.infinity, .infinity])
  }

  @Test func emptyTensors() {
    let (noRows, noColumns) = (Tensor.zeros([0, 3]), Tensor.zeros([3, 0]))
    #expect(softmax(noRows).shape == [0, 3] && logSoftmax(noColumns).shape == [3, 0])
    #expect(noRows.logSumExp().shape == [0] && noColumns.logSumExp().scalars.allSatisfy { $0 == -.infinity })
    #expect(noRows.maximum(1).shape == [0] && noRows.gather([]).shape == [0])
    #expect(Tensor.oneHot([], count: 4).shape == [0, 4])
    #expect(Tensor.zeros([0, 2, 3]).matmul(Tensor.zeros([0, 3, 4])).shape == [0, 2, 4])
    #expect(Tensor.zeros([2, 3, 0]).matmul(Tensor.zeros([2, 0, 4])) == Tensor.zeros([2, 3, 4]))
    let gradients = valueWithGradient(at: [noRows]) { softmax($0[0]).sum() + $0[0].logSumExp().sum() }
      .gradients
    #expect(gradients[0].shape == [0, 3])
  }

  @Test func equalLargestNumbersShareTheGradient() {
    let x = Tensor([[2, 5, 5], [-1, -1, -1]])
    let gradients = valueWithGradient(at: [x]) { ($0[0].maximum(1) * Tensor([2, 3])).sum() }.gradients
    #expect(gradients[0] == Tensor([[0, 1, 1], [1, 1, 1]]))
  }

  @Test func oneHotRowsAndGatheredNumbers() {
    #expect(Tensor.oneHot([2, 0], count: 3) == Tensor([[0, 0, 1], [1, 0, 0]]))
    let x = Tensor(shape: [2, 2, 3], [1, 2, 3, 4, 5, 6, 9, 8, 7, 6, 5, 4])
    for axis in 0..<3 { #expect(x.gather(x.argmax(axis), axis: axis) == x.maximum(axis)) }
  }
}
