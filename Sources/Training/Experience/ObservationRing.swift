import Environments

/// The observations of a replay buffer, one after the other: vectors as numbers, pictures as bytes.
struct ObservationRing: Sendable, Equatable {
  /// The number of values in an observation.
  let size: Int
  /// Whether values are bytes, which stand for a byte / 255.
  let holdsBytes: Bool

  // Only one of the two is ever used.
  private var numbers: [Float] = []
  private var bytes: [UInt8] = []

  init(for space: Space) {
    size = space.count
    if case .image = space { holdsBytes = true } else { holdsBytes = false }
  }

  /// Writes one observation of `size` numbers at `slot`, which is the ring's end until the ring is full.
  mutating func put(_ observation: [Float], slot: Int) {
    guard holdsBytes else { return numbers.put(observation, slot: slot) }
    precondition(
      observation.allSatisfy { 0 <= $0 && $0 <= 1 },
      "ReplayBuffer keeps pictures whose numbers lie in [0, 1]; this one has others")
    bytes.put(observation.map { UInt8((255 * $0).rounded()) }, slot: slot)
  }

  /// Appends the observations of some slots to `numbers`, row-major.
  func append(_ slots: Range<Int>, to numbers: inout [Float]) {
    let range = slots.scaled(by: size)
    if holdsBytes {
      numbers.append(contentsOf: bytes[range].lazy.map { Float($0) / 255 })
    } else {
      numbers.append(contentsOf: self.numbers[range])
    }
  }

  // MARK: Checkpoints

  /// The stored values as they are.
  var values: SafeTensors.Values { holdsBytes ? .bytes(bytes) : .floats(numbers) }

  /// Takes over `count` observations that ``values`` gave to a checkpoint.
  ///
  /// - Throws: `CourseError` when the tensor is missing, or has another shape or type.
  mutating func load(from checkpoint: Checkpoint, name: String, count: Int) throws {
    if holdsBytes {
      bytes = try checkpoint.bytes(name, shape: [count, size])
    } else {
      numbers = try checkpoint.floats(name, shape: [count, size])
    }
  }
}

// MARK: Rings

extension Array {
  /// Writes one step's values at `slot`, which is the ring's end until the ring is full.
  mutating func put(_ values: [Element], slot: Int) {
    let start = slot * values.count
    replaceSubrange(start..<Swift.min(start + values.count, count), with: values)
  }
}

extension Range<Int> {
  /// The range of the values that belong to these steps, when each step has `size` of them.
  func scaled(by size: Int) -> Range<Int> { lowerBound * size..<upperBound * size }
}
