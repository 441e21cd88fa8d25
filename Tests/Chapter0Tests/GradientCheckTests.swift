import CourseTesting
import Tensors
import Testing

#if SOLUTIONS
  import Foundations
#else
  import Chapter0
#endif

/// What a check of gradients must tell apart, at a point of shape [2, 3].
@Suite(.exercise("0.3")) struct GradientCheckTests {
  /// A function with its gradient, by calculus.
  private struct Example: Sendable {
    let name: String
    var point = Tensor.sample([2, 3], seed: 8)
    let function: @Sendable (Tensor) -> Tensor
    let gradient: @Sendable (Tensor) -> Tensor
  }

  private static let weights = Tensor([[1, -2, 0.5], [3, 1.5, -1]])

  /// Σ w·tanh(x) times a scale.
  private static func smooth(_ name: String, scale: Float) -> Example {
    Example(
      name: name, function: { (scale * weights * tanh($0)).sum() },
      gradient: { scale * weights * (1 - square(tanh($0))) })
  }

  private static let ordinary = smooth("the gradient of Σ w·tanh(x)", scale: 1)
  private static let steep = smooth("the gradient of 1000·Σ w·tanh(x)", scale: 1000)
  private static let gentle = smooth("the gradient of 0.001·Σ w·tanh(x)", scale: 0.001)
  /// The slope changes as much within the step as it is large.
  private static let bowl = Example(
    name: "the gradient of 50·Σ x² near its minimum", point: 0.02 * .sample([2, 3], seed: 9),
    function: { (50 * square($0)).sum() }, gradient: { 100 * $0 })
  /// The last digits of the value are noise to a step that is too small.
  private static let lifted = Example(
    name: "the gradient of 10 + Σ w·tanh(x)", function: { 10 + ordinary.function($0) },
    gradient: ordinary.gradient)
  private static let coupled = Example(
    name: "the gradient of (Σ w·x)²", function: { square((weights * $0).sum()) },
    gradient: { 2 * (weights * $0).sum() * weights })

  private func verdict(_ example: Example, _ change: (Tensor) -> Tensor = { $0 }) -> Bool {
    acceptsGradient(change(example.gradient(example.point)), of: example.function, at: example.point)
  }

  /// The gradient with some of its numbers replaced.
  private func replacing(_ numbers: [Int: (Float) -> Float]) -> (Tensor) -> Tensor {
    { gradient in
      var scalars = gradient.scalars
      for (index, change) in numbers { scalars[index] = change(scalars[index]) }
      return Tensor(shape: gradient.shape, scalars)
    }
  }

  @Test func acceptsRightGradients() {
    for example in [Self.ordinary, Self.steep, Self.gentle, Self.bowl, Self.lifted, Self.coupled] {
      expectAccepts(example.name) { verdict(example) }
    }
  }

  @Test func rejectsAWrongSizeOrDirection() {
    for example in [Self.ordinary, Self.steep, Self.gentle] {
      expectRejects("\(example.name), with the wrong sign") { verdict(example) { -$0 } }
      expectRejects("\(example.name), halved") { verdict(example) { 0.5 * $0 } }
      expectRejects("\(example.name), doubled") { verdict(example) { 2 * $0 } }
      expectRejects("zeros for \(example.name)") { verdict(example) { 0 * $0 } }
    }
  }

  @Test func rejectsOneWrongNumber() {
    for index in 0..<6 {
      expectRejects("a gradient whose number \(index) is off by a fifth of the largest") {
        verdict(Self.ordinary) { gradient in
          let largest = gradient.scalars.map(abs).max()!
          return replacing([index: { $0 + 0.2 * largest }])(gradient)
        }
      }
    }
  }

  @Test func rejectsNumbersInTheWrongPlace() {
    expectRejects("a gradient with two numbers exchanged") {
      verdict(Self.coupled) { gradient in
        let scalars = gradient.scalars
        return replacing([1: { _ in scalars[3] }, 3: { _ in scalars[1] }])(gradient)
      }
    }
    expectRejects("the right numbers in the shape [3, 2]") { verdict(Self.ordinary) { $0.reshaped([3, 2]) } }
  }

  @Test func rejectsWhatIsNoNumber() {
    expectRejects("a gradient with a NaN") { verdict(Self.ordinary, replacing([2: { _ in .nan }])) }
    expectRejects("a gradient with an infinite number") {
      verdict(Self.ordinary, replacing([4: { _ in .infinity }]))
    }
  }
}
