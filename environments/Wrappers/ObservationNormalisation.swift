/// Shifts and scales each number of the observations to mean 0 and variance 1, by running statistics
/// of everything observed so far, over all episodes.
///
/// Source: Welford's running variance; as Gymnasium's NormalizeObservation.
public struct ObservationNormalisation<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  /// Whether new observations still change the statistics; turn it off to evaluate.
  public var isLearning = true

  /// The mean of each number so far.
  public private(set) var means: [Double]

  private var squaredDeviations: [Double]
  private var observationCount = 0.0

  /// An environment with normalised observations.
  ///
  /// - Parameter base: the environment to wrap, with vectors as observations.
  public init(_ base: Base) {
    guard case .box = base.observationSpace else {
      preconditionFailure("only vectors can be normalised, not \(base.observationSpace)")
    }
    self.base = base
    means = Array(repeating: 0, count: base.observationSpace.count)
    squaredDeviations = means
  }

  /// As many numbers as the wrapped task's, without bounds.
  public var observationSpace: Space {
    .box(
      low: Array(repeating: -.infinity, count: means.count),
      high: Array(repeating: .infinity, count: means.count))
  }

  /// The variance of each number so far; 1 before there are two observations.
  public var variances: [Double] {
    observationCount < 2
      ? Array(repeating: 1, count: means.count) : squaredDeviations.map { $0 / observationCount }
  }

  /// Starts an episode; the statistics go on.
  public mutating func reset(seed: UInt64) -> [Float] { normalise(base.reset(seed: seed)) }

  /// Steps and normalises.
  public mutating func step(_ action: [Float]) -> StepResult {
    var result = base.step(action)
    result.observation = normalise(result.observation)
    return result
  }

  /// Draws what a normalised observation means by the present statistics.
  public func render(observation: [Float], width: Int, height: Int) -> RGBImage {
    let variances = variances
    let original = observation.indices.map { index in
      Float(means[index] + Double(observation[index]) * (variances[index] + Self.epsilon).squareRoot())
    }
    return base.render(observation: original, width: width, height: height)
  }

  private mutating func normalise(_ observation: [Float]) -> [Float] {
    if isLearning {
      observationCount += 1
      for index in observation.indices {
        let deviation = Double(observation[index]) - means[index]
        means[index] += deviation / observationCount
        squaredDeviations[index] += deviation * (Double(observation[index]) - means[index])
      }
    }
    let variances = variances
    return observation.indices.map { index in
      Float((Double(observation[index]) - means[index]) / (variances[index] + Self.epsilon).squareRoot())
    }
  }

  private static var epsilon: Double { 1e-8 }
}
