import Tensors

/// Numbers in a shape: what an expectation compares; a plain number has the shape `[]`.
public protocol NumericArray {
  /// The extent of each axis.
  var shape: [Int] { get }
  /// The numbers, row by row.
  var scalars: [Float] { get }
}

extension Tensor: NumericArray {}

extension Float: NumericArray {
  /// No axes.
  public var shape: [Int] { [] }
  /// The number itself.
  public var scalars: [Float] { [self] }
}

extension Double: NumericArray {
  /// No axes.
  public var shape: [Int] { [] }
  /// The number, rounded.
  public var scalars: [Float] { [Float(self)] }
}

extension Int: NumericArray {
  /// No axes.
  public var shape: [Int] { [] }
  /// The number, rounded.
  public var scalars: [Float] { [Float(self)] }
}

extension Array: NumericArray where Element: NumericArray {
  /// The count, then the shape of the elements, which is one and the same.
  public var shape: [Int] {
    let shapes = Set(map(\.shape))
    precondition(shapes.count <= 1, "rows of different shapes: \(shapes)")
    return [count] + (shapes.first ?? [])
  }

  /// The numbers of the elements, one after the other.
  public var scalars: [Float] { flatMap(\.scalars) }
}

/// The indices of a position in a flat array: 5 in the shape `[2, 3]` is `[1, 2]`.
func indices(of position: Int, in shape: [Int]) -> [Int] {
  var rest = position
  return shape.reversed().map { extent in
    defer { rest /= extent }
    return rest % extent
  }.reversed()
}
