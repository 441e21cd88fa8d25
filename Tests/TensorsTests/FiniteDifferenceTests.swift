import CourseTesting
import Tensors
import Testing

/// Gradients of every operation against finite differences; all extents are distinct.
@Suite struct FiniteDifferenceTests {
  /// Numbers in ±[low, high]: away from the kinks at 0, alternating in sign unless `positive`.
  private func numbers(
    _ shape: [Int], seed: UInt64, _ low: Float = 0.25, _ high: Float = 1.5, positive: Bool = false
  ) -> Tensor {
    var random = SplitMix64(seed: seed)
    let sizes = Tensor.uniform(shape, low: low, high: high, using: &random)
    let signs = (0..<sizes.count).map { positive || $0 % 2 == 0 ? Float(1) : -1 }
    return sizes * Tensor(shape: shape, signs)
  }

  private static let functions: [String: @Sendable (Tensor) -> Tensor] = [
    "exp": { exp($0) }, "square": { square($0) }, "abs": { abs($0) }, "tanh": { tanh($0) },
    "sigmoid": { sigmoid($0) }, "logSigmoid": { logSigmoid($0) }, "softplus": { softplus($0) },
    "relu": { relu($0) }, "elu": { elu($0) }, "silu": { silu($0) }, "gelu": { gelu($0) }, "negative": { -$0 },
    "clamped": { $0.clamped(-0.9, 0.8) }, "numbers": { 2.5 - ($0 * 3 + 1.5) / 4 - 1 },
    "quotient": { 2 / $0 },
  ]

  @Test(arguments: functions.keys.sorted()) func functionsOfOneTensor(_ name: String) throws {
    let function = try #require(Self.functions[name])
    // On either side of the kink at 0 and of the bounds of `clamped`.
    let x = Tensor([[-1.4, -0.55, -0.3], [0.7, 1.1, 1.3]])
    expectGradientsMatchFiniteDifferences(at: [x]) { function($0[0]) }
  }

  @Test func logarithmAndRoot() {
    let x = numbers([2, 3], seed: 1, 0.8, 2, positive: true)
    expectGradientsMatchFiniteDifferences(at: [x]) { log($0[0]) }
    expectGradientsMatchFiniteDifferences(at: [x]) { sqrt($0[0]) }
  }

  @Test(arguments: [
    ([3, 4], [3, 4]), ([3, 4], [4]), ([3, 4], [1, 4]), ([3, 4], [3, 1]), ([3, 4], []), ([3, 4], [1, 1]),
    ([4], [3, 4]), ([3, 1], [3, 4]), ([], [3, 4]), ([3, 1], [1, 4]), ([3, 1], [4]), ([1], [3]),
    ([2, 3, 4], [3, 1]), ([2, 1, 4], [3, 1]), ([2, 1, 1], [3, 4]), ([5, 1, 3, 1], [2, 1, 4]), ([], []),
  ])
  func functionsOfTwoTensors(_ left: [Int], _ right: [Int]) {
    let a = numbers(left, seed: 2)
    let b = numbers(right, seed: 3, 1.6, 2.5)
    let operations: [(Tensor, Tensor) -> Tensor] = [
      { $0 + $1 }, { $0 - $1 }, { $0 * $1 }, { $0 / $1 }, { maximum($0, $1) }, { minimum($0, $1) },
    ]
    for operation in operations {
      expectGradientsMatchFiniteDifferences(at: [a, b]) { operation($0[0], $0[1]) }
    }
  }

  @Test func broadcasting() {
    for (shape, target) in [([3], [2, 3]), ([2, 1], [2, 3]), ([], [2]), ([4, 1, 3], [2, 4, 5, 3])] {
      expectGradientsMatchFiniteDifferences(at: [numbers(shape, seed: 4)]) {
        square($0[0]).broadcast(to: target)
      }
    }
  }

  @Test(arguments: [[0], [1], [2], [0, 1], [2, 0], [-1, -2], [0, 1, 2], []])
  func reductions(_ axes: [Int]) {
    let x = numbers([2, 3, 4], seed: 5)
    for keeping in [false, true] {
      expectGradientsMatchFiniteDifferences(at: [x]) { square($0[0]).summing(axes, keeping) }
      expectGradientsMatchFiniteDifferences(at: [x]) { square($0[0]).averaging(axes, keeping) }
    }
  }

  @Test(arguments: [[0], [1], [2], [0, -1], []]) func largestNumbers(_ axes: [Int]) {
    // No two numbers are closer than the steps of the differences reach.
    let x = Tensor(shape: [2, 3, 4], (0..<24).map { Float($0 * 7 % 24) / 4 - 3 })
    for keeping in [false, true] {
      expectGradientsMatchFiniteDifferences(at: [x]) { square($0[0].choosing(axes, keeping)) }
    }
  }

