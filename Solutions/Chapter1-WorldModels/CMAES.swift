import Curriculum
import Foundation
import Tensors

/// The covariance matrix adaptation evolution strategy: finds the numbers that minimise a cost, from costs alone.
///
/// It draws candidates from a normal distribution N(m, σ²·C), looks at their order, and moves the distribution to
/// where the better ones lie: the mean m to their weighted mean, the covariance C towards the directions that
/// succeeded, and the step size σ up or down as successive steps agree or cancel.
///
/// ```swift
/// var search = CMAES(mean: [0, 0, 0], stepSize: 0.1)
/// while … {
///   let candidates = search.ask(using: &random)
///   search.tell(candidates, costs: candidates.map(cost))
/// }
/// ```
/// Source: Hansen, "The CMA Evolution Strategy: A Tutorial" (2016, arXiv:1604.00772); the equations' numbers are
/// its.
public struct CMAES: Sendable, Equatable {
  /// What follows from dimension and population.
  public let constants: CMAESConstants
  /// m: the best guess.
  public internal(set) var mean: [Double]
  /// σ: how far candidates lie from it, over all.
  public internal(set) var stepSize: Double
  /// C: the shape of the distribution, `[n, n]`.
  public internal(set) var covariance: [Double]
  /// p_σ: the sum of the steps of late, made round.
  public internal(set) var stepSizePath: [Double]
  /// p_c: the sum of the steps of late.
  public internal(set) var covariancePath: [Double]
  /// How many generations have been told.
  public internal(set) var generation: Int
  /// The axes of C, which may lag behind it by some generations.
  var axes: SymmetricEigendecomposition
  /// When they were computed.
  var axesGeneration: Int

  /// A search around `mean`, or one that goes on from a state.
  ///
  /// - Parameters:
  ///   - mean: where to begin, at least one number.
  ///   - stepSize: the standard deviation of the first candidates' numbers; above 0.
  ///   - populationSize: candidates in a generation, at least 2; nil for the tutorial's default.
  ///   - usesNegativeWeights: whether the covariance also learns from the worse half.
  ///   - covariance: `[n, n]`, symmetric and positive; nil for the identity.
  ///   - stepSizePath: p_σ; nil for zeros.
  ///   - covariancePath: p_c; nil for zeros.
  ///   - generation: how many generations led to that state.
  public init(
    mean: [Double], stepSize: Double, populationSize: Int? = nil, usesNegativeWeights: Bool = true,
    covariance: [Double]? = nil, stepSizePath: [Double]? = nil, covariancePath: [Double]? = nil,
    generation: Int = 0
  ) {
    precondition(stepSize > 0, "the step size must be above 0, not \(stepSize)")
    let zeros = [Double](repeating: 0, count: mean.count)
    constants = CMAESConstants(
      dimension: mean.count, populationSize: populationSize, usesNegativeWeights: usesNegativeWeights)
    self.mean = mean
    self.stepSize = stepSize
    self.stepSizePath = stepSizePath ?? zeros
    self.covariancePath = covariancePath ?? zeros
    self.generation = generation
    axes =
      covariance.map { SymmetricEigendecomposition($0, size: mean.count) }
      ?? SymmetricEigendecomposition(identity: mean.count)
    axesGeneration = generation
    self.covariance = covariance ?? axes.vectors
  }

  // MARK: Ask

  /// Draws the candidates of a generation: x = m + σ·B·D·z with z ~ N(0, 1) (equations 38–40).
  ///
  /// - Returns: `populationSize` vectors.
  public func ask(using random: inout SplitMix64) -> [[Double]] {
    let lengths = axes.values.map { max($0, 0).squareRoot() }
    return (0..<constants.populationSize).map { _ in
      let coordinates = lengths.map { $0 * random.normal() }
      return zip(mean, axes.combined(coordinates)).map { $0 + stepSize * $1 }
    }
  }

  // MARK: Tell

