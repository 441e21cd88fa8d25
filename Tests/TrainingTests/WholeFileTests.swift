import Foundation
import Support
import Testing

@Suite struct WholeFileTests {
  @Test func aFileIsReplacedAsAWhole() throws {
    let folder = try TemporaryFolder()
    try WholeFile.write("old and long".utf8, to: folder.file("a"))
    try WholeFile.write("new".utf8, to: folder.file("a"))
    #expect(try folder.text("a") == "new")
    #expect(folder.names == ["a"])
  }

  @Test func whenTheContentFailsTheOldFileStays() throws {
    let folder = try TemporaryFolder()
    try WholeFile.write("old".utf8, to: folder.file("a"))
    #expect(
      failure {
        try WholeFile.write(to: folder.file("a")) { file in
          try Array("ne".utf8).withUnsafeBytes { try file.append($0) }
          throw InvalidInput("stop")
        }
      } == "stop")
    #expect(try folder.text("a") == "old")
    #expect(folder.names == ["a"])
  }

  @Test func aMissingFolderIsMadeForAWholeFileButNotForOneThatGrows() throws {
    let folder = try TemporaryFolder()
    try WholeFile.write("x", to: folder.file("some/deep/a"))
    #expect(try folder.text("some/deep/a") == "x")
    let missing = folder.file("none/a")
    #expect(
      failure { try WholeFile.write(to: missing) { _ in } }
        == "\(missing): cannot write: No such file or directory")
  }

  @Test func aFolderOrAFileInTheWayIsOneClearError() throws {
    let folder = try TemporaryFolder()
    #expect(
      failure { try WholeFile.write("x".utf8, to: folder.path) }
        == "\(folder.path): cannot write: Is a directory")
    #expect(
      failure { try WholeFile.write("x".utf8, to: "/dev/null/a") }
        == "/dev/null/a: cannot write: Not a directory")
  }

  // The next two change what the whole process may do, hence a process of their own.

  @Test func anUnwritableFolderIsOneClearError() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let folder = try TemporaryFolder()
      try WholeFile.write("old".utf8, to: folder.file("a"))
      // The superuser may write anywhere, so become nobody.
      guard chmod(folder.path, 0o555) == 0, geteuid() != 0 || seteuid(65_534) == 0 else { exit(1) }
      let message = failure { try WholeFile.write("new".utf8, to: folder.file("a")) }
      _ = seteuid(0)
      guard message == "\(folder.file("a")): cannot write: Permission denied" else { exit(2) }
      guard try folder.text("a") == "old", folder.names == ["a"] else { exit(3) }
      chmod(folder.path, 0o755)
      try FileManager.default.removeItem(atPath: folder.path)
      exit(7)
    }
  }

  @Test func aFullDiskIsOneClearErrorAndTheOldFileStays() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let folder = try TemporaryFolder()
      try WholeFile.write("old".utf8, to: folder.file("a"))
      limitFileSize(to: 65_536)
      let message = failure {
        try WholeFile.write([UInt8](repeating: 1, count: 100_000), to: folder.file("a"))
      }
      guard message == "\(folder.file("a")): cannot write: File too large" else { exit(2) }
      guard try folder.text("a") == "old", folder.names == ["a"] else { exit(3) }
      try FileManager.default.removeItem(atPath: folder.path)
      exit(7)
    }
  }
}
