import Tensors
import Testing

/// A wrong call and what the program must say when it stops.
private struct Mistake: Sendable {
  let message: String
  /// Where the wrong call is: one line below the message.
  let line: Int
  let run: @Sendable () -> Void

  init(_ message: String, line: Int = #line, run: @escaping @Sendable () -> Void) {
    self.message = message
    self.line = line + 1
    self.run = run
  }
}

/// Every wrong shape, axis or index stops with a message that shows it, and the place of the wrong call.
@Suite struct ShapeErrorTests {
  @Test(arguments: mistakes.indices) func stops(_ index: Int) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
      mistakes[index].run()
    }
    let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let line = try #require(output.split(separator: "\n").first { $0.contains("Fatal error") })
    #expect(line.contains("Fatal error: \(mistakes[index].message)"))
    #expect(line.hasSuffix("(called from Tests/TensorsTests/ShapeErrorTests.swift:\(mistakes[index].line))"))
  }
}

private let mistakes: [Mistake] = [
  Mistake("+: shapes [2, 3] and [2, 4] do not fit: 3 against 4 in axis -1") {
    _ = x + Tensor.zeros([2, 4])
  },
  Mistake("-: shapes [2, 3] and [3, 3] do not fit: 2 against 3 in axis -2") {
    _ = x - Tensor.zeros([3, 3])
  },
  Mistake("*: shapes [2, 3] and [2] do not fit") {
    _ = x * Tensor.zeros([2])
  },
  Mistake("/: shapes [4, 1] and [2, 3] do not fit") {
    _ = Tensor.zeros([4, 1]) / x
  },
  Mistake("maximum: shapes [2, 3] and [2] do not fit") {
    _ = maximum(x, Tensor.zeros([2]))
  },
  Mistake("broadcast: shape [2, 3] cannot be repeated to [3]") {
    _ = x.broadcast(to: [3])
  },
  Mistake("matmul: shapes [2, 3] and [2, 3] do not fit: 3 columns against 2 rows") {
    _ = x.matmul(x)
  },
  Mistake("matmul: shapes [2, 3] and [4, 2] do not fit: 2 columns against 4 rows") {
    _ = x.matmul(Tensor.zeros([4, 2]), transposingLeft: true)
  },
  Mistake("matmul of [4, 2, 3] and [5, 3, 2]: shapes [4] and [5] do not fit: 4 against 5 in axis -1") {
    _ = Tensor.zeros([4, 2, 3]).matmul(Tensor.zeros([5, 3, 2]))
  },
  Mistake("matmul: shapes [2, 3] and [3] must have two axes or more") {
    _ = x.matmul(Tensor.zeros([3]))
  },
  Mistake("linear: an input of shape [2, 3] does not fit a weight of shape [4, 5]") {
    _ = linear(x, weight: Tensor.zeros([4, 5]), bias: nil)
  },
  Mistake("linear: a bias of shape [3] does not fit a weight of shape [3, 5]") {
    _ = linear(x, weight: Tensor.zeros([3, 5]), bias: Tensor.zeros([3]))
  },
  Mistake("gruGates: a state of shape [2, 3] needs pre-activations of shape [2, 9], got [2, 9] and [2, 6]") {
    _ = gruGates(input: .zeros([2, 9]), hidden: .zeros([2, 6]), state: x)
  },
  Mistake("gruGates: the state must be [batch, size], not of shape []") {
    _ = gruGates(input: .zeros([2, 9]), hidden: .zeros([2, 9]), state: Tensor(0))
  },
  Mistake("normalized: a scale or offset of shape [2] does not fit rows of shape [2, 3]") {
    _ = x.normalized(scale: Tensor.zeros([2]), epsilon: 0)
  },
  Mistake(
    "attention: queries of shape [1, 2, 6] do not fit keys of shape [1, 3, 4] and values of shape [1, 3, 4]",
    line: #line + 1
  ) {
    _ = attention(query: .zeros([1, 2, 6]), key: .zeros([1, 3, 4]), value: .zeros([1, 3, 4]), heads: 2)
  },
  Mistake("attention: 4 heads cannot share the features of shape [1, 2, 6]") {
    _ = attention(query: .zeros([1, 2, 6]), key: .zeros([1, 2, 6]), value: .zeros([1, 2, 6]), heads: 4)
  },
  Mistake("attention: queries of shape [1, 3, 6] reach beyond keys of shape [1, 2, 6]") {
    _ = attention(query: .zeros([1, 3, 6]), key: .zeros([1, 2, 6]), value: .zeros([1, 2, 6]), heads: 2)
  },
  Mistake("reshaped: shape [2, 3] holds 6 numbers, shape [4, 2] needs 8") {
    _ = x.reshaped([4, 2])
  },
  Mistake("reshaped: 6 numbers of shape [2, 3] cannot be arranged as [-1, 4]") {
    _ = x.reshaped([-1, 4])
  },
  Mistake("reshaped: 6 numbers of shape [2, 3] cannot be arranged as [-2, -3]") {
    _ = x.reshaped([-2, -3])
  },
  Mistake("transposed: [0, 2] is not an order of the axes of shape [2, 3]") {
    _ = x.transposed(0, 2)
  },
  Mistake("slice: 1..<4 reaches outside axis 1 of shape [2, 3]") {
    _ = x.slice(1..<4, axis: -1)
  },
  Mistake("at: index 2 is outside axis 0 of shape [2, 3]") {
    _ = x.at(2, axis: 0)
  },
  Mistake("slice: axis 2 does not exist in a tensor of shape [2, 3]") {
    _ = x.slice(0..<1, axis: 2)
  },
  Mistake("reversed: axis 2 does not exist in a tensor of shape [2, 3]") {
    _ = x.reversed(2)
  },
  Mistake("sum: axis -3 does not exist in a tensor of shape [2, 3]") {
    _ = x.sum(-3)
  },
  Mistake("mean: axis 2 does not exist in a tensor of shape [2, 3]") {
    _ = x.mean(2)
  },
  Mistake("maximum: there is nothing to choose from in shape [2, 0]") {
    _ = Tensor.zeros([2, 0]).maximum(-1)
  },
  Mistake("softmax: axis -1 does not exist in a tensor of shape []") {
    _ = softmax(Tensor(0))
  },
  Mistake("logSumExp: axis 2 does not exist in a tensor of shape [2, 3]") {
    _ = x.logSumExp(2)
  },
  Mistake("sum: axes [0, -2] of shape [2, 3] name one axis twice") {
    _ = x.sum(0, -2)
  },
  Mistake("concatenate: shapes [2, 3] and [3, 3] differ outside axis 1") {
    _ = concatenate([x, Tensor.zeros([3, 3])])
  },
  Mistake("concatenate: there is nothing to join") {
    _ = concatenate([])
  },
  Mistake("stack: the shapes differ: [[2, 3], [3, 2]]") {
    _ = stack([x, x.transposed()])
  },
  Mistake("stack: a new axis 3 does not fit shape [2, 3]") {
    _ = stack([x], axis: 3)
  },
  Mistake("rows: index 2 is outside axis 0 of shape [2, 3]") {
    _ = x.rows([0, 2])
  },
  Mistake("gather: index 3 is outside axis 1 of shape [2, 3]") {
    _ = x.gather([0, 3])
  },
  Mistake("gather: shape [2, 3] without axis 0 needs 3 indices, got 2") {
    _ = x.gather([0, 1], axis: 0)
  },
  Mistake("oneHot: index -1 is outside axis 1 of shape [2, 4]") {
    _ = Tensor.oneHot([0, -1], count: 4)
  },
  Mistake("index [1, 3] does not exist in a tensor of shape [2, 3]") {
    _ = x[1, 3]
  },
  Mistake("scalar: a tensor of shape [2, 3] holds 6 numbers, not one") {
    _ = x.scalar
  },
  Mistake("Tensor: shape [2, 3] needs 6 numbers, got 2") {
    _ = Tensor(shape: [2, 3], [1, 2])
  },
  Mistake("Tensor: the rows have different lengths: [2, 1]") {
    _ = Tensor([[1, 2], [3]])
  },
  Mistake("Tensor: an axis of [2, -3] is negative") {
    _ = Tensor.zeros([2, -3])
  },
  Mistake("Tensor: an axis of [-2, -3] is negative", line: #line + 1) {
    var random = SplitMix64(seed: 1)
    _ = Tensor.normal([-2, -3], using: &random)
  },
  Mistake("clamped: the lower bound 2.0 is above the upper bound 1.0") {
    _ = x.clamped(2, 1)
  },
  Mistake("valueWithGradient: the loss must be a single number, not of shape [2, 3]") {
    _ = valueWithGradient(at: [x]) { $0[0] * 2 }
  },
  Mistake("argmax: axis 1 of shape [2, 0] is empty") {
    _ = Tensor.zeros([2, 0]).argmax()
  },
  Mistake("conv2d: an input of shape [2, 8, 6, 3] does not fit a weight of shape [4, 4, 5, 7]") {
    _ = conv2d(.zeros([2, 8, 6, 3]), weight: .zeros([4, 4, 5, 7]))
  },
  Mistake("conv2d: an input of shape [2, 3] does not fit a weight of shape [4, 4, 3, 7]") {
    _ = conv2d(x, weight: .zeros([4, 4, 3, 7]))
  },
  Mistake("conv2d: a bias of shape [3] does not fit a weight of shape [4, 4, 3, 7]") {
    _ = conv2d(.zeros([2, 8, 6, 3]), weight: .zeros([4, 4, 3, 7]), bias: .zeros([3]))
  },
  Mistake("conv2d: an image of shape [2, 3, 6, 3] with padding 0 is smaller than the kernel of shape") {
    _ = conv2d(.zeros([2, 3, 6, 3]), weight: .zeros([4, 4, 3, 7]))
  },
  Mistake("conv2d: stride 0 must be positive and padding 0 not negative") {
    _ = conv2d(.zeros([2, 8, 6, 3]), weight: .zeros([4, 4, 3, 7]), stride: 0)
  },
  Mistake("convTranspose2d: an input of shape [2, 8, 6, 3] does not fit a weight of shape [4, 4, 3, 7]") {
    _ = convTranspose2d(.zeros([2, 8, 6, 3]), weight: .zeros([4, 4, 3, 7]))
  },
  Mistake("convTranspose2d: of an image of shape [2, 1, 6, 7] and a kernel of shape [4, 4, 3, 7]") {
    _ = convTranspose2d(.zeros([2, 1, 6, 7]), weight: .zeros([4, 4, 3, 7]), padding: 2)
  },
  Mistake("maxPool2d: shape [2, 3, 4, 5] is not [batch, height, width, channel] with even height and width") {
    _ = maxPool2d(.zeros([2, 3, 4, 5]))
  },
  Mistake("upsample2d: shape [2, 3] is not [batch, height, width, channel]") {
    _ = upsample2d(x)
  },
]

private let x = Tensor.zeros([2, 3])
