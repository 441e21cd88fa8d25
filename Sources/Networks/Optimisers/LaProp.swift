import Kernels
import Tensors

/// The LaProp optimiser of DreamerV3's code since 2024: Adam with momentum of the *normalised* gradients.
///
/// A gradient is divided by the running root mean square first and averaged over time afterwards, so that one
/// outlier cannot take a step that its own square did not yet shorten. DreamerV3 clips adaptively before:
///
/// ```swift
/// var layer = Linear(weight: Tensor([[1]]), bias: nil)
/// var optimizer = LaProp(for: layer, rate: 0.1, warmup: 0)
/// let gradients = Gradients(tensors: [Tensor([[5]])])
/// optimizer.update(&layer, along: gradients.clippedAdaptively(for: layer))
/// layer.weight  // [[0.9]]
/// ```
/// Source: Ziyin, Wang and Ueda 2020, "LaProp: separating momentum and adaptivity in Adam".
public struct LaProp: Module {
  /// The step size after the warm-up.
  public var rate: Float
  private let warmup: Int
  private let epsilon: Float
  private let betas: (Float, Float) = (0.9, 0.999)
  private var moments: Moments

  /// An optimiser for the parameters of `module` that has not taken a step yet.
  ///
  /// - Parameters:
  ///   - module: what will be updated; only its names and shapes are kept.
  ///   - rate: the step size after the warm-up.
  ///   - warmup: over how many steps the step size grows in proportion to the steps taken; the first is 0 then.
  ///   - epsilon: added to the root of the second moment.
  public init(for module: some Module, rate: Float, warmup: Int = 1_000, epsilon: Float = 1e-20) {
    self.rate = rate
    self.warmup = warmup
    self.epsilon = epsilon
    moments = Moments(for: module)
  }

  /// The step size of the next step.
  ///
  /// ```swift
  /// LaProp(for: Linear(2, 3, using: &random), rate: 0.1).nextRate  // 0
  /// ```
  public var nextRate: Float { warmup > 0 ? rate * min(1, moments.steps.scalar / Float(warmup)) : rate }

  /// Takes one step against the gradients.
  ///
  /// ```swift
  /// var layer = Linear(weight: Tensor([[1]]), bias: nil)
  /// var optimizer = LaProp(for: layer, rate: 0.1, warmup: 0)
  /// optimizer.update(&layer, along: Gradients(tensors: [Tensor([[-5]])]))
  /// layer.weight  // [[1.1]]
  /// ```
  public mutating func update(_ module: inout some Module, along gradients: Gradients) {
    let (rate, epsilon, betas) = (nextRate, epsilon, betas)
    let (first, second) = (moments.nextCorrection(betas.0), moments.nextCorrection(betas.1))
    moments.step(&module, along: gradients, "LaProp") { _, parameter, gradient, mean, meanSquare, count in
      laPropStep(
        parameter, gradient: gradient, firstMoment: mean, secondMoment: meanSquare, count: count,
        rate: rate / first, beta1: betas.0, beta2: betas.1, epsilon: epsilon,
        secondCorrection: second)
    }
  }

  /// Shows the moments and the step count to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    moments.visit(&visitor)
  }
}