  @Test(arguments: [0, 1, 2]) func softmaxes(_ axis: Int) {
    let x = numbers([2, 3, 4], seed: 18)
    expectGradientsMatchFiniteDifferences(at: [x]) { softmax(3 * $0[0], axis: axis) }
    expectGradientsMatchFiniteDifferences(at: [x]) { logSoftmax($0[0], axis: axis - 3) }
    expectGradientsMatchFiniteDifferences(at: [x]) { square($0[0].logSumExp(axis)) }
    expectGradientsMatchFiniteDifferences(at: [x]) { $0[0].logSumExp(axis, keepingAxes: true) * $0[0] }
    expectGradientsMatchFiniteDifferences(at: [x]) { tensors in
      let indices = (0..<(24 / x.shape[axis])).map { $0 * 5 % x.shape[axis] }
      return square(tensors[0].gather(indices, axis: axis))
    }
  }

  @Test func normalisedRows() {
    let (x, scale, offset) = (numbers([2, 3, 5], seed: 21), numbers([5], seed: 22), numbers([5], seed: 23))
    for centers in [true, false] {
      expectGradientsMatchFiniteDifferences(at: [x, scale, offset], tolerance: 1e-3) {
        $0[0].normalized(scale: $0[1], offset: $0[2], centers: centers, epsilon: 0.1)
      }
      expectGradientsMatchFiniteDifferences(at: [x], tolerance: 1e-3) {
        $0[0].normalized(centers: centers, epsilon: 0.1)
      }
      expectGradientsMatchFiniteDifferences(at: [scale]) {
        x.normalized(scale: $0[0], centers: centers, epsilon: 0.1)
      }
    }
    // More rows than one block of the kernel, and rows of more than one vector.
    let large = numbers([35, 40], seed: 24)
    expectGradientsMatchFiniteDifferences(at: [large], tolerance: 1e-3) {
      ($0[0].normalized(epsilon: 0.1) * large).sum(0)
    }
  }

  @Test(arguments: [(3, 3, true), (2, 5, true), (4, 3, false)])
  func attentionOfHeads(_ queries: Int, _ keys: Int, isCausal: Bool) {
    let x = [
      numbers([2, queries, 8], seed: 25), numbers([2, keys, 8], seed: 26), numbers([2, keys, 8], seed: 27),
    ]
    expectGradientsMatchFiniteDifferences(at: x) {
      attention(query: $0[0], key: $0[1], value: $0[2], heads: 4, isCausal: isCausal)
    }
    expectGradientsMatchFiniteDifferences(at: [x[1]]) {
      attention(query: x[1], key: $0[0], value: $0[0], heads: 2, isCausal: isCausal)
    }
  }

  @Test func layout() {
    let x = numbers([2, 3, 4], seed: 6)
    let y = numbers([2, 5, 4], seed: 7)
    let functions: [([Tensor]) -> Tensor] = [
      { $0[0].reshaped([4, -1]) }, { $0[0].reshaped([24]) }, { $0[0].transposed() },
      { $0[0].transposed(2, 0, 1) }, { $0[0].transposed(1, 0, 2) }, { $0[0].slice(1..<3, axis: 1) },
      { $0[0].slice(0..<1, axis: 0) }, { $0[0].slice(2..<4, axis: -1) }, { $0[0].at(2, axis: 1) },
      { $0[0].at(1, axis: 0) }, { $0[0].at(3, axis: -1) }, { concatenate($0, axis: 1) },
      { concatenate([$0[1], $0[0], $0[1]], axis: -2) }, { stack([$0[0], 2 * $0[0]]) },
      { stack([$0[0], 2 * $0[0]], axis: 1) }, { stack([$0[0], 2 * $0[0]], axis: -1) },
      { $0[0].rows([1, 0, 1, 1]) }, { $0[1].reshaped([10, 4]).rows([7, 2, 7]) },
      { $0[0].reversed(1) }, { $0[0].reversed(-1) * $0[0] },
    ]
    for function in functions {
      expectGradientsMatchFiniteDifferences(at: [x, y]) { square(function($0)) }
    }
  }

  @Test func linearLayers() {
    let weight = numbers([4, 5], seed: 8)
    let bias = numbers([5], seed: 9)
    for shape in [[4], [3, 4], [2, 3, 4]] {
      let x = numbers(shape, seed: 10)
      expectGradientsMatchFiniteDifferences(at: [x, weight, bias]) {
        linear($0[0], weight: $0[1], bias: $0[2])
      }
      expectGradientsMatchFiniteDifferences(at: [x, weight]) { linear($0[0], weight: $0[1], bias: nil) }
      if shape.count > 1 {
        expectGradientsMatchFiniteDifferences(at: [x, weight]) { $0[0].matmul($0[1]) }
      }
    }
  }

