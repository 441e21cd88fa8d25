import Support
import Testing

@testable import Training

@Suite struct SourceCommitTests {
  private let first = String(repeating: "a1", count: 20)
  private let second = String(repeating: "b2", count: 20)

  /// A folder with these files in it.
  private func folder(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (path, text) in files { try WholeFile.write(text + "\n", to: folder.file(path)) }
    return folder
  }

  @Test func aBranchIsFollowed() throws {
    let folder = try folder([".git/HEAD": "ref: refs/heads/main", ".git/refs/heads/main": first])
    #expect(SourceCommit.checkedOut(in: folder.path) == first)
    try WholeFile.write("ref: refs/heads/none\n", to: folder.file(".git/HEAD"))
    #expect(SourceCommit.checkedOut(in: folder.path) == nil)
    try WholeFile.write(second + "\n", to: folder.file(".git/HEAD"))
    #expect(SourceCommit.checkedOut(in: folder.path) == second)
  }

  @Test func aPackedBranchIsFound() throws {
    let folder = try folder([
      ".git/HEAD": "ref: refs/heads/main",
      ".git/packed-refs":
        "# pack-refs with: peeled\n\(first) refs/heads/other/main\n\(second) refs/heads/main",
    ])
    #expect(SourceCommit.checkedOut(in: folder.path) == second)
  }

  @Test func aWorktreeHasABranchOfTheRepository() throws {
    let folder = try folder([
      "tree/.git": "gitdir: ../repository/.git/worktrees/tree",
      "repository/.git/worktrees/tree/HEAD": "ref: refs/heads/side",
      "repository/.git/worktrees/tree/commondir": "../..",
      "repository/.git/refs/heads/side": first,
    ])
    #expect(SourceCommit.checkedOut(in: folder.file("tree")) == first)
  }

  @Test func whereThereIsNoRepositoryThereIsNoCommit() throws {
    #expect(SourceCommit.checkedOut(in: try folder([:]).path) == nil)
    #expect(SourceCommit.checkedOut(in: try folder([".git/HEAD": "nonsense"]).path) == nil)
  }
}
