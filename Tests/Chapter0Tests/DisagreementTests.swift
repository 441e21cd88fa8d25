import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// Five models that look at a batch of 4.
@Suite(.exercise("0.12")) struct DisagreementTests {
  let ensemble = WorldModelEnsemble(members: [30, 50, 52, 54, 56].map { .example(seed: $0) })
  let observation = Tensor.sample([4, 3], seed: 48)
  let action = Tensor.sample([4, 2], seed: 49)

  private typealias Numbers = [[[Double]]]

  /// What every member says of every row, `[member][row][number]`.
  private func said(_ read: (LatentWorldModel, [Double]) -> [Double]) -> Numbers {
    ensemble.members.map { model in
      zip(observation.vectors, action.vectors).map {
        read(model, Oracle.next(model, Oracle.latent(model, seeing: $0), $1))
      }
    }
  }

  private var predictions: Numbers { said { Oracle.linear($1, $0.decoder) } }

  /// For each row, a mean over the numbers of what `spread` makes of the members' values.
  private func perRow(_ numbers: Numbers, _ spread: ([Double]) -> Double) -> [Double] {
    (0..<4).map { row in
      let columns = numbers[0][row].indices
      return columns.reduce(0) { sum, column in sum + spread(numbers.map { $0[row][column] }) }
        / Double(columns.count)
    }
  }

  private func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  @Test func spreadOverTheMembers() {
    let right = perRow(predictions, variance)
    let overRows = ensemble.members.indices.map { member in
      (0..<3).reduce(0) { sum, column in sum + variance(predictions[member].map { $0[column] }) } / 3
    }
    expectClose(
      ensemble.disagreement(observation: observation, action: action), right, "the disagreement of 5 models",
      mistakes: [
        Mistake("a variance over the batch: it is the members that disagree", gives: overRows),
        Mistake(
          "latents compared: they mean something else in every model, observations do not",
          gives: perRow(said { $1 }, variance)),
        Mistake("the standard deviation", gives: perRow(predictions) { variance($0).squareRoot() }),
        Mistake("division by the members less one", gives: right.map { 1.25 * $0 }),
        Mistake("the sum over the numbers: their mean is asked for", gives: right.map { 3 * $0 }),
        Mistake("the sum over the members: their mean is asked for", gives: right.map { 5 * $0 }),
        Mistake(
          "the largest distance between two members", gives: perRow(predictions) { $0.max()! - $0.min()! }),
        Mistake("one number for the whole batch", gives: right.reduce(0, +) / 4),
      ])
  }

  @Test func likeMindedModelsAgree() {
    let one = LatentWorldModel.example()
    let same = WorldModelEnsemble(members: [one, one, one, one])
    expectClose(
      same.disagreement(observation: observation, action: action), Tensor.zeros([4]),
      "the disagreement of 4 copies of a model",
      mistakes: [])
  }

  @Test func nothingIsDrawn() {
    let again = [1, 2].map { _ in ensemble.disagreement(observation: observation, action: action) }
    var certain = ensemble
    for index in certain.members.indices {
      let bias = certain.members[index].encoder.bias
      certain.members[index].encoder.bias = concatenate([
        bias.slice(0..<5, axis: 0), Tensor(repeating: -30, shape: [5]),
      ])
    }
    let without = certain.disagreement(observation: observation, action: action)
    #expect(
      again[0] == again[1] && again[0] == without,
      "the disagreement should not depend on the spread of the beliefs: looks like drawn latents: take the mean"
    )
  }

  @Test func rowsAreOnTheirOwn() {
    let alone = (0..<4).map { row in
      ensemble.disagreement(
        observation: observation.slice(row..<(row + 1), axis: 0),
        action: action.slice(row..<(row + 1), axis: 0))
    }
    expectClose(
      ensemble.disagreement(observation: observation, action: action), concatenate(alone),
      "the disagreement of a batch of 4, beside that of each row alone",
      mistakes: [])
  }
}
