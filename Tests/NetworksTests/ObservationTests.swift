import CourseTesting
import Networks
import Tensors
import Testing

/// Encoders and decoders of vectors and pictures: shapes, scales and gradients.
@Suite struct ObservationTests {
  @Test(arguments: [(16, 8 * 5), (32, 16 * 5), (64, 32 * 5)])
  func picturesThereAndBack(side: Int, embedding: Int) {
    var random = SplitMix64(seed: 1)
    let shape = [side, side, 3]
    let encoder = ObservationEncoder(shape, units: 7, hiddenLayers: 2, depth: 5, using: &random)
    let decoder = ObservationDecoder(
      shape, features: 9, units: 7, hiddenLayers: 2, depth: 5, using: &random)
    #expect(encoder.embeddingSize == embedding)
    #expect(encoder(.zeros([2, 3, side * side * 3])).shape == [2, 3, embedding])
    #expect(decoder(.zeros([2, 3, 9])).shape == [2, 3, side * side * 3])
    #expect(unvisitedTensors(in: encoder) == [] && unvisitedTensors(in: decoder) == [])
  }

  /// Kernels as in the papers for 64 pixels: 4·(3·32 + 32·64 + 64·128 + 128·256)·4 numbers, and so on.
  @Test func thePapersSizes() {
    var random = SplitMix64(seed: 1)
    let encoder = ObservationEncoder([64, 64, 3], units: 400, hiddenLayers: 4, depth: 32, using: &random)
    #expect(
      encoder.convolutions.map(\.weight.shape) == [
        [4, 4, 3, 32], [4, 4, 32, 64], [4, 4, 64, 128], [4, 4, 128, 256],
      ])
    #expect(encoder.embeddingSize == 1024)
    let decoder = ObservationDecoder(
      [64, 64, 3], features: 230, units: 400, hiddenLayers: 4, depth: 32, using: &random)
    #expect(decoder.layers.layers.map(\.weight.shape) == [[230, 1024]])
    #expect(
      decoder.convolutions.map(\.weight.shape) == [
        [5, 5, 128, 1024], [5, 5, 64, 128], [6, 6, 32, 64], [6, 6, 3, 32],
      ])
  }

  /// Networks see pictures in [−½, ½]: what is grey is nothing to them.
  @Test func greyIsZero() {
    var random = SplitMix64(seed: 1)
    let encoder = ObservationEncoder(
      [16, 16, 3], units: 7, hiddenLayers: 2, depth: 5, activation: { relu($0) }, using: &random)
    let grey = Tensor(repeating: 0.5, shape: [1, 768])
    #expect(encoder(grey).scalars.allSatisfy { $0 == 0 })
    #expect(encoder(grey + 0.1).scalars.contains { $0 > 0 })
    let decoder = ObservationDecoder(
      [16, 16, 3], features: 9, units: 7, hiddenLayers: 2, depth: 5, activation: { relu($0) }, using: &random)
    #expect(decoder(.zeros([1, 9])).scalars.allSatisfy { $0 == 0.5 })
  }

  /// A row of numbers is a picture in the order row, column, channel, in and out.
  @Test func picturesAreRowsOfPixels() {
    var random = SplitMix64(seed: 1)
    let encoder = ObservationEncoder([16, 16, 2], units: 7, hiddenLayers: 2, depth: 3, using: &random)
    let picture = Tensor.sample([1, 16, 16, 2], seed: 2, low: 0, high: 1)
    var expected = picture - 0.5
    for convolution in encoder.convolutions { expected = elu(convolution(expected)) }
    #expect(encoder(picture.reshaped([1, 512])).scalars == expected.scalars)
  }

  @Test func vectorsAreDense() {
    var random = SplitMix64(seed: 1)
    let encoder = ObservationEncoder([5], units: 7, hiddenLayers: 2, depth: 0, using: &random)
    let decoder = ObservationDecoder([5], features: 9, units: 7, hiddenLayers: 2, depth: 0, using: &random)
    let x = Tensor.sample([2, 3, 5], seed: 3)
    #expect(encoder(x) == encoder.layers!(x))
    #expect(encoder.embeddingSize == 7)
    #expect(decoder.layers.layers.map(\.weight.shape) == [[9, 7], [7, 7], [7, 5]])
  }
}
