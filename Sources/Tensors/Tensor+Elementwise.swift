import Kernels

// MARK: Functions of one tensor

/// eˣ, element by element.
///
/// ```swift
/// exp(Tensor([0, 1]))  // [1, 2.718]
/// ```
public func exp(_ x: Tensor) -> Tensor { x.mapped(.exp) }

/// The natural logarithm, element by element.
///
/// ```swift
/// log(Tensor([1, 10]))  // [0, 2.303]
/// ```
public func log(_ x: Tensor) -> Tensor { x.mapped(.log) }

/// The square root, element by element.
///
/// ```swift
/// sqrt(Tensor([4, 2]))  // [2, 1.414]
/// ```
public func sqrt(_ x: Tensor) -> Tensor { x.mapped(.squareRoot) }

/// x², element by element.
///
/// ```swift
/// square(Tensor([-3, 0.5]))  // [9, 0.25]
/// ```
public func square(_ x: Tensor) -> Tensor { x.mapped(.square) }

/// |x|, element by element.
///
/// ```swift
/// abs(Tensor([-3, 0.5]))  // [3, 0.5]
/// ```
public func abs(_ x: Tensor) -> Tensor { x.mapped(.absolute) }

/// The hyperbolic tangent, element by element.
///
/// ```swift
/// tanh(Tensor([0, 1]))  // [0, 0.762]
/// ```
public func tanh(_ x: Tensor) -> Tensor { x.mapped(.tanh) }

/// 1 / (1 + e⁻ˣ), element by element.
///
/// ```swift
/// sigmoid(Tensor([0, 2]))  // [0.5, 0.881]
/// ```
public func sigmoid(_ x: Tensor) -> Tensor { x.mapped(.sigmoid) }

/// log σ(x) without overflow, element by element.
///
/// ```swift
/// logSigmoid(Tensor([0, -100]))  // [-0.693, -100]
/// ```
public func logSigmoid(_ x: Tensor) -> Tensor { x.mapped(.logSigmoid) }

/// log(1 + eˣ) without overflow, element by element: a smooth positive function.
///
/// ```swift
/// softplus(Tensor([0, 100]))  // [0.693, 100]
/// ```
public func softplus(_ x: Tensor) -> Tensor { x.mapped(.softplus) }

/// max(x, 0), element by element.
///
/// ```swift
/// relu(Tensor([-1, 2]))  // [0, 2]
/// ```
public func relu(_ x: Tensor) -> Tensor { x.mapped(.relu) }

/// x where positive, eˣ − 1 elsewhere: the activation of DreamerV1 and V2.
///
/// Source: Clevert, Unterthiner and Hochreiter 2015.
///
/// ```swift
/// elu(Tensor([-1, 2]))  // [-0.632, 2]
/// ```
public func elu(_ x: Tensor) -> Tensor { x.mapped(.elu) }

/// x·σ(x), element by element.
///
/// ```swift
/// silu(Tensor([0, 1]))  // [0, 0.731]
/// ```
public func silu(_ x: Tensor) -> Tensor { x.mapped(.silu) }

/// x·Φ(x), with the cumulative normal distribution itself and not its tanh approximation: IRIS' activation.
///
/// Source: Hendrycks and Gimpel 2016.
///
/// ```swift
/// gelu(Tensor([0, 1]))  // [0, 0.841]
/// ```
public func gelu(_ x: Tensor) -> Tensor { x.mapped(.gelu) }

/// Φ(x), element by element: the probability that a standard normal number is below x.
///
/// The error is below 10⁻⁷.
///
/// ```swift
/// normalCumulative(Tensor([0, 1.96]))  // [0.5, 0.975]
/// ```
public func normalCumulative(_ x: Tensor) -> Tensor { x.mapped(.normalCumulative) }

/// sign(x)·log(1 + |x|), element by element: DreamerV3's scale for numbers of any size.
///
/// ```swift
/// symlog(Tensor([-100, 0]))  // [-4.615, 0]
/// ```
public func symlog(_ x: Tensor) -> Tensor { x.mapped(.symlog) }

/// sign(x)·(exp|x| − 1), element by element: the inverse of `symlog`.
///
/// ```swift
/// symexp(Tensor([1, -1]))  // [1.718, -1.718]
/// ```
public func symexp(_ x: Tensor) -> Tensor { x.mapped(.symexp) }

