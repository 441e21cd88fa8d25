import Foundation
import Tensors
import Testing
import Training

private struct State: Codable, Equatable {
  var random: SplitMix64
  var angle: Double
  var velocity: Float
  var best: Double
  var history: [Double]
  var note: String?
}

@Suite struct CheckpointTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("checkpoint.safetensors")
  }

  private func reread(_ checkpoint: Checkpoint) throws -> Checkpoint {
    try checkpoint.write(to: path)
    return try Checkpoint(contentsOf: path)
  }

  @Test func stateComesBackBitForBit() throws {
    var random = SplitMix64(seed: .max)
    let states = (0..<500).map { _ in
      State(
        random: random.split(), angle: random.normal() * 1e-3, velocity: Float(random.normal()),
        best: -.infinity,
        history: [-0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e23, random.uniform()],
        note: "a \"b\"\n")
    }
    var checkpoint = Checkpoint()
    try checkpoint.setState(states, named: "trainer")
    try checkpoint.setState(3, named: "step")
    let copy = try reread(checkpoint)
    let restored = try copy.state([State].self, named: "trainer")
    #expect(restored == states)
    #expect(restored.allSatisfy { $0.history[0].sign == .minus })
    #expect(try copy.state(Int.self, named: "step") == 3)
  }

  @Test func tensorsComeBackInTheOrderAskedFor() throws {
    var checkpoint = Checkpoint()
    checkpoint.add([("weight", [2, 1], [1, 2]), ("bias", [1], [3])], group: "model")
    checkpoint.add([("weight", [2, 1], [4, 5])], group: "model2")
    let copy = try reread(checkpoint)
    #expect(
      try copy.floats(group: "model", expected: [("bias", [1]), ("weight", [2, 1])]) == [[3], [1, 2]])
    #expect(try copy.floats(group: "model2", expected: [("weight", [2, 1])]) == [[4, 5]])
    #expect(try copy.floats("model.bias") == [3])
  }

  @Test func whatDoesNotFitIsNamedWithBothShapes() throws {
    var checkpoint = Checkpoint()
    checkpoint.add([("weight", [2, 1], [1, 2]), ("bias", [1], [3])], group: "model")
    checkpoint.add("steps", shape: [], .integers([5]))
    try checkpoint.setState(["a": "x"], named: "trainer")
    let copy = try reread(checkpoint)
    #expect(
      failure { _ = try copy.floats(group: "model", expected: [("weight", [1, 2]), ("bias", [9])]) }
        == "\(path): tensor 'model.weight' has shape [2, 1], expected [1, 2]")
    #expect(
      failure { _ = try copy.floats(group: "model", expected: [("scale", [1]), ("weight", [1, 2])]) }
        == "\(path): holds no tensor 'model.scale', expected with shape [1]")
    #expect(
      failure { _ = try copy.floats(group: "model", expected: [("weight", [2, 1])]) }
        == "\(path): holds tensor 'model.bias' of shape [1], which nothing here expects; "
        + "was it made with another configuration?")
    #expect(failure { _ = try copy.floats("steps") } == "\(path): tensor 'steps' has type I64, expected F32")
    #expect(failure { _ = try copy.bytes("steps") } == "\(path): tensor 'steps' has type I64, expected U8")
    #expect(
      failure { _ = try copy.integers("model.bias") }
        == "\(path): tensor 'model.bias' has type F32, expected I64")
    #expect(failure { _ = try copy.state(Int.self, named: "none") } == "\(path): holds no state 'none'")
    #expect(
      failure { _ = try copy.state([String: Int].self, named: "trainer") }
        == "\(path): state 'trainer' does not fit Dictionary<String, Int>: expected Int at 'a'")
    #expect(
      failure { _ = try copy.state(State.self, named: "trainer") }
        == "\(path): state 'trainer' does not fit State: 'random' is missing")
  }

  @Test func anotherProgramsSafetensorsFileIsRefused() throws {
    var file = SafeTensors()
    try file.write(to: path)
    let problem = "a safetensors file but no checkpoint of this program: expected the format "
    #expect(
      failure { _ = try Checkpoint(contentsOf: path) }
        == "\(path): \(problem)'world models course checkpoint 1', found none")
    file.metadata["format"] = "pt"
    try file.write(to: path)
    #expect(
      failure { _ = try Checkpoint(contentsOf: path) }
        == "\(path): \(problem)'world models course checkpoint 1', found 'pt'")
  }

  @Test(arguments: [5, 12, 100]) func aReplayBufferGoesOnAsIfNothingHadHappened(capacity: Int) throws {
    func step(_ buffer: inout ReplayBuffer, _ number: Int) {
      if number % 7 == 0 {
        buffer.startEpisode(with: [Float(number), 0])
      } else {
        buffer.append(
          action: [0.1, 0.2, Float(number)], observation: [Float(number), 1], reward: Float(number) / 3,
          isTerminal: number % 7 == 6)
      }
    }
    var original = ReplayBuffer(
      observationSpace: .vector(2), actionSize: 3, capacity: capacity, crossesEpisodes: false)
    for number in 0..<24 { step(&original, number) }
    var checkpoint = Checkpoint()
    original.save(to: &checkpoint, group: "replay")
    var copy = ReplayBuffer(
      observationSpace: .vector(2), actionSize: 3, capacity: capacity, crossesEpisodes: false)
    try copy.load(from: reread(checkpoint), group: "replay")
    #expect(copy == original)
    for number in 24..<50 {
      step(&original, number)
      step(&copy, number)
      #expect(copy == original)
      var first = SplitMix64(seed: UInt64(number))
      var second = first
      #expect(
        original.sample(batchSize: 3, length: 2, using: &first)
          == copy.sample(batchSize: 3, length: 2, using: &second))
    }
  }

  @Test func aReplayBufferOfOtherSizesIsRefusedAndNothingChanges() throws {
    var small = ReplayBuffer(observationSpace: .vector(2), actionSize: 1, capacity: 9, crossesEpisodes: false)
    small.startEpisode(with: [1, 2])
    var checkpoint = Checkpoint()
    small.save(to: &checkpoint, group: "replay")
    var other = ReplayBuffer(observationSpace: .vector(3), actionSize: 1, capacity: 9, crossesEpisodes: false)
    let before = other
    #expect(
      failure { try other.load(from: checkpoint, group: "replay") }
        == "checkpoint: tensor 'replay.observations' has shape [1, 2], expected [1, 3]")
    #expect(other == before)
  }
}
