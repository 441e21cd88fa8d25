import Foundation
import Kernels
import Tensors
import Testing

/// The kernels of training: recurrent cell, optimiser, random numbers.
@Suite struct KernelTrainingTests {
  @Test(arguments: [(1, 1), (3, 7), (2, 16), (5, 40)])
  func recurrentStep(batch: Int, size: Int) {
    let (count, wide) = (batch * size, 3 * batch * size)
    let (input, hidden) = (KernelBuffer(random: wide, seed: 1), KernelBuffer(random: wide, seed: 2))
    let (state, gradient) = (KernelBuffer(random: count, seed: 3), KernelBuffer(random: count, seed: 4))
    let (gates, out) = (KernelBuffer(empty: wide), KernelBuffer(empty: count))
    gruForward(
      input: input.pointer, hidden: hidden.pointer, state: state.pointer, gates: gates.start, into: out.start,
      batch: batch, size: size)
    let (fromInput, fromHidden) = (KernelBuffer(empty: wide), KernelBuffer(empty: wide))
    let fromState = KernelBuffer(empty: count)
    gruBackward(
      gradient: gradient.pointer, gates: gates.pointer, hidden: hidden.pointer, state: state.pointer,
      inputGradient: fromInput.start, hiddenGradient: fromHidden.start, stateGradient: fromState.start,
      batch: batch, size: size)

    /// Element `i` of row `row` after a small change of one of its seven inputs.
    func step(_ row: Int, _ i: Int, changing which: Int = -1, by change: Double = 0) -> Double {
      func value(_ buffer: KernelBuffer, _ part: Int, _ number: Int) -> Double {
        Double(buffer[row * 3 * size + part * size + i]) + (number == which ? change : 0)
      }
      func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
      let reset = sigmoid(value(input, 0, 0) + value(hidden, 0, 3))
      let update = sigmoid(value(input, 1, 1) + value(hidden, 1, 4))
      let candidate = tanh(value(input, 2, 2) + reset * value(hidden, 2, 5))
      let before = Double(state[row * size + i]) + (which == 6 ? change : 0)
      return update * before + (1 - update) * candidate
    }
    for row in 0..<batch {
      for i in 0..<size {
        #expect(isClose(out[row * size + i], step(row, i), absolute: 1e-6))
        let results =
          (0..<3).map { fromInput[row * 3 * size + $0 * size + i] }
          + (0..<3).map { fromHidden[row * 3 * size + $0 * size + i] } + [fromState[row * size + i]]
        for (which, result) in results.enumerated() {
          let slope =
            (step(row, i, changing: which, by: 1e-5) - step(row, i, changing: which, by: -1e-5)) / 2e-5
          #expect(isClose(result, slope * Double(gradient[row * size + i]), relative: 1e-5, absolute: 1e-6))
        }
      }
    }
  }

  @Test func optimisersFollowTheirDefinitions() {
    let count = 37
    let zeros = [Float](repeating: 0, count: count)
    let parameter = KernelBuffer(random: count, seed: 1)
    let (adam, laProp) = (KernelBuffer(parameter.values), KernelBuffer(parameter.values))
    let (first, second, first2, second2) = (
      KernelBuffer(zeros), KernelBuffer(zeros), KernelBuffer(zeros), KernelBuffer(zeros)
    )
    var (p, q) = (parameter.values.map(Double.init), parameter.values.map(Double.init))
    var (m, n, v, w) = (
      zeros.map(Double.init), zeros.map(Double.init), zeros.map(Double.init), zeros.map(Double.init)
    )
    for t in 1...5 {
      let gradient = KernelBuffer(random: count, seed: UInt64(10 + t))
      adamStep(
        adam.start, gradient: gradient.pointer, gradientScale: 0.5, firstMoment: first.start,
        secondMoment: second.start, count: count, rate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-3,
        decay: 0.01)
      laPropStep(
        laProp.start, gradient: gradient.pointer, firstMoment: first2.start, secondMoment: second2.start,
        count: count, rate: 0.02, beta1: 0.9, beta2: 0.99, epsilon: 1e-3, secondCorrection: 0.25)
      for i in 0..<count {
        let g = Double(gradient[i])
        m[i] = 0.9 * m[i] + 0.1 * 0.5 * g
        v[i] = 0.999 * v[i] + 0.001 * 0.25 * g * g
        p[i] = 0.99 * p[i] - 0.02 * m[i] / (v[i].squareRoot() + 1e-3)
        #expect(abs(Double(adam[i]) - p[i]) < 4e-6)
        w[i] = 0.99 * w[i] + 0.01 * g * g
        n[i] = 0.9 * n[i] + 0.1 * g / ((w[i] / 0.25).squareRoot() + 1e-3)
        q[i] -= 0.02 * n[i]
        #expect(abs(Double(laProp[i]) - q[i]) < 4e-6)
      }
    }
  }

  @Test(arguments: [0, 1, 16, 64, 65, 128, 129, 1000])
  func randomNumbersDependOnlyOnTheSeed(count: Int) {
    func draw(_ numbers: (inout SplitMix64) -> Tensor) -> [Float] {
      var random = SplitMix64(seed: 7)
      return numbers(&random).scalars
    }
    let normals = draw { .normal([count], using: &$0) }
    #expect(normals == draw { .normal([count], using: &$0) })
    let uniforms = draw { .uniform([count], using: &$0) }
    #expect(uniforms == draw { .uniform([count], using: &$0) })
    #expect(uniforms.allSatisfy { (0..<1).contains($0) })
    #expect(Set(normals).count == count && Set(uniforms).count == count)
  }

  @Test func normalsFollowTheTransform() {
    let out = KernelBuffer(empty: 128)
    var random = SplitMix64(seed: 5)
    let draws = (0..<drawsForNormalNumbers(128)).map { _ in random.next() }
    normalNumbers(from: draws, into: out.start, count: 128)
    #expect(draws.count == 64 && drawsForNormalNumbers(0) == 0 && drawsForNormalNumbers(129) == 128)
    for (i, bits) in draws.enumerated() {
      let radius = (-2 * log((Double(bits >> 32) + 0.5) * 0x1p-32)).squareRoot()
      let angle = 2 * Double.pi * Double((bits & 0xFFFF_FFFF) >> 8) * 0x1p-24
      #expect(abs(Double(out[i]) - radius * cos(angle)) < 2e-6)
      #expect(abs(Double(out[64 + i]) - radius * sin(angle)) < 2e-6)
    }
  }

  @Test func momentsOfTheDistributions() {
    let count = 100_000
    var random = SplitMix64(seed: 1)
    var out = Tensor.normal([count], using: &random).scalars
    func moment(_ power: Int) -> Double {
      var sum = 0.0
      for i in 0..<count { sum += (0..<power).reduce(1.0) { product, _ in product * Double(out[i]) } }
      return sum / Double(count)
    }
    #expect(abs(moment(1)) < 0.015 && abs(moment(2) - 1) < 0.02)
    #expect(abs(moment(3)) < 0.05 && abs(moment(4) - 3) < 0.12)
    out = Tensor.uniform([count], using: &random).scalars
    #expect(abs(moment(1) - 0.5) < 0.004 && abs(moment(2) - 1.0 / 3) < 0.004)
  }
}
