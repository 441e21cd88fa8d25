import CourseTesting
import Foundation
import Tensors
import Testing

@Suite struct ConvolutionTests {
  // MARK: PyTorch's numbers

  /// From PyTorch's order (batch, channel, height, width) to ours, and back.
  private func channelsLast(_ x: Tensor) -> Tensor { x.transposed(0, 2, 3, 1) }
  private func channelsFirst(_ x: Tensor) -> Tensor { x.transposed(0, 3, 1, 2) }

  @Test(arguments: [
    ("conv2d_k4s2p0", 2, 0), ("conv2d_k4s2p0_odd", 2, 0), ("conv2d_k4s2p1", 2, 1), ("conv2d_k3s1p1", 1, 1),
    ("conv2d_k1s1p0", 1, 0), ("conv2d_k4s2_same_tf", 2, 1), ("convT2d_k5s2", 2, 0), ("convT2d_k5s2_b", 2, 0),
    ("convT2d_k6s2", 2, 0), ("convT2d_k4s2p1", 2, 1),
  ])
  func golden(_ name: String, stride: Int, padding: Int) throws {
    let golden = try GoldenCase.named(name, in: "tensor_nn")
    try golden.check(at: golden.inputs["b"] == nil ? ["x", "w"] : ["x", "w", "b"]) { tensors in
      // [out, in, height, width] for a convolution, [in, out, height, width] for a transposed one.
      let weight = tensors[1].transposed(2, 3, 1, 0)
      let convolution = name.hasPrefix("convT") ? convTranspose2d : conv2d
      let bias = tensors.count > 2 ? tensors[2] : nil
      return ["y": channelsFirst(convolution(channelsLast(tensors[0]), weight, bias, stride, padding))]
    }
  }

  @Test func goldenPooling() throws {
    try GoldenCase.named("maxpool2d_2x2", in: "tensor_nn").check(at: ["x"]) {
      ["y": channelsFirst(maxPool2d(channelsLast($0[0])))]
    }
    try GoldenCase.named("upsample_nearest_2x", in: "tensor_nn").check(at: ["x"]) {
      ["y": channelsFirst(upsample2d(channelsLast($0[0])))]
    }
  }

  // MARK: The definition

  private func numbers(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = SplitMix64(seed: seed)
    return .uniform(shape, low: -1, high: 1, using: &random)
  }

  /// Every result as the sum that defines it.
  private func definition(_ x: Tensor, _ weight: Tensor, stride: Int, padding: Int) -> Tensor {
    let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
    let (kernelHeight, kernelWidth, features) = (weight.shape[0], weight.shape[1], weight.shape[3])
    let (rows, columns) = (
      (height + 2 * padding - kernelHeight) / stride + 1, (width + 2 * padding - kernelWidth) / stride + 1
    )
    let (pixels, weights) = (x.scalars, weight.scalars)
    var result: [Float] = []
    for image in 0..<x.shape[0] {
      for (row, column) in (0..<rows).flatMap({ row in (0..<columns).map { (row, $0) } }) {
        var sums = [Double](repeating: 0, count: features)
        for (i, j) in (0..<kernelHeight).flatMap({ i in (0..<kernelWidth).map { (i, $0) } }) {
          let (y, x) = (row * stride + i - padding, column * stride + j - padding)
          guard (0..<height).contains(y) && (0..<width).contains(x) else { continue }
          for channel in 0..<channels {
            let pixel = pixels[((image * height + y) * width + x) * channels + channel]
            let start = ((i * kernelWidth + j) * channels + channel) * features
            for feature in 0..<features { sums[feature] += Double(pixel * weights[start + feature]) }
          }
        }
        result += sums.map(Float.init)
      }
    }
    return Tensor(shape: [x.shape[0], rows, columns, features], result)
  }

  /// Sizes that cross the borders of tiles and of blocks, and zeros beyond the kernel's reach.
  @Test(arguments: [
    ([5, 33, 35, 5], [3, 4, 5, 37], 2, 1), ([3, 20, 31, 1], [5, 2, 1, 1], 1, 3),
    ([2, 9, 8, 16], [1, 1, 16, 3], 3, 0), ([2, 5, 4, 2], [1, 2, 2, 3], 2, 3),
    ([70, 6, 5, 33], [6, 5, 33, 34], 1, 0), ([1, 96, 96, 3], [4, 4, 3, 8], 2, 1),
  ])
  func largerSizes(_ image: [Int], _ kernel: [Int], stride: Int, padding: Int) {
    let (x, weight) = (numbers(image, seed: 1), numbers(kernel, seed: 2))
    let expected = definition(x, weight, stride: stride, padding: padding)
    let gradient = numbers(expected.shape, seed: 3)
    var y = x
    let gradients = valueWithGradient(at: [x, weight]) {
      y = conv2d($0[0], weight: $0[1], stride: stride, padding: padding)
      return (y * gradient).sum()
    }.gradients
    #expect(y.shape == expected.shape && largestDifference(y, expected) < 2e-4)

    // A bilinear function: ⟨y, g⟩ = ⟨x, dx⟩ = ⟨weight, dweight⟩; and exactly so for any other x and weight.
    let (otherX, otherWeight) = (numbers(image, seed: 4), numbers(kernel, seed: 5))
    for (left, right, direction, other) in [
      (otherX, weight, gradients[0], otherX), (x, otherWeight, gradients[1], otherWeight),
    ] {
      let change = definition(left, right, stride: stride, padding: padding)
      let (wanted, found) = (product(change, gradient), product(direction, other))
      #expect(Swift.abs(wanted - found) < 1e-4 * (1 + Double(change.count).squareRoot() * 10))
    }

    // The transposed convolution is the gradient, where no pixel is left over.
    if (image[1] + 2 * padding - kernel[0]) % stride + (image[2] + 2 * padding - kernel[1]) % stride == 0 {
      let spread = convTranspose2d(gradient, weight: weight, stride: stride, padding: padding)
      #expect(spread == gradients[0])
    }
  }

