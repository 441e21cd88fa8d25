import Kernels

/// An immutable block of `Float` numbers with a shape, stored row by row.
///
/// A tensor is a value: operations return new ones and nothing is ever changed behind your back.
/// Inside `valueWithGradient` the tensors that depend on a parameter also remember how they were
/// made (`node`); everywhere else they are plain numbers.
///
/// ```swift
/// Tensor([[1, 2, 3], [4, 5, 6]]).shape  // [2, 3]
/// ```
public struct Tensor: Sendable {
  /// The extent of each axis; empty for a single number.
  public let shape: [Int]
  var storage: Storage
  /// How this tensor was computed, while it is being recorded; see `Gradient.swift`.
  var node: Node?

  /// A tensor whose numbers are still to be written by the caller.
  init(uninitialized shape: [Int]) {
    for extent in shape { require(extent >= 0, "Tensor: an axis of \(shape) is negative") }
    self.shape = shape
    storage = Storage(count: shape.reduce(1, *))
  }

  init(shape: [Int], storage: Storage) {
    self.shape = shape
    self.storage = storage
  }

  // MARK: Making tensors

  /// A tensor with the given numbers, row by row.
  ///
  /// ```swift
  /// Tensor(shape: [2, 2], [1, 2, 3, 4])  // [[1, 2], [3, 4]]
  /// ```
  ///
  /// - Parameters:
  ///   - shape: the extent of each axis.
  ///   - scalars: as many numbers as the product of `shape`.
  public init(shape: [Int], _ scalars: [Float]) {
    require(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == scalars.count,
      "Tensor: shape \(shape) needs \(shape.reduce(1, *)) numbers, got \(scalars.count)")
    self.init(uninitialized: shape)
    scalars.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
    }
  }

  /// A single number, shape `[]`.
  ///
  /// ```swift
  /// Tensor(3)  // 3
  /// ```
  public init(_ scalar: Float) {
    self.init(uninitialized: [])
    pointer.pointee = scalar
  }

  /// A vector, shape `[count]`.
  ///
  /// ```swift
  /// Tensor([1, 2])  // [1, 2]
  /// ```
  public init(_ scalars: [Float]) {
    self.init(shape: [scalars.count], scalars)
  }

  /// A matrix, shape `[rows, columns]`.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]])  // [[1, 2], [3, 4]]
  /// ```
  public init(_ rows: [[Float]]) {
    let columns = rows.first?.count ?? 0
    require(
      rows.allSatisfy { $0.count == columns },
      "Tensor: the rows have different lengths: \(rows.map(\.count))")
    self.init(shape: [rows.count, columns], rows.flatMap { $0 })
  }

  /// A tensor in which every number is `value`.
  ///
  /// ```swift
  /// Tensor(repeating: 7, shape: [2])  // [7, 7]
  /// ```
  public init(repeating value: Float, shape: [Int]) {
    self.init(uninitialized: shape)
    pointer.update(repeating: value, count: count)
  }

  /// Zeros of a shape.
  ///
  /// ```swift
  /// Tensor.zeros([2])  // [0, 0]
  /// ```
  public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// Ones of a shape.
  ///
  /// ```swift
  /// Tensor.ones([2])  // [1, 1]
  /// ```
  public static func ones(_ shape: [Int]) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// Independent standard normal numbers.
  ///
  /// ```swift
  /// Tensor.normal([2, 3], using: &random).shape  // [2, 3]
  /// ```
  public static func normal(_ shape: [Int], using random: inout SplitMix64) -> Tensor {
    let result = Tensor(uninitialized: shape)
    let draws = (0..<drawsForNormalNumbers(result.count)).map { _ in random.next() }
    normalNumbers(from: draws, into: result.pointer, count: result.count)
    return result
  }

  /// Independent numbers drawn uniformly from [`low`, `high`), each from the upper 24 bits of one draw.
  ///
  /// ```swift
  /// Tensor.uniform([100], low: 2, high: 3, using: &random).maximum().scalar < 3  // true
  /// ```
  public static func uniform(
    _ shape: [Int], low: Float = 0, high: Float = 1, using random: inout SplitMix64
  ) -> Tensor {
    let result = Tensor(uninitialized: shape)
    for index in 0..<result.count { result.pointer[index] = Float(random.next() >> 40) * 0x1p-24 }
    scaleAndShift(result.pointer, scale: high - low, shift: low, into: result.pointer, count: result.count)
    return result
  }

  // MARK: Looking inside

  /// How many numbers there are.
  ///
  /// ```swift
  /// Tensor.zeros([2, 3]).count  // 6
  /// ```
  public var count: Int { shape.reduce(1, *) }

  /// How many axes there are.
  ///
  /// ```swift
  /// Tensor.zeros([2, 3]).rank  // 2
  /// ```
  public var rank: Int { shape.count }

  /// All numbers, row by row.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]]).scalars  // [1, 2, 3, 4]
  /// ```
  public var scalars: [Float] {
    withExtendedLifetime(storage) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
  }

  /// The only number of a tensor with one.
  ///
  /// ```swift
  /// Tensor([2, 3]).sum().scalar  // 5
  /// ```
  public var scalar: Float {
    require(count == 1, "scalar: a tensor of shape \(shape) holds \(count) numbers, not one")
    return withExtendedLifetime(storage) { pointer.pointee }
  }

  /// The number at a position, one index per axis.
  ///
  /// ```swift
  /// Tensor([[1, 2], [3, 4]])[1, 0]  // 3
  /// ```
  public subscript(indices: Int...) -> Float {
    require(
      indices.count == rank && zip(indices, shape).allSatisfy { $0 >= 0 && $0 < $1 },
      "index \(indices) does not exist in a tensor of shape \(shape)")
    let offset = zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
    return withExtendedLifetime(storage) { pointer[offset] }
  }

  /// Whether the tensor is being recorded for a gradient.
  ///
  /// ```swift
  /// Tensor(1).isRecorded  // false
  /// ```
  public var isRecorded: Bool { node != nil }

  /// The same numbers without their history: a constant.
  var value: Tensor { node == nil ? self : Tensor(shape: shape, storage: storage) }

  var pointer: UnsafeMutablePointer<Float> { storage.pointer }

  // MARK: Changing a tensor that nobody else sees

  /// Changes the numbers in place; a storage that others share is copied first.
  ///
  /// This is how optimisers write parameters: `let target = critic` stays as it was.
  package mutating func update(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    node = nil
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Storage(count: count)
      copy.pointer.update(from: storage.pointer, count: count)
      storage = copy
    }
    body(storage.pointer)
  }

  /// Calls `body` with the numbers, for reading.
  package func withPointer<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
    withExtendedLifetime(storage) { body(storage.pointer) }
  }
}

extension Tensor: Equatable {
  /// Whether shape and numbers are the same; how they were computed does not count.
  ///
  /// ```swift
  /// Tensor([1, 2]) == Tensor([[1, 2]])  // false
  /// ```
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.scalars == b.scalars
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first numbers, such as `Tensor[2, 3]: 1.0, 2.0, 3.0, …`.
  ///
  /// ```swift
  /// Tensor([1, 2]).description  // Tensor[2]: 1.0, 2.0
  /// ```
  public var description: String {
    let shown = scalars.prefix(12).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape): \(shown)\(count > 12 ? ", …" : "")"
  }
}

/// The papers' sg(·): the same numbers, through which no gradient flows.
///
/// ```swift
/// valueWithGradient(at: [Tensor(3)]) { $0[0] * stopGradient($0[0]) }.gradients[0]  // 3
/// ```
public func stopGradient(_ x: Tensor) -> Tensor { x.value }
