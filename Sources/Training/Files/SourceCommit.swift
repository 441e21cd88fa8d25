import Support

/// The commit of the repository that this package was built from, read from git's own files: no child process.
enum SourceCommit {
  /// The commit that is checked out where the sources lie; nil where they are gone or in no repository.
  static var current: String? {
    var folder = #filePath[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if let commit = checkedOut(in: String(folder)) { return commit }
    }
    return nil
  }

  /// The commit that is checked out in a folder with a `.git`.
  static func checkedOut(in folder: String) -> String? {
    // A worktree has a file there that names the real place.
    let place = text(folder + "/.git").flatMap { text in
      text.hasPrefix("gitdir: ") ? resolved(String(text.dropFirst(8)), in: folder) : nil
    }
    let git = place ?? folder + "/.git"
    guard let head = text(git + "/HEAD") else { return nil }
    guard head.hasPrefix("ref: ") else { return commit(head) }
    let branch = head.dropFirst(5)
    // Branches belong to the repository, not to the worktree.
    let common = text(git + "/commondir").map { resolved($0, in: git) } ?? git
    if let loose = text("\(common)/\(branch)") { return commit(loose) }
    let packed = text(common + "/packed-refs")?.split(separator: "\n").first { $0.hasSuffix(" \(branch)") }
    return packed.flatMap { commit(String($0.prefix { $0 != " " })) }
  }

  private static func resolved(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : folder + "/" + path
  }

  private static func text(_ path: String) -> String? {
    guard let bytes = try? WholeFile.read(path) else { return nil }
    return String(String(decoding: bytes, as: UTF8.self).reversed().drop(while: \.isNewline).reversed())
  }

  private static func commit(_ text: String) -> String? {
    text.count >= 40 && text.allSatisfy(\.isHexDigit) ? text : nil
  }
}
