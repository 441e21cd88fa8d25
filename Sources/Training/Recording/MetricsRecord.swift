import Foundation
import Support

/// One line of `metrics.jsonl`: the numbers recorded at a step, as `{"step":200,"return":-1234.5}`.
///
/// JSON has no infinite or undefined numbers: they are the texts `"inf"`, `"-inf"` and `"nan"`, which
/// Python's `float` accepts.
public struct MetricsRecord: Sendable {
  /// Where in the run: steps in the environment, or what all stages have counted together.
  public let step: Int
  /// The numbers.
  public let metrics: Metrics

  /// Numbers recorded at `step`, counted from 0.
  public init(step: Int, metrics: Metrics) {
    precondition(step >= 0, "a step is at least 0, not \(step)")
    self.step = step
    self.metrics = metrics
  }

  /// Reads a file of records; half a line at its end, left by a crash, is ignored.
  ///
  /// - Throws: `CourseError` when it cannot be read or a line is no record.
  public static func read(contentsOf path: String) throws -> [MetricsRecord] {
    try parse(WholeFile.read(path), path: path).map(\.record)
  }

  /// The records of a file's content, each with the number of bytes up to the end of its line.
  static func parse(_ content: [UInt8], path: String) throws -> [(record: MetricsRecord, end: Int)] {
    var records: [(record: MetricsRecord, end: Int)] = []
    var start = 0
    while let end = content[start...].firstIndex(of: UInt8(ascii: "\n")) {
      do {
        records.append((try MetricsRecord(line: content[start..<end]), end + 1))
      } catch let error as FormatError {
        throw CourseError(path, "line \(records.count + 1): \(error.problem)")
      }
      start = end + 1
    }
    return records
  }

  private init(line: ArraySlice<UInt8>) throws {
    var step: Int?
    var metrics = Metrics()
    var scanner = JSONScanner(line)
    try scanner.readObject { scanner, name in
      if name == "step" {
        step = try scanner.readInteger()
      } else if scanner.isAtString() {
        let text = try scanner.readString()
        guard let value = Double(text) else { throw FormatError(problem: "expected a number, not '\(text)'") }
        metrics.add(name, value)
      } else {
        metrics.add(name, try scanner.readDouble())
      }
    }
    try scanner.finish()
    guard let step else { throw FormatError(problem: "expected a field 'step'") }
    self.init(step: step, metrics: metrics)
  }

  /// The line, with its end.
  var line: [UInt8] {
    let fields = zip(metrics.names, metrics.values).map { name, value in
      ",\(quotedJSON(name)):\(value.isFinite ? "\(value)" : "\"\(value)\"")"
    }
    return Array("{\"step\":\(step)\(fields.joined())}\n".utf8)
  }
}
