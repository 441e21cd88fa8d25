#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The numbers of CMA-ES that follow from the dimension and the population: nothing is left to tune.
///
/// Source: Hansen, "The CMA Evolution Strategy: A Tutorial" (2016, arXiv:1604.00772), table 1.
public struct CMAESConstants: Sendable, Equatable {
  /// n: how many numbers are searched for.
  public let dimension: Int
  /// λ: candidates in a generation.
  public let populationSize: Int
  /// w: one weight for each candidate, the best first.
  ///
  /// The better half is positive and sums to 1; the others
  /// are negative, or 0 without them.
  public let weights: [Double]
  /// μ: how many weights are positive.
  public let parents: Int
  /// μ_eff: how many candidates the weighted mean is worth.
  public let effectiveParents: Double
  /// c_σ: how fast the path of the step size forgets.
  public let stepSizePathRate: Double
  /// d_σ: damps the change of the step size.
  public let stepSizeDamping: Double
  /// c_c: how fast the path of the covariance forgets.
  public let covariancePathRate: Double
  /// c₁: the share of the rank-one update, from the path.
  public let rankOneRate: Double
  /// c_μ: the share of the rank-μ update, from the candidates.
  public let rankMuRate: Double
  /// χₙ: the expected length of a standard normal vector.
  public let expectedNorm: Double

  /// The constants for a dimension and a population.
  ///
  /// - Parameters:
  ///   - dimension: at least 1.
  ///   - populationSize: at least 2; nil for the tutorial's 4 + ⌊3·ln n⌋.
  ///   - usesNegativeWeights: whether the covariance also learns from the worse half ("active" CMA-ES).
  public init(dimension: Int, populationSize: Int? = nil, usesNegativeWeights: Bool = true) {
    let n = Double(dimension)
    let population = populationSize ?? 4 + Int(3 * log(n))
    precondition(dimension >= 1, "CMA-ES needs at least 1 dimension, not \(dimension)")
    precondition(population >= 2, "CMA-ES needs at least 2 candidates, not \(population)")
    self.dimension = dimension
    self.populationSize = population
    parents = population / 2
    let raw = (1...population).map { rank in log(Double(population + 1) / 2) - log(Double(rank)) }
    effectiveParents = Self.effectiveCount(raw.prefix(parents))
    let mu = effectiveParents
    stepSizePathRate = (mu + 2) / (n + mu + 5)
    stepSizeDamping = 1 + 2 * max(0, ((mu - 1) / (n + 1)).squareRoot() - 1) + stepSizePathRate
    covariancePathRate = (4 + mu / n) / (n + 4 + 2 * mu / n)
    rankOneRate = 2 / ((n + 1.3) * (n + 1.3) + mu)
    rankMuRate = min(1 - rankOneRate, 2 * (0.25 + mu + 1 / mu - 2) / ((n + 2) * (n + 2) + mu))
    expectedNorm = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
    let negativeSum =
      usesNegativeWeights
      ? Self.negativeSum(
        n: n, rankOne: rankOneRate, rankMu: rankMuRate, count: Self.effectiveCount(raw.dropFirst(parents)))
      : 0
    let positive = raw.prefix(parents).reduce(0, +)
    let negative = raw.dropFirst(parents).reduce(0, +)
    weights = raw.map { $0 >= 0 ? $0 / positive : $0 / -negative * negativeSum }
  }

  /// μ_eff of some weights: (Σw)² / Σw².
  private static func effectiveCount(_ weights: some Sequence<Double>) -> Double {
    let sum = weights.reduce(0, +)
    let squares = weights.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? sum * sum / squares : 0
  }

  /// How much the negative weights may sum to, so that the covariance stays positive (equations 49–53).
  private static func negativeSum(n: Double, rankOne: Double, rankMu: Double, count: Double) -> Double {
    min(1 + rankOne / rankMu, 1 + 2 * count / (count + 2), (1 - rankOne - rankMu) / (n * rankMu))
  }
}
