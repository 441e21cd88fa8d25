import Foundation
import Support

/// Another program that runs the same workloads, told by lines; see ``OwnRunner/serve(_:)``.
///
/// It stands still while it is not asked: threads of OpenMP and XLA that look out for more work would otherwise
/// keep the cores from the program whose turn it is.
public final class Peer: Runner {
  /// How it is called in results.
  public let name: String
  /// The name and version it gave itself.
  public private(set) var version = ""
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread = Data()

  /// Starts a program and waits until it is ready.
  ///
  /// - Parameters:
  ///   - command: the program and its arguments; it is looked up in the path.
  ///   - environment: variables beside this program's own.
  /// - Throws: `CourseError` if it does not start, or says that something is missing.
  public init(_ name: String, command: [String], environment: [String: String]) throws {
    self.name = name
    signal(SIGPIPE, SIG_IGN)  // A peer that has ended is an error of the next write.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guard let greeting = try? answer() else {
      throw CourseError(name, "'\(command.joined(separator: " "))' does not start")
    }
    guard greeting.hasPrefix("ready ") else { throw CourseError(name, greeting) }
    version = String(greeting.dropFirst(6))
    kill(process.processIdentifier, SIGSTOP)
  }

  deinit {
    try? input.fileHandleForWriting.close()
    kill(process.processIdentifier, SIGCONT)
    process.terminate()
    process.waitUntilExit()
  }

  /// Gets ready for a workload and runs it three times.
  public func prepare(_ workload: Workload) throws -> [Double]? {
    let answer = try ask((["prepare", workload.family] + workload.parameters).joined(separator: " "))
    return answer == "unknown" ? nil : try numbers(answer)
  }

  /// Runs it again and again for at least `seconds`.
  public func run(seconds: Double) throws -> Double {
    try numbers(ask("run \(seconds)"))[0]
  }

  private func numbers(_ answer: String) throws -> [Double] {
    let numbers = answer.split(separator: " ").compactMap { Double($0) }
    guard !numbers.isEmpty else { throw CourseError(name, "expected numbers, got '\(answer)'") }
    return numbers
  }

  private func ask(_ line: String) throws -> String {
    kill(process.processIdentifier, SIGCONT)
    defer { kill(process.processIdentifier, SIGSTOP) }
    do {
      try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw CourseError(name, "has ended")
    }
    return try answer()
  }

  private func answer() throws -> String {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[(end + 1)...]) }
        return String(decoding: unread[..<end], as: UTF8.self)
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw CourseError(name, "has ended without an answer") }
      unread += more
    }
  }
}
