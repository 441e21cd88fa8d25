import Kernels

/// Scaled dot-product attention with several heads: softmax(query·keyᵀ / √size)·value in each.
///
/// The features are the heads side by side, each of size feature / heads. Scores are never stored as a
/// whole. Source: Vaswani et al. 2017, equation 1.
///
/// ```swift
/// let (x, value) = (Tensor.zeros([1, 2, 1]), Tensor(shape: [1, 2, 1], [1, 3]))
/// attention(query: x, key: x, value: value, heads: 1)  // [[[1], [2]]]
/// ```
///
/// - Parameters:
///   - query: `[batch, time, feature]`.
///   - key: `[batch, memory, feature]`.
///   - value: `[batch, memory, feature]`.
///   - heads: how many heads share the features.
///   - isCausal: whether the queries belong to the last `time` positions of the memory, and each looks
///     at its own position and earlier ones only.
/// - Returns: `[batch, time, feature]`.
public func attention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, isCausal: Bool = true
) -> Tensor {
  require(
    query.rank == 3 && key.rank == 3 && key.shape == value.shape
      && query.shape[0] == key.shape[0] && query.shape[2] == key.shape[2],
    "attention: queries of shape \(query.shape) do not fit keys of shape \(key.shape) and values of shape \(value.shape)"
  )
  require(
    heads > 0 && query.shape[2] % heads == 0,
    "attention: \(heads) heads cannot share the features of shape \(query.shape)")
  require(
    !isCausal || query.shape[1] <= key.shape[1],
    "attention: queries of shape \(query.shape) reach beyond keys of shape \(key.shape)")
  let shape = AttentionShape(
    batch: query.shape[0], heads: heads, queries: query.shape[1], keys: key.shape[1],
    size: query.shape[2] / heads, isCausal: isCausal)
  var y = Tensor(uninitialized: query.shape)
  attend(shape, query: query.pointer, key: key.pointer, value: value.pointer, into: y.pointer)
  guard query.isRecorded || key.isRecorded || value.isRecorded else { return y }
  y.recordTogether([query, key, value]) {
    [query = query.value, key = key.value, value = value.value] gradient in
    let results = [query, key, value].map { Tensor(uninitialized: $0.shape) }
    attendGradient(
      shape, gradient: gradient.pointer, query: query.pointer, key: key.pointer, value: value.pointer,
      queryGradient: results[0].pointer, keyGradient: results[1].pointer, valueGradient: results[2].pointer)
    return results
  }
  return y
}
