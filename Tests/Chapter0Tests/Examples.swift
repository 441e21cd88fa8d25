import CourseTesting
import Networks
import Tensors

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

extension LatentWorldModel {
  /// A model no two of whose extents are equal: action 2, observation 3, z 5, hidden 7.
  static func example(seed: UInt64 = 30) -> LatentWorldModel {
    var random = SplitMix64(seed: seed)
    return LatentWorldModel(observationSize: 3, actionSize: 2, latentSize: 5, units: 7, using: &random)
      .withRandomParameters(seed: seed + 1)
  }
}

extension Oracle {
  /// The mean of the belief about a latent, from an observation.
  static func latent(_ model: LatentWorldModel, seeing observation: [Double]) -> [Double] {
    Array(linear(observation, model.encoder).prefix(5))
  }

  /// z′ = z + dynamics([z, a]).
  static func next(_ model: LatentWorldModel, _ latent: [Double], _ action: [Double]) -> [Double] {
    zip(latent, mlp(latent + action, model.dynamics)).map(+)
  }
}
