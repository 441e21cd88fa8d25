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

/// The distributions over z: from 2 pictures of 16 pixels, and from 3 vectors of 7 numbers.
@Suite(.exercise("1.1")) struct EncoderTests {
  let pictures = Tensor.sample([2, 16 * 16 * 3], seed: 13, low: 0)
  let encoder = VAE.example(isImage: true).encoder
  /// Large numbers, so that a limit anywhere shows.
  let vectors = Tensor.sample([3, 7], seed: 14, low: -30, high: 30)
  /// With a second dense layer, so that it is not enough to use the first.
  let vectorEncoder: Encoder

  init() {
    var encoder = VAE.example(isImage: false).encoder
    encoder.layers.append(Linear(weight: .sample([9, 9], seed: 16), bias: .sample([9], seed: 17)))
    vectorEncoder = encoder
  }

  /// What reaches the heads of the encoder of pictures.
  private func hidden(
    activation: (_ layer: Int, Double) -> Double = { max($1, 0) },
    flattened: (Oracle.Picture) -> [Double] = { $0.numbers }, channelsFirst: Bool = false
  ) -> [[Double]] {
    pictures.vectors.map { numbers in
      let read = channelsFirst ? (0..<16 * 16 * 3).map { numbers[$0 % 3 * 256 + $0 / 3] } : numbers
      let picture = Oracle.Picture(side: 16, channels: 3, numbers: read)
      return flattened(Oracle.convolutions(encoder.convolutions, of: picture, activation: activation))
    }
  }

  /// Compares both heads, which read `hidden`, with what other hidden layers would give.
  private func expectHeads(
    of encoder: Encoder, reading hidden: [[Double]], _ latent: LatentNormal, _ input: String,
    mistakes: [(name: String, hidden: [[Double]])]
  ) {
    let heads = [encoder.mean, encoder.logVariance]
    for (index, found) in [latent.mean, latent.logVariance].enumerated() {
      func values(_ hidden: [[Double]], _ head: Int) -> [[Double]] {
        hidden.map { Oracle.linear($0, heads[head]) }
      }
      expectClose(
        found, values(hidden, index), "\(["μ", "log σ²"][index]) of \(input)",
        mistakes: mistakes.map { Mistake($0.name, gives: values($0.hidden, index)) }
          + headMistakes(values(hidden, index), values(hidden, 1 - index)))
    }
  }

  /// Mistakes after the last hidden layer, by what they give for one of the heads.
  private func headMistakes(_ right: [[Double]], _ other: [[Double]]) -> [Mistake] {
    [
      Mistake("the other head: μ and log σ² are exchanged, or one is used twice", gives: other),
      Mistake(
        "a ReLU after a head: both numbers may be negative", gives: right.map { $0.map { max($0, 0) } }),
      Mistake(
        "σ where log σ² belongs: the head's output is log σ² as it is",
        gives: right.map { $0.map { exp($0 / 2) } }),
      Mistake(
        "σ² where log σ² belongs: the head's output is log σ² as it is", gives: right.map { $0.map(exp) }),
    ]
  }

  @Test func oneLatentForEachPicture() {
    let latent = encoder(pictures)
    expectShape(latent.mean, [2, 6], "μ of 2 pictures")
    expectShape(latent.logVariance, [2, 6], "log σ² of 2 pictures")
  }

  @Test func latentsOfVectors() {
    func hidden(
      layers: Int = 2, last: ((Double) -> Double)? = nil, _ activation: (Double) -> Double = { max($0, 0) }
    ) -> [[Double]] {
      vectors.vectors.map { vector in
        vectorEncoder.layers.prefix(layers).enumerated().reduce(vector) { hidden, layer in
          let numbers = Oracle.linear(hidden, layer.element)
          guard let last, layer.offset == 1 else { return numbers.map(activation) }
          return numbers.map(last)
        }
      }
    }
    expectHeads(
      of: vectorEncoder, reading: hidden(), vectorEncoder(vectors), "3 vectors, after two dense layers",
      mistakes: [
        ("dense layers without their ReLU", hidden { $0 }), ("a tanh in place of ReLU", hidden(tanh)),
        ("no ReLU after the last dense layer", hidden(last: { $0 })),
        ("the first dense layer only", hidden(layers: 1)),
        ("an ELU, which is Dreamer's: World Models uses ReLU", hidden(Oracle.elu)),
      ])
  }

  @Test func latentsOfPictures() {
    let last = encoder.convolutions.count - 1
    expectHeads(
      of: encoder, reading: hidden(), encoder(pictures), "2 pictures",
      mistakes: [
        ("no ReLU at all: convolutions alone are one linear map", hidden(activation: { $1 })),
        ("no ReLU after the last convolution", hidden(activation: { $0 == last ? $1 : max($1, 0) })),
        (
          "channels first: flatten [height, width, channel] as it is", hidden(flattened: { $0.channelsFirst })
        ),
        (
          "a picture read as [channel, height, width]: it comes as [height, width, channel]",
          hidden(channelsFirst: true)
        ),
      ])
  }

  /// 64 pixels through four convolutions, in PyTorch.
  @Test func officialValues() throws {
    let golden = try GoldenCase.named("conv_encoder_unpadded", in: "worldmodels")
    var encoder = VAE.example(isImage: true, imageSize: 64, channels: [2, 3, 3, 4], latentSize: 5).encoder
    for index in 0..<4 {
      let weight = try golden.input("w\(index + 1)").tensor
      encoder.convolutions[index].weight = weight.transposed(2, 3, 1, 0)
      encoder.convolutions[index].bias = try golden.input("b\(index + 1)").tensor
    }
    encoder.mean = Linear(
      weight: try golden.input("w_mu").tensor.transposed(), bias: try golden.input("b_mu").tensor)
    let pixels = (0..<64 * 64 * 3).map { index -> Float in
      let (row, column, channel) = (index / 192, index / 3 % 64, index % 3)
      return Float((7 * row + 13 * column + 5 * channel) % 17) / 16
    }
    try golden.expect(encoder(Tensor([pixels])).mean, is: "mu")
  }

  @Test func everyLayerLearns() {
    for (encoder, input, name) in [(encoder, pictures, "pictures"), (vectorEncoder, vectors, "vectors")] {
      expectGradients(of: encoder, from: "μ of \(name)", head: "mean", other: "logVariance") {
        $0(input).mean
      }
      expectGradients(of: encoder, from: "log σ² of \(name)", head: "logVariance", other: "mean") {
        $0(input).logVariance
      }
    }
  }

  /// Expects one of the outputs to teach its head and all layers below; says what is missing first.
  private func expectGradients(
    of encoder: Encoder, from what: String, head: String, other: String, _ output: (Encoder) -> Tensor
  ) {
    let weights = Tensor.sample(output(encoder).shape, seed: 15)
    let gradients = valueWithGradient(at: encoder) { (weights * output($0)).sum() + 0 * $0.mean.bias.sum() }
      .gradients
    for ((name, _), gradient) in zip(encoder.parameters, gradients.tensors) where !name.hasPrefix(other) {
      let what = "the gradient that reaches \(name) from \(what)"
      guard expectNonzero(gradient, what, likely: "a gradient stopped on its way from the heads") else {
        return
      }
      // A head's bias has the gradient of its output.
      if name == "\(head).bias" {
        expectClose(gradient, weights.sum(0), "\(what), which is that of Σ w·output")
      }
    }
  }
}