extension Tensor {
  func mapped(_ operation: UnaryOperation) -> Tensor {
    var y = Tensor(uninitialized: shape)
    apply(operation, pointer, into: y.pointer, count: count)
    if let node {
      y.record(
        node, as: "\(operation)",
        .value { [x = value, y = y] gradient in
          let result = Tensor(uninitialized: x.shape)
          applyDerivative(
            operation, x: x.pointer, y: y.pointer, gradient: gradient.pointer, into: result.pointer,
            count: x.count)
          return result
        })
    }
    return y
  }

  /// x·scale + shift.
  func scaled(by scale: Float, shift: Float = 0) -> Tensor {
    var y = Tensor(uninitialized: shape)
    scaleAndShift(pointer, scale: scale, shift: shift, into: y.pointer, count: count)
    if let node {
      y.record(node, .value { gradient in scale == 1 ? gradient : gradient.scaled(by: scale) })
    }
    return y
  }

  /// Each number moved into [`low`, `high`]; where that changed it, no gradient flows.
  ///
  /// ```swift
  /// Tensor([-2, 0.5, 2]).clamped(-1, 1)  // [-1, 0.5, 1]
  /// ```
  public func clamped(_ low: Float = -.infinity, _ high: Float = .infinity) -> Tensor {
    require(low <= high, "clamped: the lower bound \(low) is above the upper bound \(high)")
    var y = Tensor(uninitialized: shape)
    clamp(pointer, low: low, high: high, into: y.pointer, count: count)
    if let node {
      y.record(
        node,
        .value { [x = value] gradient in
          let result = Tensor(uninitialized: x.shape)
          clampDerivative(
            x.pointer, gradient: gradient.pointer, low: low, high: high, into: result.pointer, count: x.count)
          return result
        })
    }
    return y
  }
}

// MARK: Functions of two tensors, with broadcasting

extension Tensor {
  /// A plain value, never recorded.
  static func combined(
    _ operation: BinaryOperation, _ a: Tensor, _ b: Tensor, _ name: String
  ) -> Tensor {
    let shape = Broadcasting.shape(a.shape, b.shape, name)
    let result = Tensor(uninitialized: shape)
    if a.shape == b.shape {
      combine(operation, a.pointer, b.pointer, into: result.pointer, count: result.count)
    } else {
      combine(
        operation, shape: shape,
        a.pointer, aStrides: Broadcasting.strides(of: a.shape, in: shape),
        b.pointer, bStrides: Broadcasting.strides(of: b.shape, in: shape), into: result.pointer)
    }
    return result
  }

