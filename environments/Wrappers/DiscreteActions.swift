/// A task whose continuous actions are replaced by a few fixed ones: action `[k]` stands for
/// `choices[k]`.
public struct DiscreteActions<Base: Environment>: Wrapper {
  /// The task itself.
  public var base: Base

  /// What the variant is called.
  public let name: String

  /// An index of a choice.
  public let actionSpace: Space

  /// The mean returns of this variant's policies.
  public let anchors: ReturnAnchors

  private let choices: [[Float]]
  private let expert: @Sendable (Base) -> Int

  /// A discrete variant of a task.
  ///
  /// - Parameters:
  ///   - base: the continuous task.
  ///   - name: what the variant is called.
  ///   - choices: the action of `base` that each index stands for; at least one.
  ///   - anchors: the mean returns of this variant's random and expert policies.
  ///   - expert: the index that the expert chooses in the current state.
  public init(
    _ base: Base, name: String, choices: [[Float]], anchors: ReturnAnchors,
    expert: @escaping @Sendable (Base) -> Int
  ) {
    precondition(choices.allSatisfy(base.actionSpace.contains), "a choice is not an action of \(base.name)")
    self.base = base
    self.name = name
    self.choices = choices
    self.anchors = anchors
    self.expert = expert
    actionSpace = .discrete(choices.count)
  }

  /// Takes the action that an index stands for.
  public mutating func step(_ action: [Float]) -> StepResult {
    base.step(choices[choice(action, below: choices.count)])
  }

  /// The expert's index.
  public func expertAction() -> [Float] { [Float(expert(base))] }
}
