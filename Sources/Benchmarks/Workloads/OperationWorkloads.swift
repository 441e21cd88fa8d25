import Tensors

extension Workload {
  /// The product of [`rows`, `depth`] with [`depth`, `columns`].
  static func matrixProduct(_ rows: Int, _ depth: Int, _ columns: Int) -> Workload {
    var workload = Workload("gemm", [rows, depth, columns].map(String.init)) {
      let left = Tensor.formula([rows, depth], seed: 0)
      let right = Tensor.formula([depth, columns], seed: 1)
      return { left.matmul(right) }
    }
    workload.arithmetic = Double(2 * rows * depth * columns)
    workload.goals = ["PyTorch": 1.8]
    if rows == 512 { workload.goals[Contest.oneThread] = 1.6 }
    return workload
  }

  /// One of exp, tanh, sigmoid and add on `count` numbers.
  static func elementwise(_ operation: String, count: Int) -> Workload {
    var workload = Workload("elementwise", [operation, "\(count)"]) {
      let x = Tensor.formula([count], seed: 0, scale: 4)
      let y = Tensor.formula([count], seed: 1)
      switch operation {
      case "exp": return { exp(x) }
      case "tanh": return { tanh(x) }
      case "sigmoid": return { sigmoid(x) }
      default: return { x + y }
      }
    }
    workload.goals = ["PyTorch": 1]
    return workload
  }

  /// Value and gradient of a chain of 900 operations on four numbers: next to no arithmetic, so that what
  /// is measured is the cost of recording an operation and of walking back over it.
  static var recording: Workload {
    let links = 300
    var workload = Workload("recording") {
      let scale = Tensor.formula([4], seed: 0)
      let shift = Tensor.formula([4], seed: 1)
      return {
        let (_, gradients) = valueWithGradient(at: [scale, shift]) { tracked in
          var x = tracked[1]
          for _ in 0..<links { x = tanh(x * tracked[0] + tracked[1]) }
          return x.sum()
        }
        return gradients[0]
      }
    }
    workload.recordedOperations = 3 * links
    return workload
  }
}
