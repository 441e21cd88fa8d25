/// Takes the choices of a discrete task as vectors, one number a choice: the largest one counts.
///
/// So a policy that gives numbers, or one-hot vectors, can act in a discrete task.
public struct OneHotActions<Base: Environment>: Wrapper {
  /// The wrapped environment.
  public var base: Base

  private let choices: Int

  /// A discrete environment with vectors as actions.
  ///
  /// - Parameter base: the environment to wrap, with a discrete action space.
  public init(_ base: Base) {
    guard case .discrete(let choices) = base.actionSpace else {
      preconditionFailure("one-hot actions need a discrete task, not \(base.actionSpace)")
    }
    self.base = base
    self.choices = choices
  }

  /// One number from 0 to 1 for each choice.
  public var actionSpace: Space {
    .box(low: Array(repeating: 0, count: choices), high: Array(repeating: 1, count: choices))
  }

  /// Takes the choice with the largest number, the first of equal ones.
  public mutating func step(_ action: [Float]) -> StepResult {
    guard action.count == choices else { trapOnAction(action, expected: "\(choices) numbers") }
    var largest = 0
    for index in 0..<choices
    where clipped(action, at: index, in: 0...1) > clipped(action, at: largest, in: 0...1) {
      largest = index
    }
    return base.step([Float(largest)])
  }

  /// The expert's choice as a one-hot vector.
  public func expertAction() -> [Float] {
    let expert = Int(base.expertAction()[0])
    return (0..<choices).map { $0 == expert ? 1 : 0 }
  }
}
