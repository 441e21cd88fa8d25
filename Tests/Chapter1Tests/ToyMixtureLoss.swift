import CourseTesting
import Foundation
import Tensors

#if SOLUTIONS
  import WorldModels
#else
  import Chapter1
#endif

/// −log p of mixtures in double precision, number by number, with or without a fault.
struct ToyMixtureLoss {
  enum Fault: String {
    case noNormaliser = "no ½·log 2π"
    case noDeviation = "no − log σ: wide components count too much"
    case deviationGrows = "log σ with the wrong sign"
    case variance = "log σ read as log σ²"
    case notSquared = "a distance that is not squared"
    case noHalf = "no ½ before the squared distance"
    case mirrored = "z + μ: the mixture mirrored at 0"
    case rawLogits = "logits that are not normalised: π must add up to 1"
    case uniform = "all components equally likely: the logits are never used"
    case sharedWeights = "the first number's π for all numbers of z"
    case sharedMeans = "the first number's μ for all numbers of z"
    case likeliest = "the best component only, in place of the sum"
    case averaged = "Σ π·log N, which is not log Σ π·N"
    case likelihood = "the log-likelihood, not its negative"
    case bits = "bits in place of nats"
    case singlePrecision = "log Σ exp without a shift: infinite far away"
    case epsilon = "log(p + 10⁻⁸): flat far away"
    case underflow = "log of a π too small for a Float: logSoftmax, not log(softmax)"
  }

  var fault: Fault?

  func callAsFunction(_ density: MixtureDensity, _ latents: Tensor) -> Tensor {
    let width = latents.shape.last!
    let mixtures = density.logits.shape.last!
    let parts = [density.logits, density.means, density.logDeviations].map { $0.scalars.map(Double.init) }
    let losses = latents.scalars.enumerated().map { position, z in
      func part(_ part: Int, of position: Int) -> [Double] {
        Array(parts[part][position * mixtures..<(position + 1) * mixtures])
      }
      let first = position / width * width
      let logits = part(0, of: fault == .sharedWeights ? first : position)
      let means = part(1, of: fault == .sharedMeans ? first : position)
      return loss(Double(z), weights(logits), means, part(2, of: position))
    }
    return Tensor(shape: latents.shape, losses.map { Float($0) })
  }

  /// log π.
  private func weights(_ logits: [Double]) -> [Double] {
    switch fault {
    case .rawLogits: return logits
    case .uniform: return logits.map { _ in -log(Double(logits.count)) }
    default:
      let sum = log(logits.reduce(0) { $0 + exp($1) })
      return logits.map { fault == .underflow ? Double(log(Float(exp($0 - sum)))) : $0 - sum }
    }
  }

  private func loss(_ z: Double, _ weights: [Double], _ means: [Double], _ logDeviations: [Double]) -> Double
  {
    let terms = weights.indices.map { index -> Double in
      let logDeviation = logDeviations[index] * (fault == .variance ? 0.5 : 1)
      let distance = abs(z - (fault == .mirrored ? -1 : 1) * means[index]) / exp(logDeviation)
      var density = (fault == .noHalf ? -1 : -0.5) * (fault == .notSquared ? distance : distance * distance)
      if fault != .noNormaliser { density -= 0.5 * log(2 * .pi) }
      if fault != .noDeviation { density += logDeviation * (fault == .deviationGrows ? 1 : -1) }
      return fault == .averaged ? exp(weights[index]) * density : weights[index] + density
    }
    let largest = terms.max()!
    let logSum = largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
    switch fault {
    case .likeliest: return -largest
    case .averaged: return -terms.reduce(0, +)
    case .likelihood: return logSum
    case .bits: return -logSum / log(2)
    case .singlePrecision: return -Double(Float(log(Float(exp(logSum)))))
    case .epsilon: return -log(exp(logSum) + 1e-8)
    default: return -logSum
    }
  }
}