  @Test(arguments: [
    ([2, 3], [3]), ([2], [2]), ([2, 1], [3]), ([], [2]), ([3], []), ([1, 3], [2, 1]), ([], []),
  ])
  func productsOfManyMatrices(_ left: [Int], _ right: [Int]) {
    for (flipsLeft, flipsRight) in [(false, false), (true, false), (false, true), (true, true)] {
      let a = numbers(left + (flipsLeft ? [5, 4] : [4, 5]), seed: 19)
      let b = numbers(right + (flipsRight ? [7, 5] : [5, 7]), seed: 20)
      expectGradientsMatchFiniteDifferences(at: [a, b]) {
        $0[0].matmul($0[1], transposingLeft: flipsLeft, transposingRight: flipsRight)
      }
    }
  }

  /// The kernel works in tiles of 8 rows and 32 columns; these products cross their borders.
  @Test func largerProducts() {
    let x = numbers([9, 17], seed: 11, 0.05, 0.2)
    let weight = numbers([17, 35], seed: 12, 0.05, 0.2)
    expectGradientsMatchFiniteDifferences(at: [x, weight]) { tanh($0[0].matmul($0[1])) }
  }

  @Test func weightsThatAreUsedAtEveryStep() {
    let weight = numbers([3, 3], seed: 13, 0.2, 0.6)
    let start = numbers([2, 3], seed: 14)
    expectGradientsMatchFiniteDifferences(at: [weight, start]) { tensors in
      (0..<4).reduce(tensors[1]) { state, _ in tanh(state.matmul(tensors[0])) }
    }
  }

  @Test func recurrentGates() {
    let parts = [numbers([2, 9], seed: 15), numbers([2, 9], seed: 16), numbers([2, 3], seed: 17)]
    expectGradientsMatchFiniteDifferences(at: parts) {
      gruGates(input: $0[0], hidden: $0[1], state: $0[2])
    }
    // Only some of the three are recorded.
    for index in parts.indices {
      expectGradientsMatchFiniteDifferences(at: [parts[index]]) { tensors in
        var all = parts
        all[index] = tensors[0]
        return gruGates(input: all[0], hidden: all[1], state: all[2])
      }
    }
    // One tensor in two places.
    expectGradientsMatchFiniteDifferences(at: [parts[0], parts[2]]) {
      gruGates(input: $0[0], hidden: $0[0], state: $0[1])
    }
  }

  @Test func equalNumbersShareTheGradient() {
    let x = Tensor([[1, 2], [3, 4]])
    let y = Tensor([[1, 5], [0, 4]])
    for (function, expected) in [(maximum, [0.5, 0, 1, 0.5]), (minimum, [0.5, 1, 0, 0.5])]
      as [(
        (Tensor, Tensor) -> Tensor, [Float]
      )]
    {
      let gradients = valueWithGradient(at: [x, y]) { function($0[0], $0[1]).sum() }.gradients
      #expect(gradients[0].scalars == expected)
      #expect(gradients[1].scalars == expected.map { 1 - $0 })
    }
  }
}

extension Tensor {
  fileprivate func choosing(_ axes: [Int], _ keeping: Bool) -> Tensor {
    switch axes.count {
    case 0: maximum(keepingAxes: keeping)
    case 1: maximum(axes[0], keepingAxes: keeping)
    default: maximum(axes[0], axes[1], keepingAxes: keeping)
    }
  }

  /// `sum` with a list of axes, which Swift cannot pass to a variadic parameter.
  fileprivate func summing(_ axes: [Int], _ keeping: Bool) -> Tensor {
    switch axes.count {
    case 0: sum(keepingAxes: keeping)
    case 1: sum(axes[0], keepingAxes: keeping)
    case 2: sum(axes[0], axes[1], keepingAxes: keeping)
    default: sum(axes[0], axes[1], axes[2], keepingAxes: keeping)
    }
  }

  fileprivate func averaging(_ axes: [Int], _ keeping: Bool) -> Tensor {
    switch axes.count {
    case 0: mean(keepingAxes: keeping)
    case 1: mean(axes[0], keepingAxes: keeping)
    case 2: mean(axes[0], axes[1], keepingAxes: keeping)
    default: mean(axes[0], axes[1], axes[2], keepingAxes: keeping)
    }
  }
}