  private func product(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.scalars, b.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  private func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
    zip(a.scalars, b.scalars).reduce(0) { max($0, Swift.abs($1.0 - $1.1)) }
  }

  // MARK: Finite differences

  @Test(arguments: [(1, 0), (2, 0), (2, 1), (3, 2)]) func gradients(stride: Int, padding: Int) {
    let weight = numbers([4, 5, 3, 2], seed: 8)
    expectGradientsMatchFiniteDifferences(at: [
      numbers([2, 6, 7, 3], seed: 6), weight, numbers([2], seed: 7),
    ]) {
      tanh(0.2 * conv2d($0[0], weight: $0[1], bias: $0[2], stride: stride, padding: padding))
    }
    expectGradientsMatchFiniteDifferences(at: [
      numbers([3, 4, 2, 2], seed: 6), weight, numbers([3], seed: 7),
    ]) {
      tanh(0.2 * convTranspose2d($0[0], weight: $0[1], bias: $0[2], stride: stride, padding: padding))
    }
  }

  @Test func weightsThatAreUsedTwice() {
    let x = numbers([2, 5, 4, 3], seed: 9)
    expectGradientsMatchFiniteDifferences(at: [x, numbers([3, 2, 3, 3], seed: 10)]) {
      conv2d(conv2d($0[0], weight: $0[1], padding: 1), weight: $0[1])
    }
  }

  @Test func gradientsOfPooling() {
    // No two numbers are nearer than 1/4, so that no step changes which is the largest.
    var random = SplitMix64(seed: 11)
    let x = Tensor(shape: [2, 4, 6, 3], random.shuffled(Array(0..<144)).map { Float($0) / 4 })
    expectGradientsMatchFiniteDifferences(at: [x], tolerance: 2e-3) { maxPool2d($0[0]) }
    expectGradientsMatchFiniteDifferences(at: [numbers([2, 4, 3, 5], seed: 12)]) { square(upsample2d($0[0])) }
  }

  @Test func oneOfEqualNumbersReceivesTheGradient() {
    let gradients = valueWithGradient(at: [Tensor.zeros([1, 2, 4, 1])]) { maxPool2d($0[0]).sum() }.gradients
    #expect(gradients[0].scalars == [1, 0, 1, 0, 0, 0, 0, 0])
  }

  @Test func notANumberIsNotLost() {
    for place in 0..<4 {
      var pixels: [Float] = [1, 2, 3, 4]
      pixels[place] = .nan
      #expect(maxPool2d(Tensor(shape: [1, 2, 2, 1], pixels)).scalar.isNaN)
    }
  }

  @Test func emptyBatch() {
    let (x, weight) = (Tensor.zeros([0, 5, 6, 3]), numbers([3, 2, 3, 4], seed: 13))
    let gradients = valueWithGradient(at: [x, weight]) { conv2d($0[0], weight: $0[1]).sum() }.gradients
    #expect(gradients[0].shape == x.shape && gradients[1] == .zeros(weight.shape))
    #expect(convTranspose2d(.zeros([0, 2, 3, 4]), weight: weight, stride: 2).shape == [0, 5, 6, 3])
  }

  // MARK: Threads

  /// The same bits for any number of threads; each number in a process of its own.
  @Test func threadsDoNotChangeTheResult() async throws {
    var outputs: Set<String> = []
    for threads in 1...3 {
      let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        [threads = threads as Int] in
        setenv("COURSE_THREADS", "\(threads)", 1)
        print("bits \(checksumOfGradients())")
      }
      let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
      outputs.insert(String(try #require(text.split(separator: "\n").first { $0.hasPrefix("bits ") })))
    }
    #expect(outputs.count == 1, "\(outputs)")
  }
}

private func checksumOfGradients() -> UInt32 {
  var random = SplitMix64(seed: 14)
  let x = Tensor.normal([12, 31, 31, 8], using: &random)
  let weights = [
    Tensor.normal([4, 4, 8, 20], using: &random), Tensor.normal([5, 5, 3, 20], using: &random),
  ]
  let (value, gradients) = valueWithGradient(at: [x] + weights) { tensors in
    let maps = tanh(conv2d(tensors[0], weight: tensors[1], stride: 2))
    return square(convTranspose2d(maps, weight: tensors[2], stride: 2)).sum()
  }
  return ([value] + gradients).flatMap(\.scalars).reduce(0) { ($0 &* 31) ^ $1.bitPattern }
}
