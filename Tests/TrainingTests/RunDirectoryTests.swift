import Foundation
import Support
import Testing
@testable import Training

@Suite struct RunDirectoryTests {
  let folder: TemporaryFolder
  let root: String

  init() throws {
    folder = try TemporaryFolder()
    root = folder.file("some/runs")
  }

  private struct Configuration: Codable, Equatable {
    var paper = "dreamerv1/β"
    var rate = 6e-4
    var steps = 3
  }

  private func makeRun(_ name: String) throws -> RunDirectory {
    let run = try RunDirectory.create(named: name, in: root)
    try run.writeConfiguration(Configuration())
    return run
  }

  @Test func everyRunGetsAFolderOfItsOwn() throws {
    let names = try (0..<3).map { _ in try makeRun("dreamerv1-pendulum-seed0").name }
    #expect(
      names == ["dreamerv1-pendulum-seed0", "dreamerv1-pendulum-seed0-2", "dreamerv1-pendulum-seed0-3"])
    let run = RunDirectory.existing(in: root)[0]
    #expect(run.checkpoint == run.path + "/checkpoint.safetensors")
    #expect(try makeRun("other").name == "other")
  }

  @Test func theConfigurationComesBack() throws {
    let run = try makeRun("a")
    #expect(try run.readConfiguration(Configuration.self) == Configuration())
    #expect(
      try folder.text("some/runs/a/config.json") == """
        {
          "paper" : "dreamerv1/β",
          "rate" : 0.0006,
          "steps" : 3
        }

        """)
    try WholeFile.write("{\"paper\": 1}".utf8, to: run.configuration)
    #expect(
      failure { _ = try run.readConfiguration(Configuration.self) }
        == "\(run.configuration): does not fit Configuration: expected String at 'paper'")
    try WholeFile.write("{".utf8, to: run.configuration)
    let message = failure { _ = try run.readConfiguration(Configuration.self) }
    #expect(message?.hasPrefix("\(run.configuration): does not fit Configuration: ") == true)
    #expect(message?.contains("\n") == false)
  }

  @Test func aRunIsFoundByNameOrPath() throws {
    let run = try makeRun("a")
    #expect(try RunDirectory.find("a", in: root) == run)
    #expect(try RunDirectory.find(run.path, in: root) == run)
    #expect(try RunDirectory.find(run.path + "/", in: "elsewhere") == run)
  }

  @Test func anUnknownRunNamesTheExistingOnesLatestFirst() throws {
    #expect(
      failure { _ = try RunDirectory.find("x", in: root) } == "no run 'x': there are no runs in \(root) yet")
    for (age, name) in ["new", "middle", "old"].enumerated() {
      let run = try makeRun(name)
      let date = Date(timeIntervalSinceNow: -100 * Double(age))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: run.path)
    }
    // A folder without a configuration is no run.
    try FileManager.default.createDirectory(atPath: root + "/empty", withIntermediateDirectories: true)
    let expected = "expected one of new, middle, old"
    for name in ["x", "empty", "", "/", "..", "new/x"] {
      #expect(failure { _ = try RunDirectory.find(name, in: root) } == "no run '\(name)': \(expected)")
    }
    for number in 0..<10 { _ = try makeRun("run\(number)") }
    #expect(failure { _ = try RunDirectory.find("x", in: root) }?.hasSuffix(" and 3 more") == true)
  }

  @Test func aFileInTheWayIsOneClearError() throws {
    try WholeFile.write("".utf8, to: folder.file("some"))
    #expect(
      failure { _ = try RunDirectory.create(named: "a", in: root) }
        == "\(root): cannot create: Not a directory")
    #expect(
      failure { _ = try RunDirectory.create(named: "a", in: folder.file("some")) }
        == "\(folder.file("some"))/a: cannot create: Not a directory")
  }

  @Test func anUnwritableFolderIsOneClearError() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let folder = try TemporaryFolder()
      guard chmod(folder.path, 0o555) == 0, geteuid() != 0 || seteuid(65_534) == 0 else { exit(1) }
      let root = folder.file("runs")
      let message = failure { _ = try RunDirectory.create(named: "a", in: root) }
      guard message == "\(root): cannot create: Permission denied" else { exit(2) }
      _ = seteuid(0)
      try FileManager.default.removeItem(atPath: folder.path)
      exit(7)
    }
  }
}
