import CourseTesting
import Networks
import Tensors

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

extension VAE {
  /// An autoencoder of pictures, or of vectors with 7 numbers; z has 6 numbers, no two parameters are equal.
  static func example(
    isImage: Bool, imageSize: Int = 16, channels: [Int] = [2, 5], latentSize: Int = 6
  ) -> VAE {
    var configuration = WorldModelsConfiguration.preset(.smoke)
    (configuration.imageSize, configuration.encoderChannels) = (imageSize, channels)
    (configuration.latentSize, configuration.units) = (latentSize, 9)
    var random = SplitMix64(seed: 11)
    return VAE(
      observationSize: isImage ? imageSize * imageSize * 3 : 7, isImage: isImage,
      configuration: configuration,
      using: &random
    ).withRandomParameters(seed: 12, limit: 0.4)
  }
}

extension Oracle {
  /// A picture in double precision: `numbers[(row · side + column) · channels + channel]`.
  struct Picture {
    var side: Int
    var channels: Int
    var numbers: [Double]

    /// The number of a channel at a place.
    subscript(row: Int, column: Int, channel: Int) -> Double {
      numbers[(row * side + column) * channels + channel]
    }

    /// The same picture, a channel after the other.
    var channelsFirst: [Double] {
      (0..<channels).flatMap { channel in
        (0..<side * side).map { numbers[$0 * channels + channel] }
      }
    }
  }

  /// A convolution in steps of 2 without padding.
  static func convolution(_ picture: Picture, _ layer: Conv2d) -> Picture {
    let weight = layer.weight.scalars.map(Double.init)
    let (kernel, outputs) = (layer.weight.shape[0], layer.weight.shape[3])
    let bias = layer.bias!.vectors[0]
    let side = (picture.side - kernel) / 2 + 1
    let numbers = (0..<side * side * outputs).map { index in
      let (row, column, output) = (index / outputs / side, index / outputs % side, index % outputs)
      var sum = bias[output]
      for (position, factor) in weight.enumerated() where position % outputs == output {
        let patch = position / outputs
        let (input, place) = (patch % picture.channels, patch / picture.channels)
        sum += factor * picture[2 * row + place / kernel, 2 * column + place % kernel, input]
      }
      return sum
    }
    return Picture(side: side, channels: outputs, numbers: numbers)
  }

  /// The convolutions of an encoder, each with what follows it.
  static func convolutions(
    _ layers: [Conv2d], of picture: Picture, activation: (_ layer: Int, Double) -> Double
  ) -> Picture {
    layers.enumerated().reduce(picture) { picture, layer in
      var result = convolution(picture, layer.element)
      result.numbers = result.numbers.map { activation(layer.offset, $0) }
      return result
    }
  }
}
