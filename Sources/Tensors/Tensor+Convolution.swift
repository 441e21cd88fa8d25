import Kernels

/// The convolution of images with a kernel, as neural networks call the cross-correlation.
///
/// ```swift
/// conv2d(Tensor.ones([1, 3, 3, 1]), weight: .ones([2, 2, 1, 1])).reshaped([2, 2])  // [[4, 4], [4, 4]]
/// ```
///
/// - Parameters:
///   - x: `[batch, height, width, in]`.
///   - weight: `[kernelHeight, kernelWidth, in, out]`.
///   - bias: `[out]`, or nil.
///   - stride: the step of the kernel from one result to the next, down and across.
///   - padding: how many zeros surround the image on each side.
/// - Returns: `[batch, (height + 2·padding − kernelHeight) / stride + 1, …, out]`, rounded down.
public func conv2d(_ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0)
  -> Tensor
{
  requireImages("conv2d", x, weight, bias, channelAxis: 2, stride, padding)
  require(
    x.shape[1] + 2 * padding >= weight.shape[0] && x.shape[2] + 2 * padding >= weight.shape[1],
    "conv2d: an image of shape \(x.shape) with padding \(padding) is smaller than the kernel of shape \(weight.shape)"
  )
  let sizes = ConvolutionSizes(
    images: x.shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3],
    kernelHeight: weight.shape[0], kernelWidth: weight.shape[1], features: weight.shape[3], stride: stride,
    padding: padding)
  return recordedConvolution(sizes, x, weight, bias, isTransposed: false)
}

/// The transposed convolution: spreads each number of `x` over a patch of a larger image.
///
/// It is what happens to gradients on their way to the input of a ``conv2d`` of the same weight.
///
/// ```swift
/// convTranspose2d(Tensor(shape: [1, 1, 1, 1], [3]), weight: .ones([1, 2, 1, 1]))  // [[[[3], [3]]]]
/// ```
///
/// - Parameters:
///   - x: `[batch, height, width, in]`.
///   - weight: `[kernelHeight, kernelWidth, out, in]`.
///   - bias: `[out]`, or nil.
///   - stride: the step from one patch to the next, down and across.
///   - padding: how much of the result is cut off on each side.
/// - Returns: `[batch, (height − 1)·stride − 2·padding + kernelHeight, …, out]`.
public func convTranspose2d(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
)
  -> Tensor
{
  requireImages("convTranspose2d", x, weight, bias, channelAxis: 3, stride, padding)
  let sizes = ConvolutionSizes(
    images: x.shape[0], height: (x.shape[1] - 1) * stride - 2 * padding + weight.shape[0],
    width: (x.shape[2] - 1) * stride - 2 * padding + weight.shape[1], channels: weight.shape[2],
    kernelHeight: weight.shape[0], kernelWidth: weight.shape[1], features: weight.shape[3], stride: stride,
    padding: padding)
  require(
    x.shape[1] > 0 && x.shape[2] > 0 && sizes.height > 0 && sizes.width > 0,
    "convTranspose2d: of an image of shape \(x.shape) and a kernel of shape \(weight.shape), padding \(padding) leaves nothing"
  )
  return recordedConvolution(sizes, x, weight, bias, isTransposed: true)
}

/// From images to maps or, transposed, from maps to images; the gradient of the input goes the other way.
private func recordedConvolution(
  _ sizes: ConvolutionSizes, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, isTransposed: Bool
) -> Tensor {
  var y = convolution(sizes, x, weight, bias, isTransposed)
  if let node = x.node {
    y.record(
      node, .value { [weight = weight.value] in convolution(sizes, $0, weight, nil, !isTransposed) })
  }
  if let node = weight.node {
    y.record(
      node,
      .adding { [x = x.value, shape = weight.shape] gradient, sum in
        let (image, maps) = isTransposed ? (gradient, x) : (x, gradient)
        sum.accumulate(shape: shape) {
          convolutionWeightGradient(
            sizes, image.pointer, mapsGradient: maps.pointer, into: $0, accumulate: $1)
        }
      })
  }
  if let bias, let node = bias.node {
    y.record(node, .value { [shape = bias.shape] gradient in gradient.summed(to: shape) })
  }
  return y
}

/// The same as a plain value.
private func convolution(
  _ sizes: ConvolutionSizes, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ isTransposed: Bool
) -> Tensor {
  let shape =
    isTransposed
    ? [sizes.height, sizes.width, sizes.channels] : [sizes.outHeight, sizes.outWidth, sizes.features]
  let y = Tensor(uninitialized: [sizes.images] + shape)
  let convolve = isTransposed ? convolveTransposed : convolve
  convolve(sizes, x.pointer, weight.pointer, bias?.pointer, y.pointer)
  return y
}

/// The largest number of each 2×2 block of an image `[batch, height, width, channel]` with even sides, giving
/// `[batch, height / 2, width / 2, channel]`; the first of equal ones receives the gradient.
///
/// ```swift
/// maxPool2d(Tensor(shape: [1, 2, 2, 1], [1, 4, 3, 2]))  // [[[[4]]]]
/// ```
public func maxPool2d(_ x: Tensor) -> Tensor {
  require(
    x.rank == 4 && x.shape[1] % 2 == 0 && x.shape[2] % 2 == 0,
    "maxPool2d: shape \(x.shape) is not [batch, height, width, channel] with even height and width")
  let (images, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  var y = Tensor(uninitialized: [images, height / 2, width / 2, channels])
  maxPool(x.pointer, images: images, height: height, width: width, channels: channels, into: y.pointer)
  if let node = x.node {
    y.record(
      node,
      .value { [x = x.value] gradient in
        let result = Tensor(uninitialized: x.shape)
        maxPoolGradient(
          x.pointer, gradient: gradient.pointer, images: images, height: height, width: width,
          channels: channels, into: result.pointer)
        return result
      })
  }
  return y
}

/// Twice the height and width of an image `[batch, height, width, channel]`: each pixel becomes a 2×2 block.
///
/// ```swift
/// upsample2d(Tensor(shape: [1, 1, 1, 1], [5])).reshaped([2, 2])  // [[5, 5], [5, 5]]
/// ```
public func upsample2d(_ x: Tensor) -> Tensor {
  require(x.rank == 4, "upsample2d: shape \(x.shape) is not [batch, height, width, channel]")
  let (images, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  return x.viewed(as: [images, height, 1, width, 1, channels])
    .broadcast(to: [images, height, 2, width, 2, channels])
    .viewed(as: [images, 2 * height, 2 * width, channels])
}

private func requireImages(
  _ name: String, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, channelAxis: Int, _ stride: Int,
  _ padding: Int
) {
  require(
    x.rank == 4 && weight.rank == 4 && x.shape[3] == weight.shape[channelAxis],
    "\(name): an input of shape \(x.shape) does not fit a weight of shape \(weight.shape)")
  require(
    bias == nil || bias?.shape == [weight.shape[5 - channelAxis]],
    "\(name): a bias of shape \(bias?.shape ?? []) does not fit a weight of shape \(weight.shape)")
  require(
    stride > 0 && padding >= 0,
    "\(name): stride \(stride) must be positive and padding \(padding) not negative")
}
