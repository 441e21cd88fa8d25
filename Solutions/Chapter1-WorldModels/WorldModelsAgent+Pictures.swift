import Environments
import Tensors
import Training

extension WorldModelsAgent: PicturingAgent {
  /// What V has learned: reconstructions, samples of the prior, and each number of z from −3 to 3.
  public var pictures: [AgentPicture] {
    guard history.visionUpdates > 0 else { return [] }
    var random = SplitMix64(seed: 1)
    let seen = experience.replay.sample(batchSize: 12, length: 1, using: &random).observations.at(0, axis: 1)
    let prior = Tensor.normal([2 * 12, configuration.latentSize], using: &random)
    return [
      AgentPicture(
        name: "reconstructions", caption: "Observations above, what V makes of them below.",
        image: grid([seen, model.decode(model.encode(seen).mean)])),
      AgentPicture(
        name: "prior", caption: "What V sees in random numbers: z drawn from N(0, 1).",
        image: grid([0..<12, 12..<24].map { model.decode(prior.slice($0, axis: 0)) })),
      AgentPicture(
        name: "traversals", caption: "One number of z in each row, from −3 to 3; the others stay.",
        image: grid(traversals(of: model.encode(seen).mean.slice(0..<1, axis: 0)))),
    ]
  }

  /// Decoded latents in which one number moves; one row for each of the first eight numbers.
  private func traversals(of latent: Tensor) -> [Tensor] {
    let numbers = latent.scalars
    return (0..<min(8, numbers.count)).map { row in
      model.decode(
        Tensor(
          (0..<12).map { column in
            var moved = numbers
            moved[row] = -3 + 6 * Float(column) / 11
            return moved
          }))
    }
  }

  /// Rows of observations `[picture, observation]` as one picture.
  private func grid(_ rows: [Tensor]) -> RGBImage {
    let side = 48
    let pictures = rows.map { row in
      (0..<row.shape[0]).map { index in
        environment.render(observation: row.at(index, axis: 0).scalars, width: side, height: side)
      }
    }
    var bytes: [UInt8] = []
    let width = 3 * side
    for row in pictures {
      for line in 0..<side {
        for picture in row { bytes += picture.bytes[width * line..<width * (line + 1)] }
      }
    }
    return RGBImage(width: side * pictures[0].count, height: side * rows.count, bytes: bytes)
  }
}
