import Tensors

/// Brings the last axis of `[…, feature]` to scale; an ``MLP`` can have one before each activation.
///
/// ```swift
/// let norm: any Norm = RMSNorm(2)
/// norm(Tensor([3, 3]))  // [1.000, 1.000]
/// ```
public protocol Norm: Module {
  /// Applies the norm to `[…, feature]`.
  func callAsFunction(_ x: Tensor) -> Tensor
}

/// Brings each row of features to mean 0 and variance 1, then scales and shifts them.
///
/// Source: Ba, Kiros and Hinton 2016.
///
/// ```swift
/// LayerNorm(2)(Tensor([[1, 3]]))  // [[-1.000, 1.000]]
/// ```
public struct LayerNorm: Norm {
  /// `[feature]`, ones at first.
  public var scale: Tensor
  /// `[feature]`, zeros at first.
  public var offset: Tensor
  private let epsilon: Float

  /// A layer for `features`; `epsilon` is added to the variance (PyTorch 1e-5, DreamerV2 1e-3).
  public init(_ features: Int, epsilon: Float = 1e-5) {
    (scale, offset, self.epsilon) = (.ones([features]), .zeros([features]), epsilon)
  }

  /// Applies the layer to `[…, feature]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.normalized(scale: scale, offset: offset, epsilon: epsilon)
  }

  /// Shows scale and offset to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("scale", &scale)
    visitor("offset", &offset)
  }
}

/// Divides each row of features by the root of its mean square, then scales it: DreamerV3's norm.
///
/// Source: Zhang and Sennrich 2019.
///
/// ```swift
/// RMSNorm(2)(Tensor([[1, 7]]))  // [[0.200, 1.400]]
/// ```
public struct RMSNorm: Norm {
  /// `[feature]`, ones at first.
  public var scale: Tensor
  private let epsilon: Float

  /// A layer for `features`; `epsilon` is added to the mean square.
  public init(_ features: Int, epsilon: Float = 1e-4) {
    (scale, self.epsilon) = (.ones([features]), epsilon)
  }

  /// Applies the layer to `[…, feature]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.normalized(scale: scale, centers: false, epsilon: epsilon)
  }

  /// Shows the scale to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("scale", &scale)
  }
}

/// Brings groups of channels to mean 0 and variance 1 over all positions of an image, then scales and
/// shifts each channel: the norm of IRIS' tokenizer.
///
/// Source: Wu and He 2018.
///
/// ```swift
/// GroupNorm(4, groups: 2)(Tensor.ones([1, 1, 1, 4]))  // [[[[0, 0, 0, 0]]]]
/// ```
public struct GroupNorm: Module {
  /// `[channel]`, ones at first.
  public var scale: Tensor
  /// `[channel]`, zeros at first.
  public var offset: Tensor
  private let groups: Int
  private let epsilon: Float

  /// A layer for `channels` in `groups` of neighbours; `epsilon` is added to the variance.
  public init(_ channels: Int, groups: Int = 32, epsilon: Float = 1e-6) {
    require(
      groups > 0 && channels % groups == 0, "GroupNorm: \(channels) channels do not make \(groups) groups")
    (scale, offset) = (.ones([channels]), .zeros([channels]))
    (self.groups, self.epsilon) = (groups, epsilon)
  }

  /// Applies the layer to `[batch, height, width, channel]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let channels = scale.shape[0]
    require(
      x.rank == 4 && x.shape[3] == channels,
      "GroupNorm: images of shape \(x.shape) do not fit a scale of shape \(scale.shape)")
    let (batch, positions, size) = (x.shape[0], x.shape[1] * x.shape[2], channels / groups)
    return x.reshaped([batch, positions, groups, size]).transposed(0, 2, 1, 3)
      .reshaped([batch, groups, positions * size]).normalized(epsilon: epsilon)
      .reshaped([batch, groups, positions, size]).transposed(0, 2, 1, 3).reshaped(x.shape)
      * scale + offset
  }

  /// Shows scale and offset to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("scale", &scale)
    visitor("offset", &offset)
  }
}
