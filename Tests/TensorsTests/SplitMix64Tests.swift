import Foundation
import Tensors
import Testing

@Suite struct SplitMix64Tests {
  /// The first numbers of the reference implementation (Vigna, splitmix64.c) for this seed.
  @Test func publishedSequence() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  private func moments(_ numbers: [Double]) -> (mean: Double, variance: Double, fourth: Double) {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let centred = numbers.map { $0 - mean }
    func moment(_ power: Double) -> Double {
      centred.reduce(0) { $0 + pow($1, power) } / Double(numbers.count)
    }
    return (mean, moment(2), moment(4))
  }

  @Test func uniformNumbers() {
    var random = SplitMix64(seed: 2)
    let numbers = (0..<100_000).map { _ in random.uniform() }
    let found = moments(numbers)
    #expect(numbers.allSatisfy { 0 <= $0 && $0 < 1 })
    // Five standard errors: 5 · 0.289 / √n, and 5 · 0.0745 / √n for the variance.
    #expect(abs(found.mean - 0.5) < 0.0046 && abs(found.variance - 1 / 12) < 0.0012)
    #expect((0..<1000).allSatisfy { _ in (-3...(-1)).contains(random.uniform(in: -3...(-1))) })
  }

  @Test func normalNumbers() {
    var random = SplitMix64(seed: 3)
    let found = moments((0..<100_000).map { _ in random.normal() })
    #expect(abs(found.mean) < 0.016 && abs(found.variance - 1) < 0.023 && abs(found.fourth - 3) < 0.16)
  }

  @Test func indices() {
    var random = SplitMix64(seed: 4)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 470 })
    #expect((0..<10).allSatisfy { _ in random.index(below: 1) == 0 })
  }

  @Test func shuffledElements() {
    var random = SplitMix64(seed: 5)
    var firsts = [0, 0, 0]
    for _ in 0..<3000 {
      let order = random.shuffled([0, 1, 2])
      #expect(order.sorted() == [0, 1, 2])
      firsts[order[0]] += 1
    }
    #expect(firsts.allSatisfy { abs($0 - 1000) < 130 })
    #expect(random.shuffled([Int]()) == [] && random.shuffled([9]) == [9])
  }

  @Test func splitGeneratorsDiffer() {
    var parent = SplitMix64(seed: 6)
    var expectedParent = SplitMix64(seed: 6)
    var child = parent.split()
    _ = expectedParent.next()
    #expect(parent == expectedParent)
    let shared = Set((0..<1000).map { _ in parent.next() }).intersection((0..<1000).map { _ in child.next() })
    #expect(shared.isEmpty)
  }

  @Test func aSavedStateContinues() throws {
    var random = SplitMix64(seed: 7)
    _ = random.normal()
    var restored = try JSONDecoder().decode(SplitMix64.self, from: JSONEncoder().encode(random))
    #expect((0..<10).map { _ in restored.next() } == (0..<10).map { _ in random.next() })
  }

  @Test func anImpossibleBoundStops() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = SplitMix64(seed: 8)
      _ = random.index(below: 0)
    }
    let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(output.contains("index(below:) needs a bound of at least 1, not 0"))
  }
}
