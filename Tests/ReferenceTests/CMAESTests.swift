import CourseTesting
import Tensors
import Testing
import WorldModels

@Suite struct CMAESTests {
  // MARK: Against the closed form and pycma

  @Test(arguments: ["N5_lambda8", "N20_lambda12", "N5_lambda64", "N867_lambda64"])
  func constantsAreThoseOfTheTutorial(_ name: String) throws {
    let golden = try GoldenCase.named("parameters_\(name)", in: "cmaes")
    let (dimension, population) = try (golden.input("N").number, golden.input("lambda").number)
    let found = CMAESConstants(dimension: Int(dimension), populationSize: Int(population))
    let positive = CMAESConstants(
      dimension: Int(dimension), populationSize: Int(population), usesNegativeWeights: false)
    func check(_ values: [Double], _ key: String) throws {
      expectClose(values, try golden.output(key).data, rtol: golden.rtol, atol: golden.atol, key)
    }
    try check([Double(found.parents)], "mu")
    try check(Array(positive.weights.prefix(found.parents)), "weights")
    #expect(positive.weights.dropFirst(found.parents).allSatisfy { $0 == 0 })
    try check(found.weights, "weights_active")
    try check([found.effectiveParents], "mueff")
    try check([found.stepSizePathRate], "c_sigma")
    try check([found.stepSizeDamping], "d_sigma")
    try check([found.covariancePathRate], "c_c")
    try check([found.rankOneRate], "c_1")
    try check([found.rankMuRate], "c_mu")
    try check([found.expectedNorm], "chiN")
  }

  @Test(arguments: [
    "from_start_N5_positive", "from_start_N5_active", "injected_state_N5_positive",
    "injected_state_N5_active",
    "from_start_N20_positive", "from_start_N20_active", "injected_state_N20_positive",
    "injected_state_N20_active",
  ])
  func tellIsTheTutorialsUpdate(_ name: String) throws {
    let golden = try GoldenCase.named("tell_\(name)", in: "cmaes")
    let costs = try golden.input("f")
    let isInjected = golden.inputs["C"] != nil
    let population = try #require(costs.shape.last)
    var search = CMAES(
      mean: try golden.input(isInjected ? "mean" : "mean0").data,
      stepSize: try golden.input(isInjected ? "sigma" : "sigma0").number, populationSize: population,
      usesNegativeWeights: try golden.input("active").number == 1, covariance: golden.inputs["C"]?.data,
      stepSizePath: golden.inputs["p_sigma"]?.data, covariancePath: golden.inputs["p_c"]?.data,
      generation: golden.inputs["g"].map { Int($0.number) } ?? 0)
    let size = search.mean.count
    for generation in 0..<costs.data.count / population {
      let candidates = (0..<population).map { candidate in
        Array(try! golden.input("X").data[((generation * population + candidate) * size)...].prefix(size))
      }
      search.tell(candidates, costs: Array(costs.data[(generation * population)...].prefix(population)))
      func check(_ values: [Double], _ key: String) throws {
        let expected = Array(try golden.output(key).data[(generation * values.count)...].prefix(values.count))
        expectClose(values, expected, rtol: golden.rtol, atol: golden.atol, "\(key), tell \(generation + 1)")
      }
      try check(search.mean, "mean")
      try check([search.stepSize], "sigma")
      try check(search.stepSizePath, "p_sigma")
      try check(search.covariancePath, "p_c")
      try check(search.covariance, "C")
    }
  }

  // MARK: Behaviour

  @Test func itFindsTheMinimumOfATurnedEllipse() {
    var random = SplitMix64(seed: 3)
    var search = CMAES(mean: [3, -2, 1, 4], stepSize: 1)
    func cost(_ x: [Double]) -> Double {
      let turned = [x[0] + x[1], x[0] - x[1], x[2] + x[3] - 1, x[2] - x[3]]
      return zip(turned, [1, 100, 1, 10_000]).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    }
    for _ in 0..<200 {
      let candidates = search.ask(using: &random)
      search.tell(candidates, costs: candidates.map(cost))
    }
    expectClose(search.mean, [0, 0, 0.5, 0.5], rtol: 0, atol: 1e-6, "the minimum")
    // The distribution has taken the shape of the ellipse: longest along (1, 1, 0, 0) and (0, 0, 1, 1).
    #expect(search.covariance[1] > 0 && abs(search.covariance[2]) < search.covariance[1])
  }

  @Test func onlyTheOrderOfCostsCountsAndNaNIsTheWorst() {
    var random = SplitMix64(seed: 5)
    var first = CMAES(mean: [1, 2, 3], stepSize: 0.3, populationSize: 6)
    var second = first
    let candidates = first.ask(using: &random)
    first.tell(candidates, costs: [5, 1, 3, 9, 2, 11])
    second.tell(candidates, costs: [-1, -5, -3, 7, -4.5, .nan])
    #expect(first == second)
  }

  @Test func theSameSeedDrawsTheSameCandidates() {
    var (one, other) = (SplitMix64(seed: 8), SplitMix64(seed: 8))
    let search = CMAES(mean: [0, 0], stepSize: 2, populationSize: 5)
    let candidates = search.ask(using: &one)
    #expect(candidates == search.ask(using: &other))
    #expect(candidates != search.ask(using: &other))
    #expect(candidates.count == 5 && candidates.allSatisfy { $0.count == 2 })
  }

  // MARK: Eigenvectors

  @Test(arguments: [1, 2, 3, 7, 40]) func axesRebuildTheMatrix(_ size: Int) {
    var random = SplitMix64(seed: UInt64(size))
    var matrix = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row {
        matrix[row * size + column] = random.normal()
        matrix[column * size + row] = matrix[row * size + column]
      }
    }
    let axes = SymmetricEigendecomposition(matrix, size: size)
    var rebuilt = [Double](repeating: 0, count: size * size)
    var products = rebuilt
    for i in 0..<size {
      for j in 0..<size {
        for k in 0..<size {
          rebuilt[i * size + j] += axes.values[k] * axes.vectors[k * size + i] * axes.vectors[k * size + j]
          products[i * size + j] += axes.vectors[i * size + k] * axes.vectors[j * size + k]
        }
      }
    }
    expectClose(rebuilt, matrix, rtol: 0, atol: 1e-12, "Σ value · vector · vectorᵀ")
    let identity = (0..<size * size).map { $0 % (size + 1) == 0 ? 1.0 : 0 }
    expectClose(products, identity, rtol: 0, atol: 1e-12, "vector · vector")
  }

  @Test func axesOfDiagonalAndRepeatedMatrices() {
    let diagonal = SymmetricEigendecomposition([3, 0, 0, 0, 1, 0, 0, 0, 2], size: 3)
    #expect(diagonal.values.sorted() == [1, 2, 3])
    let ones = SymmetricEigendecomposition([Double](repeating: 1, count: 16), size: 4)
    expectClose(ones.values.sorted(), [0, 0, 0, 4], rtol: 0, atol: 1e-14, "eigenvalues of ones")
  }
}
