import Foundation
import Tensors
import Testing

/// Values and gradients computed by an official implementation: one case of a file in `Tests/Fixtures`.
///
/// ```swift
/// try GoldenCase.named("matmul", in: "tensor").check(at: ["a", "b"]) { ["y": $0[0].matmul($0[1])] }
/// ```
public struct GoldenCase: Decodable, Sendable {
  /// The name by which the file lists the case.
  public let name: String
  /// What the function is given.
  public let inputs: [String: Numbers]
  /// What it must return.
  public let outputs: [String: Numbers]
  /// The gradient of `gradientOf` with respect to some of the inputs.
  public let gradients: [String: Numbers]
  /// The tolerances: a number may differ by `atol + rtol·|expected|`.
  public let rtol: Double, atol: Double
  private let gradientOf: Loss?

  /// A tensor, or a plain number, which has no axes.
  public struct Numbers: Decodable, Sendable {
    /// The extent of each axis.
    public let shape: [Int]
    /// The numbers, row by row, in the precision of the file.
    public let data: [Double]

    /// Reads `{"shape", "data"}` or a number.
    public init(from decoder: any Decoder) throws {
      if let number = try? decoder.singleValueContainer().decode(Double.self) {
        (shape, data) = ([], [number])
      } else {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        shape = try container.decode([Int].self, forKey: .shape)
        data = try container.decode([Double].self, forKey: .data)
      }
    }

    private enum CodingKeys: String, CodingKey { case shape, data }

    /// The only, or the first, number.
    public var number: Double { data[0] }
    /// The numbers as indices.
    public var integers: [Int] { data.map { Int($0) } }
    /// The numbers as a tensor.
    public var tensor: Tensor { Tensor(shape: shape, data.map { Float($0) }) }
    /// One row of a matrix.
    public func row(_ index: Int) -> [Double] { Array(data[index * shape[1]..<(index + 1) * shape[1]]) }
  }

  /// The number whose gradient the file holds: an output, or the sum of outputs times given weights.
  private struct Loss: Decodable {
    let output: String?
    let terms: [String: String]?
  }

  private enum CodingKeys: String, CodingKey {
    case name, inputs, outputs, gradients, rtol, atol
    case gradientOf = "gradient_of"
  }

  /// The case called `name` in `Tests/Fixtures/<file>.json`; throws when there is none.
  public static func named(_ name: String, in file: String) throws -> GoldenCase {
    struct File: Decodable { let cases: [GoldenCase] }
    let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    let data = try Data(contentsOf: root.appending(path: "Tests/Fixtures/\(file).json"))
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try #require(
      try decoder.decode(File.self, from: data).cases.first { $0.name == name },
      "\(file).json has no case \(name)")
  }

  /// The input called `key`; throws when there is none.
  public func input(_ key: String) throws -> Numbers {
    try #require(inputs[key], "golden case \(name) has no input \(key)")
  }

  /// The output called `key`; throws when there is none.
  public func output(_ key: String) throws -> Numbers {
    try #require(outputs[key], "golden case \(name) has no output \(key)")
  }

  /// Records an issue unless `actual` has the shape and the numbers of the output called `key`.
  public func expect(_ actual: Tensor, is key: String, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    compare(actual, try output(key), key, sourceLocation)
  }

  private func compare(
    _ actual: Tensor, _ expected: Numbers, _ what: String, _ sourceLocation: SourceLocation
  ) {
    #expect(actual.shape == expected.shape, "the shape of \(name): \(what)", sourceLocation: sourceLocation)
    expectClose(
      actual.scalars.map(Double.init), expected.data, rtol: rtol, atol: atol, "\(name): \(what)",
      sourceLocation: sourceLocation)
  }

  /// Runs `function` and compares every output, and the gradient with respect to each of `parameters`.
  ///
  /// - Parameters:
  ///   - parameters: the inputs at which the gradient is taken.
  ///   - function: receives these inputs in that order; returns all outputs of the case by name.
  public func check(
    at parameters: [String], sourceLocation: SourceLocation = #_sourceLocation,
    function: ([Tensor]) throws -> [String: Tensor]
  ) throws {
    let loss = try #require(gradientOf, "golden case \(name) has no gradients")
    var results: [String: Tensor] = [:]
    let tensors = try parameters.map { try input($0).tensor }
    let (_, found) = try valueWithGradient(at: tensors) { tensors in
      results = try function(tensors)
      let terms = try (loss.terms ?? [:]).map { output, weights in
        try #require(results[output], "\(output) was not computed") * (try input(weights).tensor)
      }
      return terms.reduce(loss.output.flatMap { results[$0] } ?? Tensor(0)) { $0 + $1.sum() }
    }
    #expect(Set(results.keys) == Set(outputs.keys), sourceLocation: sourceLocation)
    for (key, result) in results { try expect(result, is: key, sourceLocation: sourceLocation) }
    for (key, gradient) in zip(parameters, found) {
      let expected = try #require(gradients[key], "golden case \(name) has no gradient of \(key)")
      compare(gradient, expected, "gradient of \(key)", sourceLocation)
    }
  }
}
