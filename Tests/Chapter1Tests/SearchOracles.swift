import CourseTesting
import Foundation
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// One generation of a search as pycma, by the author of CMA-ES, went through it.
struct GoldenGeneration {
  let golden: GoldenCase
  let candidates: [[Double]]
  let costs: [Double]
  let mean: [Double]
  let stepSize: Double

  /// The first generation of a case such as "from_start_N5_active".
  init(_ name: String) throws {
    golden = try GoldenCase.named("tell_\(name)", in: "cmaes")
    mean = try golden.inputs["mean"]?.data ?? golden.input("mean0").data
    stepSize = try golden.inputs["sigma"]?.number ?? golden.input("sigma0").number
    let (numbers, size) = (try golden.input("X"), mean.count)
    let population = numbers.shape[numbers.shape.count - 2]
    candidates = (0..<population).map { Array(numbers.data[$0 * size..<($0 + 1) * size]) }
    costs = Array(try golden.input("f").data.prefix(population))
  }

  /// The search before the generation, or with some of its results already in it.
  func search(stepSizePath: [Double]? = nil, isCounted: Bool = false) throws -> CMAES {
    CMAES(
      mean: mean, stepSize: stepSize, populationSize: costs.count,
      usesNegativeWeights: try golden.input("active").number == 1, covariance: golden.inputs["C"]?.data,
      stepSizePath: stepSizePath ?? golden.inputs["p_sigma"]?.data,
      covariancePath: golden.inputs["p_c"]?.data,
      generation: Int(golden.inputs["g"]?.number ?? 0) + (isCounted ? 1 : 0))
  }

  /// A result of the generation, of so many numbers.
  func after(_ key: String, count: Int) throws -> [Double] {
    Array(try golden.output(key).data.prefix(count))
  }

  /// y of the candidates, the best first.
  var steps: [[Double]] {
    zip(costs, candidates).sorted { $0.0 < $1.0 }.map { _, x in
      zip(x, mean).map { ($0 - $1) / stepSize }
    }
  }

  /// ⟨y⟩.
  func meanStep() throws -> [Double] {
    zip(try after("mean", count: mean.count), mean).map { ($0 - $1) / stepSize }
  }
}

/// A covariance whose powers are known, because its axes and its variances along them are.
struct KnownCovariance {
  let variances: [Double]
  let axes: [[Double]]

  /// Axes that are turned in every plane.
  init(variances: [Double]) {
    self.variances = variances
    var axes = variances.indices.map { row in variances.indices.map { $0 == row ? 1.0 : 0 } }
    for i in variances.indices {
      for j in variances.indices where j > i {
        let angle = 0.5 + 0.2 * Double(i + 2 * j)
        for k in axes.indices {
          let (a, b) = (axes[k][i], axes[k][j])
          (axes[k][i], axes[k][j]) = (cos(angle) * a - sin(angle) * b, sin(angle) * a + cos(angle) * b)
        }
      }
    }
    self.axes = axes
  }

  /// The matrix, row by row.
  var matrix: [Double] {
    variances.indices.flatMap { row in
      variances.indices.map { column in
        variances.indices.reduce(0) { $0 + variances[$1] * axes[$1][row] * axes[$1][column] }
      }
    }
  }

  /// C to a power, times a vector.
  func power(_ exponent: Double, times vector: [Double]) -> [Double] {
    zip(axes, variances).reduce(vector.map { _ in 0 }) { sum, axis in
      let along = pow(axis.1, exponent) * zip(axis.0, vector).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(sum, axis.0).map { $0 + along * $1 }
    }
  }
}

/// a·x + b·y.
func combine(_ a: Double, _ x: [Double], _ b: Double, _ y: [Double]) -> [Double] {
  zip(x, y).map { a * $0 + b * $1 }
}

/// The length of a vector.
func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// Numbers in double precision for a test.
func numbers(_ shape: [Int], seed: UInt64) -> [[Double]] {
  Tensor.sample(shape, seed: seed, low: -1.5, high: 1.5).vectors
}
