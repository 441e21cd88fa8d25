import Kernels
import Synchronization

/// One recorded operation: where its result came from and how a gradient flows back.
///
/// A node is only touched by the `valueWithGradient` call that created it, on that call's thread.
final class Node: @unchecked Sendable {
  /// The recording this node belongs to; a later recording sees older tensors as constants.
  let recording: UInt64
  var edges: [Edge]
  /// Uses of this node that have not sent their gradient yet, during the backward pass.
  var pendingUses = 0
  /// The sum of the gradients received so far, during the backward pass.
  var gradient: Tensor?
  private var transposedMatrix: Tensor?

  init(recording: UInt64, edges: [Edge]) {
    self.recording = recording
    self.edges = edges
  }

  /// The transposed copy of this node's matrix, made once and kept as long as the record.
  func transposed(_ matrix: Tensor) -> Tensor {
    if let transposedMatrix { return transposedMatrix }
    let copy = matrix.transposed()
    transposedMatrix = copy
    return copy
  }

  /// Releases a chain of nodes one by one; the default would recurse once per link and overflow the
  /// stack on a long sequence.
  deinit {
    var doomed = edges
    edges = []
    while var edge = doomed.popLast() {
      if isKnownUniquelyReferenced(&edge.node) {
        doomed.append(contentsOf: edge.node.edges)
        edge.node.edges = []
      }
    }
  }
}

/// The way from a result back to one of its inputs.
struct Edge {
  var node: Node
  let pullback: Pullback
}

/// The product of a gradient with an operation's Jacobian, for one input.
enum Pullback {
  /// Returns the gradient of the input.
  case value((Tensor) -> Tensor)
  /// Adds it to what the input has already received: for slices, which touch a part only, and for
  /// weights, whose gradient is a sum over time steps.
  case adding((Tensor, inout Tensor?) -> Void)
}

extension Tensor {
  /// Records that this tensor was computed from `input`.
  ///
  /// Written beside each operation as `if let node = a.node { y.record(node, .value { … }) }`; the
  /// closure must capture plain values (`a.value`), or it would record itself.
  ///
  /// - Parameters:
  ///   - input: the node of the input.
  ///   - name: the operation's name, where it is not that of the function called.
  ///   - pullback: sends the gradient back to the input.
  mutating func record(_ input: Node, as name: @autoclosure () -> String? = nil, _ pullback: Pullback) {
    let edge = Edge(
      node: input, pullback: FiniteCheck.isOn ? FiniteCheck.watch(name(), self, pullback) : pullback)
    if let node, node.recording == input.recording {
      node.edges.append(edge)
    } else if (node?.recording ?? 0) < input.recording {
      node = Node(recording: input.recording, edges: [edge])
    }
  }
}

/// One run of `valueWithGradient`: it makes the leaves and collects their gradients.
package struct Recording {
  private static let latest = Atomic<UInt64>(0)
  private let number = Recording.latest.wrappingAdd(1, ordering: .relaxed).newValue
  private var leaves: [Tensor] = []

  package init() {}

  /// A copy of `parameter` whose uses are recorded.
  package mutating func track(_ parameter: Tensor) -> Tensor {
    var leaf = parameter.value
    leaf.node = Node(recording: number, edges: [])
    leaves.append(leaf)
    return leaf
  }

  /// The gradients of `loss` with respect to every tracked tensor, in the order of tracking.
  ///
  /// nil stands for a tensor that the loss does not depend on. Frees the record.
  package func gradients(of loss: Tensor) -> [Tensor?] {
    require(
      loss.count == 1, "valueWithGradient: the loss must be a single number, not of shape \(loss.shape)")
    guard let root = loss.node, root.recording == number else { return leaves.map { _ in nil } }
    sendBack(from: root, gradient: .ones(loss.shape))
    return leaves.map { $0.node?.gradient }
  }

  /// Visits every node after all of its uses, so that its gradient is complete when it is passed on.
  private func sendBack(from root: Node, gradient: Tensor) {
    var stack = [root]
    while let node = stack.popLast() {
      for index in node.edges.indices {
        let input = node.edges[index].node
        if input.pendingUses == 0 { stack.append(input) }
        input.pendingUses += 1
      }
    }
    root.gradient = gradient
    var ready = [root]
    while let node = ready.popLast() {
      if node.edges.isEmpty { continue }
      let edges = node.edges
      let gradient = node.gradient!
      node.gradient = nil
      node.edges = []
      for edge in edges {
        edge.node.receive(gradient, through: edge.pullback)
        edge.node.pendingUses -= 1
        if edge.node.pendingUses == 0 { ready.append(edge.node) }
      }
    }
  }
}

extension Node {
  fileprivate func receive(_ incoming: Tensor, through pullback: Pullback) {
    switch pullback {
    case .value(let function):
      let contribution = function(incoming)
      if gradient == nil {
        gradient = contribution
      } else {
        gradient!.add(contribution)
      }
    case .adding(let function):
      function(incoming, &gradient)
    }
  }
}

extension Tensor? {
  /// Adds to a sum of gradients in place: `body` is given its numbers, and whether there are any yet; if not,
  /// it must write them all.
  mutating func accumulate(shape: [Int], _ body: (UnsafeMutablePointer<Float>, _ adding: Bool) -> Void) {
    let adding = self != nil
    var total = self ?? Tensor(uninitialized: shape)
    self = nil  // so that the numbers have a single owner
    total.update { body($0, adding) }
    self = total
  }
}

extension Tensor {
  /// Adds in place when nobody else holds these numbers.
  mutating func add(_ other: Tensor) {
    if isKnownUniquelyReferenced(&storage) {
      combine(.add, pointer, other.pointer, into: pointer, count: count)
    } else {
      self = self + other
    }
  }
}

/// The value of `function` and its gradients with respect to some tensors.
///
/// Only the tensors given to the closure are recorded; everything it captures is a constant.
///
/// ```swift
/// let (value, gradients) = valueWithGradient(at: [Tensor([1, 2])]) { square($0[0]).sum() }
/// value  // 5
/// gradients[0]  // [2, 4]
/// ```
///
/// - Parameters:
///   - tensors: where to take the gradient.
///   - function: computes a single number, shape `[]` or any shape with one element.
/// - Returns: the value, and one gradient per tensor in its shape (zeros where the value does not
///   depend on it).
public func valueWithGradient(
  at tensors: [Tensor], of function: ([Tensor]) throws -> Tensor
) rethrows -> (value: Tensor, gradients: [Tensor]) {
  var recording = Recording()
  let tracked = tensors.map { recording.track($0) }
  let value = try function(tracked)
  let gradients = recording.gradients(of: value)
  return (value.value, zip(gradients, tensors).map { $0 ?? .zeros($1.shape) })
}

extension Tensor {
  /// Records an operation whose pullback computes the gradients of all `inputs` in one pass; it runs
  /// once, and each recorded input takes its own.
  mutating func recordTogether(_ inputs: [Tensor], _ pullback: @escaping (Tensor) -> [Tensor]) {
    final class Results { var tensors: [Tensor?]? }
    let results = Results()
    for (index, input) in inputs.enumerated() {
      guard let node = input.node else { continue }
      record(
        node,
        .value { gradient in
          var tensors = results.tensors ?? pullback(gradient).map(Optional.some)
          results.tensors = nil
          let own = tensors[index]!
          tensors[index] = nil
          results.tensors = tensors
          return own
        })
    }
  }
}