  /// Learns from the costs of a generation's candidates.
  ///
  /// - Parameters:
  ///   - candidates: vectors, as many as `populationSize`.
  ///   - costs: one for each, the smaller the better; only their order counts. NaN is the worst.
  public mutating func tell(_ candidates: [[Double]], costs: [Double]) {
    precondition(
      candidates.count == constants.populationSize && costs.count == candidates.count,
      "CMA-ES draws \(constants.populationSize) candidates, told of \(candidates.count) with \(costs.count) costs"
    )
    let (steps, meanStep) = moveMean(toward: candidates, costs: costs)
    generation += 1
    updateStepSize(along: meanStep)
    updateCovariance(steps, meanStep: meanStep)
    updateAxes()
  }

  /// Moves the mean to where the better candidates lie: m ← m + σ·⟨y⟩ (equations 41 and 42).
  ///
  /// The step to a candidate is y = (x − m) / σ, from the mean as it was, and ⟨y⟩ = Σ wᵢ·yᵢ goes over the better
  /// half only, whose weights are positive.
  ///
  /// - Parameters:
  ///   - candidates: vectors, `populationSize` of them.
  ///   - costs: one for each, the smaller the better; NaN is the worst.
  /// - Returns: y of every candidate, the best first, and ⟨y⟩.
  public mutating func moveMean(
    toward candidates: [[Double]], costs: [Double]
  ) -> (steps: [[Double]], meanStep: [Double]) {
    // BEGIN SOLUTION 1.9
    let costs = costs.map { $0.isNaN ? .infinity : $0 }
    let ranking = costs.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }
    let steps = ranking.map { index in zip(candidates[index], mean).map { ($0 - $1) / stepSize } }
    var meanStep = [Double](repeating: 0, count: constants.dimension)
    for (weight, step) in zip(constants.weights, steps.prefix(constants.parents)) {
      for index in meanStep.indices { meanStep[index] += weight * step[index] }
    }
    mean = zip(mean, meanStep).map { $0 + stepSize * $1 }
    return (steps, meanStep)
    // END SOLUTION 1.9
  }

  /// Goes on with the path p_σ, and makes steps longer where it is longer than that of random steps:
  /// p_σ ← (1 − c_σ)·p_σ + √(c_σ·(2 − c_σ)·μ_eff) · C^(−½)·⟨y⟩ (equation 43), then
  /// σ ← σ · exp(min(1, c_σ/d_σ · (|p_σ|/χₙ − 1))): equation 44, with a limit to the exponent that is not in it;
  /// implementations have it, so that one lucky generation cannot blow the search up.
  ///
  /// The limit of 1 guards against a single lucky generation, as in the author's code.
  ///
  /// - Parameter meanStep: ⟨y⟩ of this generation.
  public mutating func updateStepSize(along meanStep: [Double]) {
    // BEGIN SOLUTION 1.10
    let rate = constants.stepSizePathRate
    let gain = (rate * (2 - rate) * constants.effectiveParents).squareRoot()
    stepSizePath = zip(stepSizePath, whitened(meanStep)).map { (1 - rate) * $0 + gain * $1 }
    let surplus = norm(stepSizePath) / constants.expectedNorm - 1
    stepSize *= exp(min(1, rate / constants.stepSizeDamping * surplus))
    // END SOLUTION 1.10
  }

  /// h_σ: whether p_σ is no longer than expected of random steps; if it is, σ is about to grow, and p_c must not
  /// grow as well (the text below equation 45).
  var isStepSizePathShort: Bool {
    let age = 1 - pow(1 - constants.stepSizePathRate, Double(2 * generation))
    let limit = (1.4 + 2 / Double(constants.dimension + 1)) * constants.expectedNorm
    return norm(stepSizePath) / age.squareRoot() < limit
  }

  /// Stretches C along the path and the good steps, and shrinks it along the bad ones:
  /// p_c ← (1 − c_c)·p_c + h_σ·√(c_c·(2 − c_c)·μ_eff) · ⟨y⟩ (equation 45), then
  /// C ← (1 − c₁ − c_μ·Σw + δ)·C + c₁·p_c·p_cᵀ + c_μ·Σ w°·y·yᵀ (equation 47).
  ///
  /// A negative weight counts n/|C^(−½)·y|² times, so that C stays positive (equation 46): w° = w·n/|C^(−½)·y|², and
  /// w° = w of the others. While h_σ is 0, δ = c₁·c_c·(2 − c_c) makes up for what p_c lacks, else it is 0. C^(−½) is
  /// that of the candidates' distribution, whatever has become of C since.
  ///
  /// - Parameters:
  ///   - steps: y of every candidate, the best first.
  ///   - meanStep: ⟨y⟩.
  public mutating func updateCovariance(_ steps: [[Double]], meanStep: [Double]) {
    // BEGIN SOLUTION 1.11
    let (c1, cMu, rate) = (constants.rankOneRate, constants.rankMuRate, constants.covariancePathRate)
    let isShort = isStepSizePathShort
    let gain = isShort ? (rate * (2 - rate) * constants.effectiveParents).squareRoot() : 0
    covariancePath = zip(covariancePath, meanStep).map { (1 - rate) * $0 + gain * $1 }
    let missing = isShort ? 0 : c1 * rate * (2 - rate)
    let kept = 1 - c1 - cMu * constants.weights.reduce(0, +) + missing
    for index in covariance.indices { covariance[index] *= kept }
    addOuterProduct(of: covariancePath, weight: c1)
    for (weight, step) in zip(constants.weights, steps) where weight != 0 {
      let length = weight < 0 ? norm(whitened(step)) : 1
      let scale = weight < 0 ? Double(constants.dimension) / max(length * length, 1e-300) : 1
      addOuterProduct(of: step, weight: cMu * weight * scale)
    }
    // END SOLUTION 1.11
  }

  /// Decomposes C again once it has changed by about a tenth: this costs n³ operations, all else n² (B.2).
  mutating func updateAxes() {
    let change = 10 * Double(constants.dimension) * (constants.rankOneRate + constants.rankMuRate)
    guard Double(generation - axesGeneration) * change >= 1 else { return }
    axes = SymmetricEigendecomposition(covariance, size: constants.dimension)
    axesGeneration = generation
  }

  // MARK: Vectors

  /// C^(−½)·y: the step as it would be if C were the identity.
  func whitened(_ step: [Double]) -> [Double] {
    let inverseLengths = axes.values.map { 1 / max($0, 1e-300).squareRoot() }
    return axes.combined(zip(axes.coordinates(of: step), inverseLengths).map { $0 * $1 })
  }

  /// C ← C + weight · vector·vectorᵀ.
  private mutating func addOuterProduct(of vector: [Double], weight: Double) {
    let size = vector.count
    covariance.withUnsafeMutableBufferPointer { covariance in
      vector.withUnsafeBufferPointer { vector in
        for row in 0..<size {
          let scale = weight * vector[row]
          for column in 0..<size { covariance[row * size + column] += scale * vector[column] }
        }
      }
    }
  }
}

/// The Euclidean length of a vector.
private func norm(_ vector: [Double]) -> Double {
  vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

extension SymmetricEigendecomposition {
  /// A vector's components along the axes.
  func coordinates(of vector: [Double]) -> [Double] {
    let size = vector.count
    return vectors.withUnsafeBufferPointer { vectors in
      (0..<size).map { axis in
        var sum = 0.0
        for index in 0..<size { sum += vectors[axis * size + index] * vector[index] }
        return sum
      }
    }
  }

  /// The vector with these components along the axes.
  func combined(_ coordinates: [Double]) -> [Double] {
    let size = coordinates.count
    var sum = [Double](repeating: 0, count: size)
    vectors.withUnsafeBufferPointer { vectors in
      for (axis, coordinate) in coordinates.enumerated() {
        for index in 0..<size { sum[index] += coordinate * vectors[axis * size + index] }
      }
    }
    return sum
  }
}
