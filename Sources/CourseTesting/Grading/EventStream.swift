import Curriculum
import Foundation

/// What Swift Testing wrote of one test: version 6.3 of its stream of events, one JSON object a line.
struct EventStream {
  /// The failures of the test.
  private(set) var findings: [CheckResult.Finding] = []
  /// Whether the test and the whole run have records of their end.
  var ended: Bool { testEnded && runEnded }
  /// Whether they ended and the test's own record says that it passed.
  var passed: Bool { ended && testPassed && findings.isEmpty }

  private var testEnded = false
  private var testPassed = false
  private var runEnded = false

  /// Reads a file; what is no event is ignored, for a process that crashed may have left half of one.
  init(path: String, testID: String) {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") {
      guard let record = try? JSONDecoder().decode(Record.self, from: Data(line.utf8)), record.kind == "event"
      else { continue }
      let event = record.payload
      switch event.kind {
      case "issueRecorded":
        guard let issue = event.issue, issue.isKnown != true, issue.isFailure != false else { continue }
        findings.append(
          .init(
            text: Self.text(of: event.messages ?? []), path: issue.sourceLocation?.filePath ?? "",
            line: issue.sourceLocation?.line ?? 0))
      case "testEnded" where event.testID == testID:
        testEnded = true
        testPassed = event.messages?.first?.symbol == "pass"
      case "runEnded":
        runEnded = true
      default:
        break
      }
    }
  }

  /// The messages of an issue in one text, without the first one where it says nothing.
  private static func text(of messages: [Record.Message]) -> String {
    let texts = messages.map(\.text)
    return (texts.first == "Issue recorded" && texts.count > 1 ? Array(texts.dropFirst()) : texts)
      .joined(separator: "\n")
  }

  private struct Record: Decodable {
    struct Message: Decodable {
      let symbol: String
      let text: String
    }
    struct Issue: Decodable {
      struct Location: Decodable {
        let filePath: String
        let line: Int
      }
      let isKnown: Bool?
      let isFailure: Bool?
      let sourceLocation: Location?
    }
    struct Event: Decodable {
      let kind: String
      let testID: String?
      let messages: [Message]?
      let issue: Issue?
    }
    let kind: String
    let payload: Event
  }
}
