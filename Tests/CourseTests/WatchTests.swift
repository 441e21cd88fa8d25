import Foundation
import Support
import Testing

@testable import Curriculum

@Suite struct FolderWatchTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("let a = 1\n", to: "A.swift")
    try folder.write("let b = 1\n", to: "Inner/B.swift")
    try folder.write("", to: "notes.txt")
  }

  /// What is reported after a change, and what one look later.
  func reports(after change: () throws -> Void) throws -> [[String]] {
    var watch = FolderWatch(folder.url)
    try change()
    return [watch.changes(), watch.changes(), watch.changes()]
  }

  /// Writes in place: the file stays the same one.
  func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: folder.url.appending(path: path))
  }

  @Test func nothingIsReportedWithoutAChange() throws {
    #expect(try reports {} == [[], [], []])
  }

  @Test func savingInPlaceIsReportedOnceItHasSettled() throws {
    #expect(try reports { try write("let a = 22\n", to: "A.swift") } == [[], ["A.swift"], []])
  }

  @Test func savingByRenamingIsReported() throws {
    #expect(
      try reports {
        // As vim does: the old file moves away, a new one of the same name and size is written.
        let file = folder.url.appending(path: "Inner/B.swift")
        try FileManager.default.moveItem(at: file, to: file.appendingPathExtension("orig"))
        try write("let b = 2\n", to: "Inner/B.swift")
        try FileManager.default.removeItem(at: file.appendingPathExtension("orig"))
      } == [[], ["Inner/B.swift"], []])
  }

  @Test func aSaveInSeveralStepsIsReportedAtItsEnd() throws {
    var watch = FolderWatch(folder.url)
    try write("", to: "A.swift")
    #expect(watch.changes() == [])
    try write("let a = 3\n", to: "A.swift")
    try write("let c = 3\n", to: "C.swift")
    #expect(watch.changes() == [])
    #expect(watch.changes() == ["A.swift", "C.swift"])
  }

  @Test func aFileThatVanishesIsReported() throws {
    #expect(
      try reports {
        try FileManager.default.removeItem(at: folder.url.appending(path: "A.swift"))
      } == [[], ["A.swift"], []])
  }

  @Test func otherFilesDoNotMatter() throws {
    #expect(try reports { try write("more", to: "notes.txt") } == [[], [], []])
  }
}

@Suite struct ScratchFolderTests {
  @Test func leftoversOfProcessesThatAreGoneAreRemoved() throws {
    let folder = try TemporaryFolder()
    // No process has the largest number; this one is alive.
    let gone = "course-check-\(Int32.max)-A"
    let kept = [
      "course-check-\(getpid())-A", "course-other", "course-check-x-A", "other-check-\(Int32.max)-A",
    ]
    for name in [gone] + kept { try folder.write("", to: "\(name)/file") }
    ScratchFolder.removeLeftovers(in: folder.url)
    #expect(TextFile.names(in: folder.url) == kept.sorted())
  }

  @Test func foldersAreEmptyAndDifferent() throws {
    let folders = try [ScratchFolder.make("tests"), ScratchFolder.make("tests")]
    defer { for folder in folders { try? FileManager.default.removeItem(at: folder) } }
    #expect(folders[0] != folders[1])
    for folder in folders {
      #expect(FileManager.default.fileExists(atPath: folder.path) && TextFile.names(in: folder) == [])
    }
  }
}

/// Signals this process, and waits for its main thread to have seen it: others block signals.
private func interrupt(_ signal: Int32) {
  kill(getpid(), signal)
  usleep(100_000)
}

/// In processes of their own: a signal is everybody's.
@Suite struct InterruptedTests {
  @Test func aSignalIsAnErrorWhereItIsLookedFor() async {
    await #expect(processExitsWith: .exitCode(128 + SIGTERM)) {
      do {
        try Interrupted.catching {
          try Interrupted.check()
          interrupt(SIGTERM)
          try Interrupted.check()
        }
      } catch let found as Interrupted {
        exit(found.exitCode)
      }
    }
  }

  @Test func aSignalIsNotForgottenAndTheNextOneKills() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      do {
        try Interrupted.catching { interrupt(SIGINT) }
        exit(1)
      } catch is Interrupted {
        interrupt(SIGINT)
      }
    }
  }

  @Test func theFirstSignalOnlyAsksAndTheSecondKills() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      try Interrupted.catching {
        guard !Interrupted.isPending else { exit(1) }
        interrupt(SIGINT)
        guard Interrupted.isPending, Interrupted.isPending else { exit(2) }
        interrupt(SIGINT)
      }
    }
  }

  @Test func aSignalThatIsSwitchedOffStaysOff() async {
    await #expect(processExitsWith: .success) {
      signal(SIGHUP, SIG_IGN)
      try Interrupted.catching { interrupt(SIGHUP) }
    }
  }

  @Test func anInterruptedProgramIsEndedWithItsGroup() async throws {
    await #expect(processExitsWith: .exitCode(128 + SIGINT)) {
      let folder = try TemporaryFolder()
      let output = folder.url.appending(path: "out")
      let script = ChildProcess(
        ["sh", "-c", "sleep 1000 & echo $!; sleep 1000"], output: output, timeLimit: 60)
      do {
        _ = try script.run {
          if (try? folder.read("out"))?.hasSuffix("\n") == true { interrupt(SIGINT) }
        }
      } catch let found as Interrupted {
        let child = Int32(try folder.read("out").trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        try? FileManager.default.removeItem(at: folder.url)
        exit(isGone(child) ? found.exitCode : 1)
      }
    }
  }
}
