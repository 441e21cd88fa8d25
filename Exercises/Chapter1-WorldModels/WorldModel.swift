import Environments
import Networks
import Tensors
import Training

/// V and M: all that the agent knows about the world.
public struct WorldModel: Module {
  /// V.
  public var vision: VAE
  /// M.
  public var memory: MDNRNN
  /// Brings vectors to a common scale; nil for pictures, which have one.
  var scaling: ObservationScaling?
  /// The smallest and the largest reward ever seen, or 0, `[2]`, in the environment's units.
  var rewardLimits = Tensor([0, 0])

  /// A model with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - observationSpace: what V sees.
  ///   - actionSize: the extent of an action as M sees it.
  ///   - configuration: sizes and weights.
  ///   - random: draws the weights.
  public init(
    observationSpace: Space, actionSize: Int, configuration: WorldModelsConfiguration,
    using random: inout SplitMix64
  ) {
    var isImage = false
    if case .image = observationSpace { isImage = true }
    vision = VAE(
      observationSize: observationSpace.count, isImage: isImage, configuration: configuration, using: &random)
    memory = MDNRNN(
      latentSize: configuration.latentSize, actionSize: actionSize, configuration: configuration,
      using: &random)
    scaling = isImage ? nil : ObservationScaling(size: observationSpace.count)
  }

  /// The distributions over z for observations in the environment's units, `[batch, observation]`.
  public func encode(_ observations: Tensor) -> LatentNormal {
    vision.encoder(scaling?(observations) ?? observations)
  }

  /// The observations in the environment's units for latents `[batch, latent]`.
  public func decode(_ latents: Tensor) -> Tensor {
    let observations = vision.decoder(latents)
    return scaling?.inverse(observations) ?? observations
  }

  /// Where the rewards lie that were ever seen, and 0.
  public var rewardRange: ClosedRange<Float> { rewardLimits[0]...rewardLimits[1] }

  /// What controllers see: [z, h], or z alone; `[batch, feature]`.
  public func features(_ latents: Tensor, memory: LSTMCell.State, usesMemory: Bool) -> Tensor {
    usesMemory ? concatenate([latents, memory.hidden]) : latents
  }

  /// Shows the parts to the visitor.
  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("vision", &vision)
    visitor("memory", &memory)
    visitor("scaling", &scaling)
    visitor("rewardLimits", &rewardLimits)
  }
}
