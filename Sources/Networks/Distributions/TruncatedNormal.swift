import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Normal distribution without what lies outside [−1, 1]: the continuous actions of DreamerV2.
///
/// With the bounds in standard deviations, α = (−1 − μ) / σ and β = (1 − μ) / σ, the part that is left has the
/// mass Z = Φ(β) − Φ(α), and everything is divided by it. V2's actor has μ = tanh(x) and σ = 2σ(y/2) + 0.1.
///
/// ```swift
/// let policy = TruncatedNormal(Normal(mean: Tensor([0]), standardDeviation: Tensor([1])))
/// policy.logProbability(of: Tensor([0]))  // -0.537
/// ```
public struct TruncatedNormal: Sendable {
  /// The distribution before it is cut, `[…, action]`, its means in [−1, 1].
  public var normal: Normal

  /// Cuts `normal` at −1 and 1.
  public init(_ normal: Normal) {
    self.normal = normal
  }

  /// The likeliest number.
  ///
  /// ```swift
  /// TruncatedNormal(Normal(mean: Tensor([0.3]), standardDeviation: Tensor([1]))).mode  // [0.3]
  /// ```
  public var mode: Tensor { normal.mean.clamped(-1, 1) }

  /// The log-density of actions `[…, action]` with numbers in [−1, 1], summed over the action: `[…]`.
  ///
  /// ```swift
  /// let wide = TruncatedNormal(Normal(mean: Tensor([0, 0]), standardDeviation: Tensor(100)))
  /// wide.logProbability(of: Tensor([0, 1]))  // -1.386
  /// ```
  public func logProbability(of action: Tensor) -> Tensor {
    logDensity(of: action).sum(-1)
  }

  /// The same, number by number.
  private func logDensity(of x: Tensor) -> Tensor {
    normal.logProbability(of: x) - log(mass)
  }

  /// The entropy in nats, summed over the action: `[…]`.
  ///
  /// ```swift
  /// TruncatedNormal(Normal(mean: Tensor([0, 0]), standardDeviation: Tensor(100))).entropy  // 1.386
  /// ```
  public var entropy: Tensor {
    let (low, high) = bounds
    func moment(_ bound: Tensor) -> Tensor {
      let oneBySqrtTwoPi: Float = 0.398_942_280_4
      return bound * exp(-0.5 * square(bound)) * oneBySqrtTwoPi
    }
    return (normal.entropy + log(mass) + (moment(low) - moment(high)) / (2 * mass)).sum(-1)
  }

  /// A draw through which gradients reach mean and standard deviation, kept 10⁻⁶ away from the bounds.
  ///
  /// The draw x is the quantile of a uniform number u = F(x). With u held, x moves by −∂F / p(x) when the
  /// distribution does (Figurnov, Mohamed and Mnih 2018, "Implicit reparameterization gradients").
  ///
  /// ```swift
  /// let wide = TruncatedNormal(Normal(mean: Tensor.zeros([20]), standardDeviation: Tensor(9)))
  /// abs(wide.sample(using: &random)).maximum().scalar < 1  // true
  /// ```
  public func sample(using random: inout SplitMix64) -> Tensor {
    let (low, high) = bounds
    let (means, deviations) = (
      normal.mean.scalars, normal.standardDeviation.broadcast(to: normal.mean.shape).scalars
    )
    let shares = zip(normalCumulative(low).scalars, normalCumulative(high).scalars)
    let numbers = zip(zip(means, deviations), shares).map { normal, share in
      let probability = Double(share.0) + random.uniform() * Double(share.1 - share.0)
      return normal.0 + normal.1 * Float(normalQuantile(probability))
    }
    let x = Tensor(shape: normal.mean.shape, numbers).clamped(-1 + 1e-6, 1 - 1e-6)
    guard normal.mean.isRecorded || normal.standardDeviation.isRecorded else { return x }
    let position = (x - normal.mean) / normal.standardDeviation
    let cumulative = (normalCumulative(position) - normalCumulative(low)) / mass
    return x - (cumulative - stopGradient(cumulative)) / stopGradient(exp(logDensity(of: x)))
  }

  private var bounds: (low: Tensor, high: Tensor) {
    ((-1 - normal.mean) / normal.standardDeviation, (1 - normal.mean) / normal.standardDeviation)
  }

  private var mass: Tensor {
    let (low, high) = bounds
    return normalCumulative(high) - normalCumulative(low)
  }
}

/// The number below which a standard normal number is with the given probability.
///
/// From 0 Newton's method cannot overshoot: Φ is concave above and convex below.
private func normalQuantile(_ probability: Double) -> Double {
  var x = 0.0
  for _ in 0..<50 {
    let step = (0.5 * erfc(-x / 2.0.squareRoot()) - probability) / exp(-0.5 * x * x) * (2 * .pi).squareRoot()
    x -= step
    if abs(step) < 1e-9 { break }
  }
  return x
}
