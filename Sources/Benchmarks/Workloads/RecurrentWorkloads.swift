import Networks
import Tensors

/// The recurrent state-space model of PlaNet and DreamerV1, without their encoder and decoder, and an actor.
///
/// Source: Hafner et al. 2019, equation 4.
private struct RecurrentModel: Module {
  static let latentSize = 32
  static let actionSize = 2
  /// [z, a], h → h′.
  var cell: GRUCell
  /// h → mean and raw deviation of z.
  var priorLayers: MLP
  /// [h, e] → the same.
  var posteriorLayers: MLP
  /// [h, z] → a.
  var actor: MLP

  init(width: Int) {
    var random = SplitMix64(seed: 0)
    let (latents, actions) = (Self.latentSize, Self.actionSize)
    cell = GRUCell(latents + actions, size: width, using: &random)
    priorLayers = MLP(width, 2 * latents, units: width, hiddenLayers: 1, using: &random)
    posteriorLayers = MLP(2 * width, 2 * latents, units: width, hiddenLayers: 1, using: &random)
    actor = MLP(width + latents, actions, units: width, hiddenLayers: 1, using: &random)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor("cell", &cell)
    visitor("prior", &priorLayers)
    visitor("posterior", &posteriorLayers)
    visitor("actor", &actor)
  }

  /// Mean and deviation from the numbers of a network.
  func normal(_ numbers: Tensor) -> Normal {
    let size = Self.latentSize
    return Normal(
      mean: numbers.slice(0..<size, axis: -1),
      standardDeviation: softplus(numbers.slice(size..<2 * size, axis: -1)) + 0.1)
  }

  /// KL(posterior ‖ prior), summed over z, mean over time and batch, along a sequence that starts at zeros.
  ///
  /// - Parameters:
  ///   - embeddings: `[time, batch, width]`.
  ///   - actions: `[time, batch, action]`.
  ///   - noise: what z is drawn with, `[time, batch, latent]`.
  func loss(embeddings: Tensor, actions: Tensor, noise: Tensor) -> Tensor {
    let (time, batch, width) = (embeddings.shape[0], embeddings.shape[1], embeddings.shape[2])
    var memory = Tensor.zeros([batch, width])
    var latent = Tensor.zeros([batch, Self.latentSize])
    var memories: [Tensor] = []
    var posteriors: [Normal] = []
    for t in 0..<time {
      memory = cell(concatenate([latent, actions.at(t, axis: 0)]), state: memory)
      let posterior = normal(posteriorLayers(concatenate([memory, embeddings.at(t, axis: 0)])))
      latent = posterior.mean + posterior.standardDeviation * noise.at(t, axis: 0)
      memories.append(memory)
      posteriors.append(posterior)
    }
    let prior = normal(priorLayers(stack(memories)))
    let mean = stack(posteriors.map(\.mean))
    let deviation = stack(posteriors.map(\.standardDeviation))
    let divergence =
      log(prior.standardDeviation / deviation)
      + (square(deviation) + square(mean - prior.mean)) / (2 * square(prior.standardDeviation)) - 0.5
    return divergence.sum(-1).mean()
  }
}

extension Workload {
  /// A training step of the model through 50 time steps: loss, gradients, clipping to norm 100, Adam.
  static func recurrentTraining(batch: Int, width: Int) -> Workload {
    let time = 50
    var workload = Workload("rssm-train", ["\(batch)", "\(width)"]) {
      var model = RecurrentModel(width: width).withFormulaWeights()
      var optimizer = Adam(for: model, rate: 1e-3, clipNorm: 100, epsilon: .pyTorch(1e-8))
      let embeddings = Tensor.formula([time, batch, width], seed: 100)
      let actions = Tensor.formula([time, batch, RecurrentModel.actionSize], seed: 101)
      let noise = Tensor.formula([time, batch, RecurrentModel.latentSize], seed: 102)
      return {
        let (loss, gradients) = valueWithGradient(at: model) {
          $0.loss(embeddings: embeddings, actions: actions, noise: noise)
        }
        optimizer.update(&model, along: gradients)
        return loss
      }
    }
    workload.goals = ["PyTorch": 4, "JAX": 2]
    return workload
  }

  /// What an agent does between two observations: a step of the memory, the posterior's mean, the action.
  static var cellInference: Workload {
    let width = 200
    var workload = Workload("cell-inference") {
      let model = RecurrentModel(width: width).withFormulaWeights()
      let embedding = Tensor.formula([1, width], seed: 100)
      var memory = Tensor.zeros([1, width])
      var latent = Tensor.zeros([1, RecurrentModel.latentSize])
      var action = Tensor.zeros([1, RecurrentModel.actionSize])
      return {
        memory = model.cell(concatenate([latent, action]), state: memory)
        latent = model.normal(model.posteriorLayers(concatenate([memory, embedding]))).mean
        action = tanh(model.actor(concatenate([memory, latent])))
        return action
      }
    }
    workload.goals = ["PyTorch": 5]
    return workload
  }
}
