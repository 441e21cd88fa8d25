import struct Tensors.SplitMix64

/// The set that an observation or an action is taken from; its elements are always `[Float]`.
public enum Space: Sendable, Equatable {
  /// Vectors whose numbers lie between two bounds, one pair for each number; a bound may be infinite.
  case box(low: [Float], high: [Float])

  /// One of `count` choices, as a vector of one number: the index 0, 1, … `count` − 1.
  case discrete(Int)

  /// Pictures as numbers in [0, 1], each a byte divided by 255, in the order row, column, channel.
  case image(height: Int, width: Int, channels: Int)

  /// The shape of an element; the product of it is the element's length.
  public var shape: [Int] {
    switch self {
    case .box(let low, _): [low.count]
    case .discrete: [1]
    case .image(let height, let width, let channels): [height, width, channels]
    }
  }

  /// How many numbers an element has.
  public var count: Int { shape.reduce(1, *) }

  /// Whether `element` has the right size and every number is in range (NaN never is).
  public func contains(_ element: [Float]) -> Bool {
    guard element.count == count else { return false }
    switch self {
    case .box(let low, let high):
      return element.indices.allSatisfy { low[$0] <= element[$0] && element[$0] <= high[$0] }
    case .discrete(let choices):
      return element[0] >= 0 && element[0] < Float(choices) && element[0] == element[0].rounded()
    case .image:
      return element.allSatisfy { 0 <= $0 && $0 <= 1 }
    }
  }

  /// An element drawn uniformly; an infinite side of a box is cut at ±1,000,000.
  public func sample(using random: inout SplitMix64) -> [Float] {
    switch self {
    case .box(let low, let high):
      low.indices.map { Float(random.uniform(in: max(Double(low[$0]), -1e6)...min(Double(high[$0]), 1e6))) }
    case .discrete(let choices):
      [Float(random.index(below: choices))]
    case .image:
      (0..<count).map { _ in Float(random.index(below: 256)) / 255 }
    }
  }
}

// MARK: Receiving actions

/// The only number of `action`, clipped to `range`; traps unless there is exactly one and it is not NaN.
@inline(__always)
func clippedNumber(_ action: [Float], in range: ClosedRange<Float>) -> Float {
  guard action.count == 1 else { trapOnAction(action, expected: "1 number") }
  return clipped(action, at: 0, in: range)
}

/// Number `index` of `action`, clipped to `range`; traps on NaN.
@inline(__always)
func clipped(_ action: [Float], at index: Int, in range: ClosedRange<Float>) -> Float {
  let number = action[index]
  guard !number.isNaN else { trapOnAction(action, expected: "numbers, not NaN") }
  return min(max(number, range.lowerBound), range.upperBound)
}

/// The choice that a discrete `action` stands for; traps unless it is one of 0 ..< `count`.
@inline(__always)
func choice(_ action: [Float], below count: Int) -> Int {
  guard action.count == 1, let index = Int(exactly: action[0]), 0..<count ~= index else {
    trapOnAction(action, expected: "one index from 0 to \(count - 1)")
  }
  return index
}

/// Stops with a message that says what a step expected; it stays readable in optimised builds.
@inline(never)
func trapOnAction(_ action: [Float], expected: String) -> Never {
  fatalError("step(_:) expects an action of \(expected), got \(action)")
}
