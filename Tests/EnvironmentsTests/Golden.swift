import Foundation
import Testing

@testable import Environments

/// One case of `Tests/Fixtures/environments.json`: numbers computed by Gymnasium 1.4.
struct GoldenCase: Decodable {
  let name: String
  let inputs: [String: Numbers]
  let outputs: [String: Numbers]
  let rtol: Double
  let atol: Double

  /// A tensor or a plain number, as a flat array with its rows' length.
  struct Numbers: Decodable {
    let shape: [Int]
    let data: [Double]

    init(from decoder: any Decoder) throws {
      if let number = try? decoder.singleValueContainer().decode(Double.self) {
        (shape, data) = ([], [number])
      } else {
        let container = try decoder.container(keyedBy: Keys.self)
        shape = try container.decode([Int].self, forKey: .shape)
        data = try container.decode([Double].self, forKey: .data)
      }
    }

    private enum Keys: String, CodingKey { case shape, data }

    var number: Double { data[0] }
    func row(_ index: Int) -> [Double] { Array(data[index * shape[1]..<(index + 1) * shape[1]]) }
  }

  func input(_ key: String) throws -> Numbers { try #require(inputs[key], "\(name) lacks \(key)") }
  func output(_ key: String) throws -> Numbers { try #require(outputs[key], "\(name) lacks \(key)") }

  static func named(_ name: String) throws -> GoldenCase {
    struct File: Decodable { let cases: [GoldenCase] }
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: fixtures.appending(path: "Fixtures/environments.json"))
    let file = try JSONDecoder().decode(File.self, from: data)
    return try #require(file.cases.first { $0.name == name }, "no golden case \(name)")
  }
}

/// Records an issue at the first number that differs by more than `atol + rtol·|expected|`.
func expectClose(
  _ actual: [Double], _ expected: [Double], rtol: Double, atol: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record("\(what): \(actual.count) numbers, not \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  for (index, pair) in zip(actual, expected).enumerated()
  where !(abs(pair.0 - pair.1) <= atol + rtol * abs(pair.1)) {
    Issue.record(
      "\(what)[\(index)]: expected \(pair.1), got \(pair.0)", sourceLocation: sourceLocation)
    return
  }
}
