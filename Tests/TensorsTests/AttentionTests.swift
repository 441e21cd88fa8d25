import CourseTesting
import Tensors
import Testing

/// Attention on sequences longer than a block of the kernel, against the same in single operations.
@Suite struct AttentionTests {
  private static func byOperations(_ x: [Tensor], heads: Int, isCausal: Bool) -> Tensor {
    let (batch, queries, width) = (x[0].shape[0], x[0].shape[1], x[0].shape[2])
    let parts = x.map { $0.reshaped([batch, $0.shape[1], heads, width / heads]).transposed(0, 2, 1, 3) }
    var scores = parts[0].matmul(parts[1], transposingRight: true) / Float(width / heads).squareRoot()
    if isCausal {
      let keys = x[1].shape[1]
      let mask = (0..<queries * keys).map {
        $0 % keys <= keys - queries + $0 / keys ? 0 : -Float.greatestFiniteMagnitude
      }
      scores = scores + Tensor(shape: [queries, keys], mask)
    }
    return softmax(scores).matmul(parts[2]).transposed(0, 2, 1, 3).reshaped(x[0].shape)
  }

  @Test(arguments: [(70, 70, true), (33, 50, true), (40, 70, false), (1, 40, true)])
  func longSequences(_ queries: Int, _ keys: Int, isCausal: Bool) {
    var random = SplitMix64(seed: 3)
    let x = [queries, keys, keys].map { Tensor.normal([2, $0, 36], using: &random) }
    let weights = Tensor.normal([2, queries, 36], using: &random)
    func results(_ function: ([Tensor]) -> Tensor) -> [Tensor] {
      var y = weights
      let gradients = valueWithGradient(at: x) { tensors in
        y = function(tensors)
        return (y * weights).sum()
      }.gradients
      return [stopGradient(y)] + gradients
    }
    let found = results { attention(query: $0[0], key: $0[1], value: $0[2], heads: 3, isCausal: isCausal) }
    let expected = results { Self.byOperations($0, heads: 3, isCausal: isCausal) }
    for (index, name) in ["result", "query", "key", "value"].enumerated() {
      expectClose(
        found[index].scalars.map(Double.init), expected[index].scalars.map(Double.init), rtol: 1e-4,
        atol: 1e-5, name)
    }
  }
}
