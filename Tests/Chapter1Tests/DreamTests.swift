import CourseTesting
import Foundation
import Networks
import Tensors
import Testing

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// Dreams of z with 3 numbers and a memory of 7.
@Suite(.exercise("1.12")) struct DreamTests {
  /// M with heads that a test sets; its cell is not used by dreams.
  ///
  /// - Parameters:
  ///   - logits: of the two components of each mixture.
  ///   - means: of the components, to which h adds its product with `weights`.
  ///   - weights: `[7, 3]`.
  private func memory(
    logits: [Float] = [0, 0], means: [Float] = [0, 0], logDeviation: Float = -20,
    weights: Tensor = .zeros([7, 3])
  ) -> MDNRNN {
    var random = SplitMix64(seed: 141)
    var memory = MDNRNN(latentSize: 3, actionSize: 2, configuration: settings(), using: &random)
    // For each number of z two logits, two means, two log-deviations.
    let rows: [[Double]] = weights.vectors.map { row in row.flatMap { [0, 0, $0, $0, 0, 0] } }
    let bias = logits + means + [logDeviation, logDeviation]
    memory.mixtureLayer = Linear(weight: Tensor(rows), bias: Tensor(bias + bias + bias))
    memory.rewardLayer = Linear(weight: .sample([7, 1], seed: 142), bias: Tensor([0.3]))
    // The logit of an end is the first number of h.
    memory.doneLayer = Linear(weight: Tensor([[1], [0], [0], [0], [0], [0], [0]]), bias: Tensor([0]))
    return memory
  }

  private func settings(temperature: Double = 1, limit: Int = 100) -> WorldModelsConfiguration {
    var settings = WorldModelsConfiguration.preset(.smoke)
    (settings.latentSize, settings.memorySize, settings.mixtures) = (3, 7, 2)
    (settings.temperature, settings.dreamSteps, settings.rewardScale) = (temperature, limit, 0.05)
    return settings
  }

  private func worlds(
    _ seeds: some Collection<Int>, _ memory: MDNRNN, temperature: Double = 1, limit: Int = 100
  ) -> DreamWorlds {
    DreamWorlds(
      start: .sample([seeds.count, 3], seed: 143), seeds: seeds.map { UInt64($0) }, memory: memory,
      configuration: settings(temperature: temperature, limit: limit))
  }

  /// Steps with h the same in every world.
  private func draws(_ memory: MDNRNN, temperature: Double) -> [Double] {
    var worlds = worlds(0..<500, memory, temperature: temperature)
    _ = worlds.step(Array(repeating: [0, 0], count: 500), memory: .zeros([500, 7]))
    return worlds.latents.scalars.map(Double.init)
  }

  private let hidden = Tensor.sample([4, 7], seed: 144)
  private let actions = [[Float]](repeating: [0.1, -0.2], count: 4)

  @Test func theNextLatentIsWhatMemoryExpects() {
    let weights = Tensor.sample([7, 3], seed: 145, low: -20, high: 20)
    var dreams = worlds(1...4, memory(weights: weights))
    let start = dreams.latents
    _ = dreams.step(actions, memory: hidden)
    let expected = hidden.vectors.map { h in
      (0..<3).map { column in zip(h, weights.vectors).reduce(0) { $0 + $1.0 * $1.1[column] } }
    }
    expectClose(
      dreams.latents, Tensor(expected), "z′ of four dreams when M is quite certain",
      mistakes: [
        Mistake("a dream that does not go on: latents must become z′", gives: start),
        Mistake("a change of z: M says what z′ is", gives: start + Tensor(expected)),
      ])
  }

  @Test func rewardsAreInTheWorldsUnits() {
    let memory = memory()
    var dreams = worlds(1...4, memory)
    let found = dreams.step(actions, memory: hidden).map(\.reward)
    let scaled = hidden.vectors.map { Oracle.linear($0, memory.rewardLayer)[0] }
    expectClose(
      found, scaled.map { $0 / 0.05 }, "rewards of four dreams, M's being scaled by 0.05",
      mistakes: [
        Mistake("M's reward, which is scaled", gives: scaled),
        Mistake("M's reward scaled a second time", gives: scaled.map { $0 * 0.05 }),
      ])
  }

  @Test func aDreamEndsWhereMemorySaysSo() {
    let logits: [Float] = [-2, 0.3, 0, 3]
    let hidden = Tensor(logits.map { [$0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5] })
    var dreams = worlds(1...4, memory(), limit: 1000)
    let found = (0..<60).map { _ in
      dreams.step(actions, memory: hidden).map { $0.isLast ? Float(1) : 0 }
    }
    guard Set(found).count == 1 else {
      Issue.record(
        "the same h ends other dreams in each step: looks like an end that is drawn; it is where the logit is above 0"
      )
      return
    }
    expectClose(
      found[0], [0, 1, 0, 1] as [Float], "which dreams end (1) when the logits are −2, 0.3, 0 and 3",
      mistakes: [
        Mistake(
          "a probability that is compared with 0, or one dream's end taken for all",
          gives: [1, 1, 1, 1] as [Float]),
        Mistake("an end where the logit is 0: it must be above", gives: [0, 1, 1, 1] as [Float]),
        Mistake(
          "a logit that is compared with ½ as if it were a probability", gives: [0, 0, 0, 1] as [Float]),
        Mistake("dreams that end only at the limit", gives: [0, 0, 0, 0] as [Float]),
        Mistake("the sign of the logit turned: it is that of the end", gives: [1, 0, 0, 0] as [Float]),
      ])
  }

  @Test func aDreamHasALimit() {
    var dreams = worlds(1...4, memory(), limit: 3)
    let ends = (0..<3).map { _ in
      dreams.step(actions, memory: Tensor(repeating: -200, shape: [4, 7])).map { $0.isLast ? Float(1) : 0 }
    }
    func all(_ steps: [Float]) -> [[Float]] { steps.map { Array(repeating: $0, count: 4) } }
    expectClose(
      ends, all([0, 0, 1]), "whether four dreams with a limit of 3 end (1) after steps 1, 2, 3",
      mistakes: [
        Mistake("a dream without limit, or with one that is a step too late", gives: all([0, 0, 0])),
        Mistake("a limit that is a step too early", gives: all([0, 1, 1])),
        Mistake("the steps of all four dreams counted together", gives: all([1, 1, 1])),
      ])
  }

  @Test func temperatureMakesDreamsDaring() {
    let wide = draws(memory(logDeviation: 0), temperature: 4)
    let mean = wide.reduce(0, +) / 1500
    let deviation = (wide.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1500).squareRoot()
    expectClose(
      deviation, 2, "the deviation of 1500 draws of z′ with σ = 1 and τ = 4: √τ",
      within: Tolerance(relative: 0.12, absolute: 0),
      mistakes: [
        Mistake("a dream without temperature", gives: 1),
        Mistake("the mean of the mixture: z′ is drawn", gives: 0),
        Mistake("a temperature that multiplies σ, not σ²", gives: 4),
      ])
    expectClose(
      Double(wide.count { abs($0) > 4 }) / 1500, 0.0455, "the share of draws more than two deviations away",
      within: Tolerance(relative: 0, absolute: 0.03),
      mistakes: [Mistake("noise that is not normal", gives: 0)])
    let low = draws(memory(logits: [0, 2], means: [-5, 5]), temperature: 4).count { $0 < 0 }
    expectClose(
      Double(low) / 1500, 0.3775, "the share of a component whose logit is 2 below the other's, τ = 4",
      within: Tolerance(relative: 0, absolute: 0.06),
      mistakes: [
        Mistake("a dream without temperature", gives: 0.1192),
        Mistake("the likelier component always", gives: 0),
        Mistake("both components alike", gives: 0.5),
      ])
  }

  /// z has three numbers with the same mixture: ±5, each with a deviation of 1.
  @Test func everyNumberHasItsOwnChance() {
    let dreams = Tensor([draws(memory(means: [-5, 5], logDeviation: 0), temperature: 1)], shape: [500, 3])
      .vectors
    func mean(_ number: ([Double]) -> Double) -> Double { dreams.reduce(0) { $0 + number($1) } / 500 }
    func place(_ z: Double) -> Double { z - (z < 0 ? -5 : 5) }
    expectClose(
      mean { $0[0] * $0[1] > 0 ? 1 : 0 }, 0.5, "how often two numbers of z choose the same component",
      within: Tolerance(relative: 0, absolute: 0.12),
      mistakes: [Mistake("one choice for all of z: every number has a mixture of its own", gives: 1)])
    expectClose(
      mean { place($0[0]) * place($0[1]) }, 0, "the covariance of two numbers' places in their components",
      within: Tolerance(relative: 0, absolute: 0.25),
      mistakes: [Mistake("one ε for all of z", gives: 1)])
    for (number, middle) in [(0, -5.0), (0, 5), (1, -5), (1, 5), (2, -5), (2, 5)] {
      let draws = dreams.map { $0[number] }.filter { $0 * middle > 0 }
      let variance = draws.reduce(0) { $0 + pow($1 - middle, 2) } / Double(draws.count)
      guard abs(variance - 1) > 0.5 else { continue }
      Issue.record(
        "the variance around \(middle) is \(variance), not 1: looks like the same random numbers for component and place"
      )
      return
    }
  }

  @Test func everyDreamHasItsOwnChance() {
    let memory = memory(means: [-3, 3], logDeviation: 0)
    /// z of the dream with seed 13 after two steps, and after one.
    func lastDream(beside others: [Int]) -> (first: [Float], second: [Float]) {
      var dreams = worlds(others + [13], memory)
      let count = others.count + 1
      let latents = (0..<2).map { _ in
        _ = dreams.step(Array(repeating: [0, 0], count: count), memory: .zeros([count, 7]))
        return dreams.latents.at(count - 1, axis: 0).scalars
      }
      return (latents[0], latents[1])
    }
    let (alone, together) = (lastDream(beside: []), lastDream(beside: [11, 12]))
    #expect(
      alone == together,
      "a dream goes another way when others are dreamt beside it: looks like one generator for all dreams")
    #expect(
      alone.first != alone.second,
      "the same z′ in both steps: looks like a copy of the generators, which never moves on")
  }
}
