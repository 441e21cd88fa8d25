import CourseTesting
import Environments
import Networks
import Tensors
import Testing
import Training
import WorldModels

/// Against the formulas of the paper's code, in PyTorch and TensorFlow.
@Suite struct WorldModelsGoldenTests {
  @Test func theVAEsLoss() throws {
    let golden = try GoldenCase.named("vae_loss", in: "worldmodels")
    let tolerance = try Float(golden.input("kl_tolerance").number)
    try golden.check(at: ["y", "mu", "logvar"]) { tensors in
      let floor = tolerance * Float(tensors[1].shape[1])
      let (error, divergence, total) = vaeLoss(
        observations: try golden.input("x").tensor, reconstructions: tensors[0],
        latent: LatentNormal(mean: tensors[1], logVariance: tensors[2]), weight: 1, floor: floor)
      return [
        "recon_per_image": error, "kl_per_image": divergence, "recon": error.mean(),
        "kl": maximum(divergence, Tensor(floor)).mean(), "loss": total,
      ]
    }
  }

  @Test func aDrawOfTheLatent() throws {
    let golden = try GoldenCase.named("vae_reparameterise", in: "worldmodels")
    try golden.check(at: ["mu", "logvar"]) { tensors in
      [
        "y": LatentNormal(mean: tensors[0], logVariance: tensors[1]).sample(
          noise: try golden.input("eps").tensor)
      ]
    }
  }

  @Test func theMixturesLoss() throws {
    let golden = try GoldenCase.named("mdn_nll", in: "worldmodels")
    try golden.check(at: ["raw"]) { tensors in
      let density = MixtureDensity(raw: tensors[0], mixtures: 5)
      let loss = density.negativeLogLikelihood(of: try golden.input("target").tensor)
      return ["nll": loss, "loss": loss.mean()]
    }
  }

  @Test(arguments: ["1.15", "0.5"]) func temperature(_ name: String) throws {
    let golden = try GoldenCase.named("mdn_temperature_\(name)", in: "worldmodels")
    let density = MixtureDensity(
      logits: try golden.input("logits").tensor, means: try golden.input("mean").tensor,
      logDeviations: try golden.input("logstd").tensor
    ).atTemperature(Float(try golden.input("tau").number))
    try golden.expect(softmax(density.logits), is: "probs")
    try golden.expect(exp(density.logDeviations), is: "std")
    try golden.expect(
      density.sample(uniform: golden.input("u").tensor, noise: golden.input("eps").tensor), is: "next")
  }

  @Test func theMemoryAndItsHeads() throws {
    let golden = try GoldenCase.named("mdn_rnn_doom_loss", in: "worldmodels")
    var random = SplitMix64(seed: 1)
    var settings = WorldModelsConfiguration.preset(.smoke)
    (settings.memorySize, settings.mixtures) = (3, 5)
    var memory = MDNRNN(latentSize: 1, actionSize: 3, configuration: settings, using: &random)
    try golden.check(at: ["kernel", "bias", "ow", "ob", "x"]) { tensors in
      // The official order of gates is input, candidate, forget, output, and its forget gate adds 1.
      func reordered(_ gates: Tensor) -> Tensor {
        concatenate([0, 2, 1, 3].map { gates.slice(3 * $0..<3 * $0 + 3, axis: -1) })
      }
      let kernel = reordered(tensors[0])
      memory.cell.input.weight = kernel.slice(0..<4, axis: 0)
      memory.cell.recurrent = kernel.slice(4..<7, axis: 0)
      memory.cell.input.bias = reordered(tensors[1]) + Tensor((0..<12).map { $0 / 3 == 1 ? 1 : 0 })
      memory.doneLayer.weight = tensors[2].slice(0..<1, axis: 1)
      memory.doneLayer.bias = tensors[3].slice(0..<1, axis: 0)
      memory.mixtureLayer.weight = tensors[2].slice(1..<16, axis: 1)
      memory.mixtureLayer.bias = tensors[3].slice(1..<16, axis: 0)
      let hidden = try memory.memories(
        latents: tensors[4].slice(0..<1, axis: -1), actions: tensors[4].slice(1..<4, axis: -1),
        isFirst: golden.input("restart").tensor)
      let latentLoss = try memory.nextLatent(hidden)
        .negativeLogLikelihood(of: golden.input("target").tensor).mean()
      let done = doneLoss(
        logits: memory.doneLogit(hidden), target: try golden.input("rlab").tensor, weight: 10)
      return [
        "h_last": hidden.at(2, axis: 1), "z_cost": latentLoss, "restart_cost": done.mean(),
        "loss": latentLoss + done.mean(),
      ]
    }
  }

  @Test func theCarsController() throws {
    let golden = try GoldenCase.named("controller_car_racing", in: "worldmodels")
    let (parameters, x) = (try golden.input("params").tensor, try golden.input("x"))
    let controller = Controller(parameters: parameters.scalars, sizes: [7, 3])
    let format = try ActionFormat(GridRacing(imageSize: 16).actionSpace)
    let actions = (0..<x.shape[0]).map { format.action(controller(x.row($0).map { Float($0) })) }
    try golden.expect(Tensor(actions), is: "action")
    #expect(Controller.parameterCount(sizes: [32 + 256, 3]) == 867)
  }

  @Test func thePapersSizes() throws {
    var random = SplitMix64(seed: 2)
    let settings = WorldModelsConfiguration.preset(.paper)
    try settings.validate()
    let space = GridRacing(imageSize: 64).observationSpace
    let model = WorldModel(observationSpace: space, actionSize: 3, configuration: settings, using: &random)
    #expect(model.vision.parameterCount == 4_348_547)
    #expect(model.memory.cell.parameterCount + model.memory.mixtureLayer.parameterCount == 422_368)
    let latent = model.encode(Tensor.uniform([1, 64 * 64 * 3], using: &random))
    #expect(latent.mean.shape == [1, 32] && latent.logVariance.shape == [1, 32])
    let picture = model.decode(latent.mean)
    #expect(picture.shape == [1, 64 * 64 * 3])
    #expect(picture.scalars.allSatisfy { 0 < $0 && $0 < 1 })
  }
}