  /// The sum, element by element.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]) + Tensor([10, 20])  // [[11, 22], [13, 24]]
  /// ```
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    var y = combined(.add, a, b, "+")
    if let node = a.node { y.record(node, .value { [shape = a.shape] in $0.summed(to: shape) }) }
    if let node = b.node { y.record(node, .value { [shape = b.shape] in $0.summed(to: shape) }) }
    return y
  }

  /// The difference, element by element.
  ///
  /// ```swift
  /// Tensor([5, 6]) - Tensor([1, 2])  // [4, 4]
  /// ```
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    var y = combined(.subtract, a, b, "-")
    if let node = a.node { y.record(node, .value { [shape = a.shape] in $0.summed(to: shape) }) }
    if let node = b.node { y.record(node, .value { [shape = b.shape] in (-$0).summed(to: shape) }) }
    return y
  }

  /// The product, element by element.
  ///
  /// ```swift
  /// Tensor([5, 6]) * Tensor([1, 2])  // [5, 12]
  /// ```
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    var y = combined(.multiply, a, b, "*")
    if let node = a.node {
      y.record(node, .value { [shape = a.shape, b = b.value] in ($0 * b).summed(to: shape) })
    }
    if let node = b.node {
      y.record(node, .value { [shape = b.shape, a = a.value] in ($0 * a).summed(to: shape) })
    }
    return y
  }

  /// The quotient, element by element.
  ///
  /// ```swift
  /// Tensor([5, 6]) / Tensor([1, 2])  // [5, 3]
  /// ```
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    var y = combined(.divide, a, b, "/")
    if let node = a.node {
      y.record(node, .value { [shape = a.shape, b = b.value] in ($0 / b).summed(to: shape) })
    }
    if let node = b.node {
      y.record(node, .value { [y = y.value, b = b.value] in (-($0 * y / b)).summed(to: b.shape) })
    }
    return y
  }

  /// The product with `weights`, in which nothing is left of a number whose weight is 0, be it infinite or NaN: the
  /// logarithm of a probability of 0 adds nothing to an expectation.
  ///
  /// An infinite number passes no gradient on to its weight.
  package func weighted(by weights: Tensor) -> Tensor {
    var y = Tensor.combined(.weigh, weights, self, "weighted")
    if let node {
      y.record(node, .value { [shape, weights = weights.value] in ($0 * weights).summed(to: shape) })
    }
    if let node = weights.node {
      y.record(
        node,
        .value { [x = value, shape = weights.shape] gradient in
          let limit = Float.greatestFiniteMagnitude
          let isFinite = Tensor.combined(.equal, x, x.clamped(-limit, limit), "weighted")
          return (gradient * Tensor.combined(.weigh, isFinite, x, "weighted")).summed(to: shape)
        })
    }
    return y
  }

  /// −x.
  ///
  /// ```swift
  /// -Tensor([1, -2])  // [-1, 2]
  /// ```
  public static prefix func - (x: Tensor) -> Tensor { x.scaled(by: -1) }

  /// x + a.
  ///
  /// ```swift
  /// Tensor([1, 2]) + 10  // [11, 12]
  /// ```
  public static func + (x: Tensor, a: Float) -> Tensor { x.scaled(by: 1, shift: a) }
  /// a + x.
  ///
  /// ```swift
  /// 10 + Tensor([1, 2])  // [11, 12]
  /// ```
  public static func + (a: Float, x: Tensor) -> Tensor { x.scaled(by: 1, shift: a) }
  /// x − a.
  ///
  /// ```swift
  /// Tensor([1, 2]) - 10  // [-9, -8]
  /// ```
  public static func - (x: Tensor, a: Float) -> Tensor { x.scaled(by: 1, shift: -a) }
  /// a − x.
  ///
  /// ```swift
  /// 10 - Tensor([1, 2])  // [9, 8]
  /// ```
  public static func - (a: Float, x: Tensor) -> Tensor { x.scaled(by: -1, shift: a) }
  /// x · a.
  ///
  /// ```swift
  /// Tensor([1, 2]) * 10  // [10, 20]
  /// ```
  public static func * (x: Tensor, a: Float) -> Tensor { x.scaled(by: a) }
  /// a · x.
  ///
  /// ```swift
  /// 10 * Tensor([1, 2])  // [10, 20]
  /// ```
  public static func * (a: Float, x: Tensor) -> Tensor { x.scaled(by: a) }
  /// x / a.
  ///
  /// ```swift
  /// Tensor([1, 2]) / 10  // [0.1, 0.2]
  /// ```
  public static func / (x: Tensor, a: Float) -> Tensor { x / Tensor(a) }
  /// a / x.
  ///
  /// ```swift
  /// 10 / Tensor([1, 2])  // [10, 5]
  /// ```
  public static func / (a: Float, x: Tensor) -> Tensor { Tensor(a) / x }
}

/// The larger of two, element by element; where they are equal, each receives half of the gradient.
///
/// ```swift
/// maximum(Tensor([1, 5]), Tensor([3, 2]))  // [3, 5]
/// ```
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { a.extreme(.maximum, b, "maximum") }

/// The smaller of two, element by element; where they are equal, each receives half of the gradient.
///
/// ```swift
/// minimum(Tensor([1, 5]), Tensor([3, 2]))  // [1, 2]
/// ```
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { a.extreme(.minimum, b, "minimum") }

extension Tensor {
  fileprivate func extreme(_ operation: BinaryOperation, _ other: Tensor, _ name: String) -> Tensor {
    var y = Tensor.combined(operation, self, other, name)
    for (own, opposite) in [(self, other), (other, self)] {
      guard let node = own.node else { continue }
      y.record(
        node, as: name,
        .value { [own = own.value, opposite = opposite.value, y = y.value] gradient in
          // 1 for the winner, ½ for a tie, 0 for the loser; where one is NaN, PyTorch gives 1 to both.
          let loses = Tensor.combined(.equal, opposite, y, name)
          let ties = Tensor.combined(.equal, own, opposite, name)
          return (gradient * (1 - loses + 0.5 * ties)).summed(to: own.shape)
        })
    }
    return y
  }
}
