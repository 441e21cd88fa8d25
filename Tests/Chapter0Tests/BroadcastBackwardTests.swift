import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// A gradient of shape [2, 3, 4] that goes back to smaller operands.
@Suite(.exercise("0.2")) struct BroadcastBackwardTests {
  let gradient = Tensor.sample([2, 3, 4], seed: 7)

  /// What every number of the operand collects, in double precision, with the number of its uses.
  private func collected(_ shape: [Int]) -> (sums: [Double], uses: Double) {
    var sums = [Double](repeating: 0, count: shape.reduce(1, *))
    for (position, number) in gradient.scalars.enumerated() {
      let place = [position / 12, position / 4 % 3, position % 4].suffix(shape.count)
      let own = zip(place, shape).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
      sums[own] += Double(number)
    }
    return (sums, 24 / Double(sums.count))
  }

  /// Expects the operand's gradient, and names mistakes by their values.
  private func expect(_ shape: [Int], mistakes: [Mistake] = []) {
    let (sums, uses) = collected(shape)
    var mistakes = mistakes
    if uses > 1 {
      mistakes.append(
        Mistake(
          "the mean: every use adds its gradient", gives: Tensor([sums.map { $0 / uses }], shape: shape)))
    }
    expectClose(
      broadcastBackward(gradient: gradient, shape: shape), Tensor([sums], shape: shape),
      "the gradient of an operand of shape \(shape)", mistakes: mistakes)
  }

  @Test func missingLeadingAxes() {
    expect(
      [4],
      mistakes: [
        Mistake(
          "the gradient of one copy: add up all of them", gives: gradient.at(0, axis: 0).at(0, axis: 0)),
        Mistake("the last axes summed: the missing ones are at the front", gives: gradient.sum(1, 2)),
        Mistake("a leading axis that was not summed", gives: gradient),
      ])
    expect(
      [3, 4],
      mistakes: [Mistake("the gradient of one copy: add up all of them", gives: gradient.at(0, axis: 0))])
  }

  @Test func axesOfExtentOne() {
    expect(
      [2, 1, 4],
      mistakes: [
        Mistake("an axis of extent 1 that was not summed", gives: gradient),
        Mistake("a summed axis that disappeared: it stays with extent 1", gives: gradient.sum(1)),
        Mistake("the gradient of one copy: add up all of them", gives: gradient.slice(0..<1, axis: 1)),
      ])
    expect([2, 1, 1], mistakes: [Mistake("an axis of extent 1 that was not summed", gives: gradient)])
  }

  @Test func both() {
    expect(
      [3, 1],
      mistakes: [
        Mistake("an axis of extent 1 that was not summed", gives: gradient.sum(0)),
        Mistake("a summed axis that disappeared: it stays with extent 1", gives: gradient.sum(0, 2)),
        Mistake("a leading axis that was not summed", gives: gradient.sum(2, keepingAxes: true)),
      ])
    expect([1, 3, 1])
  }

  @Test func aSingleNumber() {
    expect([], mistakes: [Mistake("a leading axis that was not summed", gives: gradient)])
  }

  @Test func nothingIsStretched() {
    expectClose(
      broadcastBackward(gradient: gradient, shape: [2, 3, 4]), gradient,
      "the gradient of an operand that has the shape of the sum")
  }
}
