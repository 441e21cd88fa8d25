import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Adam optimiser (Kingma and Ba 2015), with clipping by the global norm.
///
/// It is a `Module` itself, so that its moments go into checkpoints like any parameter.
public struct Adam: Module {
  /// The step size.
  public var rate: Float
  /// The largest norm of all gradients together; longer ones are shortened to it.
  public var clipNorm: Float
  private let beta1: Float = 0.9
  private let beta2: Float = 0.999
  private let epsilon: Float
  private let names: [String]
  private var firstMoments: [Tensor]
  private var secondMoments: [Tensor]
  private var steps = Tensor(0)

  /// An optimiser for the parameters of `module` that has not taken a step yet.
  ///
  /// - Parameters:
  ///   - module: what will be updated; only its names and shapes are kept.
  ///   - rate: the step size.
  ///   - clipNorm: the largest norm of all gradients together; infinite means no limit.
  ///   - epsilon: added to the root of the second moment before its bias is corrected, as Keras does.
  public init(for module: some Module, rate: Float, clipNorm: Float = .infinity, epsilon: Float = 1e-7) {
    self.rate = rate
    self.clipNorm = clipNorm
    self.epsilon = epsilon
    let parameters = module.parameters
    names = parameters.map(\.name)
    firstMoments = parameters.map { .zeros($0.value.shape) }
    secondMoments = firstMoments
  }

  /// Takes one step against the gradients.
  ///
  /// - Returns: the norm of the gradients before clipping.
  @discardableResult
  public mutating func update(_ module: inout some Module, along gradients: Gradients) -> Float {
    let parameters = module.parameters.count
    require(
      parameters == names.count && gradients.tensors.count == names.count,
      "Adam: made for \(names.count) parameters, met \(parameters) parameters and "
        + "\(gradients.tensors.count) gradients")
    let norm = gradients.norm
    let scale = norm > clipNorm ? clipNorm / norm : 1
    steps = steps + 1
    let step = Double(steps.scalar)
    let corrections = (1 - Float(pow(Double(beta1), step)), 1 - Float(pow(Double(beta2), step)))
    var index = 0
    module.forEachParameter { name, parameter in
      let gradient = gradients.tensors[index]
      require(
        gradient.shape == parameter.shape && names[index] == name,
        "Adam: \(name) of shape \(parameter.shape) met the gradient of \(names[index]), shape \(gradient.shape)"
      )
      parameter.update { values in
        firstMoments[index].update { first in
          secondMoments[index].update { second in
            gradient.withPointer {
              adamStep(
                values, gradient: $0, gradientScale: scale, firstMoment: first, secondMoment: second,
                count: gradient.count, rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
                firstCorrection: corrections.0, secondCorrection: corrections.1, decay: 0,
                epsilonBeforeCorrection: true)
            }
          }
        }
      }
      index += 1
    }
    return norm
  }

  /// Shows the moments and the step count to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("steps", &steps)
    for (index, name) in names.enumerated() {
      visitor("first.\(name)", &firstMoments[index])
      visitor("second.\(name)", &secondMoments[index])
    }
  }
}
