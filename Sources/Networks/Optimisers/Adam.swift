import Kernels
import Tensors

/// The Adam optimiser (Kingma and Ba 2015), with clipping by the global norm and decoupled weight decay.
///
/// It is a `Module` itself, so that its moments go into checkpoints like any parameter.
///
/// ```swift
/// var layer = Linear(weight: Tensor([[1]]), bias: nil)
/// var optimizer = Adam(for: layer, rate: 0.1)
/// optimizer.update(&layer, along: Gradients(tensors: [Tensor([[5]])]))
/// layer.weight  // [[0.9]]
/// ```
public struct Adam: Module {
  /// The small number that keeps a division by zero away, and where it is added.
  ///
  /// ```swift
  /// Adam.Epsilon.pyTorch(1e-8)  // pyTorch(1e-08)
  /// ```
  public enum Epsilon: Sendable {
    /// To the root of the second moment as it is: Keras, and so DreamerV1 and V2.
    case keras(Float)
    /// To the root of the second moment after its bias is corrected: PyTorch, JAX, and the paper of Adam.
    case pyTorch(Float)
  }

  /// The step size.
  public var rate: Float
  /// The largest norm of all gradients together; longer ones are shortened to it.
  public var clipNorm: Float
  private let epsilon: Epsilon
  private let betas: (Float, Float)
  private let decays: [Float]
  private var moments: Moments

  /// An optimiser for the parameters of `module` that has not taken a step yet.
  ///
  /// - Parameters:
  ///   - module: what will be updated; only its names and shapes are kept.
  ///   - rate: the step size.
  ///   - clipNorm: the largest norm of all gradients together; infinite means no limit.
  ///   - epsilon: a small number against division by zero.
  ///   - betas: how much of the first and second moment is kept in each step.
  ///   - decay: by which part of itself the parameter of a name shrinks before each step. In DreamerV2 that is
  ///     its weight decay; in AdamW (Loshchilov and Hutter 2019; PyTorch) the weight decay times the rate.
  public init(
    for module: some Module, rate: Float, clipNorm: Float = .infinity, epsilon: Epsilon = .keras(1e-7),
    betas: (Float, Float) = (0.9, 0.999), decay: (_ name: String) -> Float = { _ in 0 }
  ) {
    self.rate = rate
    self.clipNorm = clipNorm
    self.epsilon = epsilon
    self.betas = betas
    decays = module.parameters.map { decay($0.name) }
    moments = Moments(for: module)
  }

  /// Takes one step against the gradients.
  ///
  /// ```swift
  /// var layer = Linear(weight: Tensor([[1]]), bias: nil)
  /// var optimizer = Adam(for: layer, rate: 0.1)
  /// optimizer.update(&layer, along: Gradients(tensors: [Tensor([[-5]])]))  // 5
  /// layer.weight  // [[1.1]]
  /// ```
  ///
  /// - Returns: the norm of the gradients before clipping.
  @discardableResult
  public mutating func update(_ module: inout some Module, along gradients: Gradients) -> Float {
    let norm = gradients.norm
    let scale = norm > clipNorm ? clipNorm / norm : 1
    let (rate, betas, decays) = (rate, betas, decays)
    let (first, second) = (moments.nextCorrection(betas.0), moments.nextCorrection(betas.1))
    // The two kinds are one: √(v / c) + ε = (√v + ε·√c) / √c.
    let addend =
      switch epsilon {
      case .keras(let epsilon): epsilon
      case .pyTorch(let epsilon): epsilon * second.squareRoot()
      }
    moments.step(&module, along: gradients, "Adam") { index, parameter, gradient, mean, meanSquare, count in
      adamStep(
        parameter, gradient: gradient, gradientScale: scale, firstMoment: mean, secondMoment: meanSquare,
        count: count, rate: rate * second.squareRoot() / first, beta1: betas.0, beta2: betas.1,
        epsilon: addend, decay: decays[index])
    }
    return norm
  }

  /// Shows the moments and the step count to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    moments.visit(&visitor)
  }
}
