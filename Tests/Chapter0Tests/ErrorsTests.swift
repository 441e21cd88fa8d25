import CourseTesting
import Tensors
import Testing
import Training

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// The errors of a known model on 2 windows of 4 steps.
@Suite(.exercise("0.11")) struct ErrorsTests {
  let model = LatentWorldModel.example()
  let windows: SequenceBatch = {
    var observations = Tensor.sample([2, 4, 3], seed: 45)
    // Numbers of quite different sizes.
    observations = observations * Tensor([1, 0.2, 4])
    return SequenceBatch(
      observations: observations, actions: .sample([2, 4, 2], seed: 46),
      rewards: .sample([2, 4], seed: 47), continues: .ones([2, 4]), isFirst: .zeros([2, 4]))
  }()

  private func observation(_ row: Int, _ t: Int) -> [Double] { windows.observations.vectors[4 * row + t] }
  private func action(_ row: Int, _ t: Int) -> [Double] { windows.actions.vectors[4 * row + t] }
  private func reward(_ row: Int, _ t: Int) -> Double { windows.rewards.vectors[row][t] }

  /// The mean square of the numbers' deviations from their mean.
  private func variance(_ rows: [[Double]]) -> [Double] {
    (0..<3).map { column in
      let numbers = rows.map { $0[column] }
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      return numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
    }
  }

  private var changes: [[Double]] {
    (0..<2).flatMap { row in
      (1..<4).map { (t: Int) -> [Double] in
        zip(observation(row, t), observation(row, t - 1)).map { $0 - $1 }
      }
    }
  }

  /// The mean over pairs of squared errors, each divided by the unit of its number.
  private func mean(
    _ pairs: [(found: [Double], real: [Double])], unit: [Double]
  ) -> Double {
    let errors = pairs.flatMap { pair in
      zip(zip(pair.found, pair.real), unit).map { ($0.0 - $0.1) * ($0.0 - $0.1) / $1 }
    }
    return errors.reduce(0, +) / Double(errors.count)
  }

  private func latent(_ row: Int, _ t: Int) -> [Double] { Oracle.latent(model, seeing: observation(row, t)) }

  /// Latents predicted from the observation before, for rows and steps 1 to 3.
  private func predictions(_ action: (Int, Int) -> [Double]) -> [(latent: [Double], row: Int, t: Int)] {
    (0..<2).flatMap { row in
      (1..<4).map { t in (Oracle.next(model, latent(row, t - 1), action(row, t)), row, t) }
    }
  }

  private func observationError(
    _ action: (Int, Int) -> [Double], unit: [Double], lag: Int = 0
  ) -> Double {
    mean(
      predictions(action).map { (Oracle.linear($0.latent, model.decoder), observation($0.row, $0.t - lag)) },
      unit: unit)
  }

  @Test func reconstruction() {
    let pairs = (0..<2).flatMap { row in
      (0..<4).map { t in (Oracle.linear(latent(row, t), model.decoder), observation(row, t)) }
    }
    let unit = variance(changes)
    let all = windows.observations.vectors
    expectClose(
      model.errors(on: windows).reconstruction, mean(pairs, unit: unit), "the reconstruction error",
      mistakes: [
        Mistake("squared errors that are not divided by the variance", gives: mean(pairs, unit: [1, 1, 1])),
        Mistake(
          "the variance of the observations: that of their change is asked for",
          gives: mean(pairs, unit: variance(all))),
        Mistake(
          "a mean over the numbers before dividing: each number has its own unit",
          gives: mean(pairs, unit: [1, 1, 1]) / (unit.reduce(0, +) / 3)),
        Mistake("a root of the mean square", gives: mean(pairs, unit: unit).squareRoot()),
      ])
  }

  @Test func prediction() {
    let unit = variance(changes)
    let openLoop = (0..<2).flatMap { row -> [(found: [Double], real: [Double])] in
      var z = latent(row, 0)
      return (1..<4).map { t in
        z = Oracle.next(model, z, action(row, t))
        return (Oracle.linear(z, model.decoder), observation(row, t))
      }
    }
    expectClose(
      model.errors(on: windows).observation, observationError(action, unit: unit), "the error one step ahead",
      mistakes: [
        Mistake(
          "actions off by one: the action at t led to the observation at t",
          gives: observationError({ action($0, $1 - 1) }, unit: unit)),
        Mistake(
          "predictions compared with the observation that they started from",
          gives: observationError(action, unit: unit, lag: 1)),
        Mistake(
          "predictions from predictions: every step starts from what was seen",
          gives: mean(openLoop, unit: unit)),
        Mistake(
          "squared errors that are not divided by the variance",
          gives: observationError(action, unit: [1, 1, 1])),
        Mistake(
          "the variance of the observations: that of their change is asked for",
          gives: observationError(action, unit: variance(windows.observations.vectors))),
        Mistake(
          "a mean over the numbers before dividing: each number has its own unit",
          gives: observationError(action, unit: [1, 1, 1]) / (unit.reduce(0, +) / 3)),
        Mistake("a root of the mean square", gives: observationError(action, unit: unit).squareRoot()),
      ])
  }

  @Test func rewards() {
    func error(lag: Int, absolute: Bool = false) -> Double {
      let errors = predictions(action).map {
        Oracle.mlp($0.latent, model.rewardHead)[0] - reward($0.row, $0.t - lag)
      }
      return errors.reduce(0) { $0 + (absolute ? abs($1) : $1 * $1) } / 6
    }
    expectClose(
      model.errors(on: windows).reward, error(lag: 0), "the error of the reward",
      mistakes: [
        Mistake("rewards off by one: the reward at t came with the observation at t", gives: error(lag: 1)),
        Mistake("the mean of the absolute errors", gives: error(lag: 0, absolute: true)),
      ])
  }

  @Test func nothingIsDrawn() {
    var certain = model
    // Only the spread of the beliefs changes.
    certain.encoder.bias = concatenate([
      model.encoder.bias.slice(0..<5, axis: 0), Tensor(repeating: -30, shape: [5]),
    ])
    let (found, expected) = (model.errors(on: windows), certain.errors(on: windows))
    #expect(
      found.reconstruction == expected.reconstruction && found.observation == expected.observation,
      "the errors should not depend on the spread of the beliefs: looks like drawn latents: take the mean")
  }
}
