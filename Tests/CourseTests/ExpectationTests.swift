import Testing

@testable import CourseTesting

@Suite struct ExpectationTests {
  @Test func closeNumbersAreNoIssue() {
    #expect(expectClose([[1, 2.00001], [3, 4]], [[1.0, 2], [3, 4]], "rows"))
    #expect(expectClose(Float.infinity, Double.infinity, "infinity"))
    #expect(expectShape([[1.0, 2, 3]], [1, 3], "row"))
    #expect(expectNonzero([0.0, 1e-3], "gradient", likely: "nothing"))
  }

  @Test func aProblemIsAnIssue() {
    withKnownIssue { expectClose(4, 5, "number") }
    withKnownIssue { expectShape([4.0], [2], "numbers") }
    withKnownIssue { expectNonzero(0, "number", likely: "zero") }
  }

  @Test func shapesComeFirst() {
    #expect(
      closenessProblem([[1.0, 2]], [[Double.nan], [2]]) == [
        "expected  shape [2, 1]", "got       shape [1, 2]",
      ])
    #expect(shapeProblem([1.0], [1, 1]) == ["expected  shape [1, 1]", "got       shape [1]"])
  }

  @Test func thenNumbersThatAreNotFinite() {
    #expect(
      closenessProblem([[9.0, 2], [.nan, 4]], [[1.0, 2], [3, 4]])
        == ["expected  3.0 at [1, 0]", "got       nan, one of 2 wrong numbers of 4"])
    #expect(
      shapeProblem([[1, 2], [Float.infinity, 1]], [2, 2])
        == ["expected  finite numbers", "got       inf at [1, 0]"])
    #expect(zeroProblem([0, Float.nan], "x")?.last == "got       numbers that are not finite")
  }

  @Test func thenTheFirstAndTheWorst() {
    #expect(
      closenessProblem([[1.0, 2.5], [3, 8]], [[1.0, 2], [3, 4]]) == [
        "expected  2.0 at [0, 1]", "got       2.5, one of 2 wrong numbers of 4",
        "worst     8.0, not 4.0, at [1, 1]",
      ])
  }

  @Test(arguments: [
    ([3.0, 5, 7], "the sum"), ([-1, -2, -4], "the right numbers with the opposite sign"),
    ([0.5, 1, 2], "the right numbers times 0.5"),
  ])
  func namesTheLikelyMistake(values: [Double], name: String) {
    let problem = closenessProblem(values, [1, 2, 4], .standard, [Mistake("the sum", gives: [3, 5, 7])])
    #expect(problem?.last == "likely    looks like \(name)")
  }

  @Test func namesAMistakeOfShape() {
    let problem = closenessProblem(7, [3, 4], .standard, [Mistake("a total", gives: 7)])
    #expect(problem?.last == "likely    looks like a total")
  }

  @Test func unknownMistakesHaveNoName() {
    #expect(closenessProblem([1.0, 5, 4], [1, 2, 4])?.count == 2)
    #expect(closenessProblem([1.0, 1, 1], [0, 0, 0])?.count == 2)
  }

  @Test func aCheckThatCannotTellAMistakeIsAnIssue() {
    #expect(
      closenessProblem(4, 4, .standard, [Mistake("2 + 2", gives: 4)])
        == ["the check cannot tell '2 + 2' from a right answer"])
  }

  @Test func gradientsAgainstFiniteDifferences() {
    let point: [Float] = [0.5, -1.5, 2]
    func cubes(_ x: [Float]) -> Float { x.reduce(0) { $0 + $1 * $1 * $1 } }
    #expect(expectGradient(point.map { 3 * $0 * $0 }, at: point, "cubes", of: cubes))
    let expected = finiteDifferenceGradient(at: point, of: cubes)
    #expect(closenessProblem(point.map { 3 * $0 }, expected, .finiteDifferences) != nil)
  }
}
