import Foundation

/// Sees which Swift files in a folder were saved, by looking now and then: it works on every system, and
/// with editors that write in place as with those that rename a new file over the old one.
public struct FolderWatch {
  private struct Signature: Equatable {
    let modified: Int
    let size: Int
    let number: UInt64
  }

  private let folder: URL
  private var seen: [String: Signature]
  private var unsettled: Set<String> = []

  /// Watches the files as they are now.
  public init(_ folder: URL) {
    self.folder = folder
    seen = Self.signatures(in: folder)
  }

  /// The paths, from the folder, of the files that were written, made or removed, once they have stayed the
  /// same between two calls: an editor may need several steps to save.
  public mutating func changes() -> [String] {
    let now = Self.signatures(in: folder)
    let changed = Set(now.keys).union(seen.keys).filter { now[$0] != seen[$0] }
    seen = now
    guard changed.isEmpty else {
      unsettled.formUnion(changed)
      return []
    }
    defer { unsettled = [] }
    return unsettled.sorted()
  }

  private static func signatures(in folder: URL) -> [String: Signature] {
    let paths = (try? Chapter.swiftFiles(in: folder)) ?? []
    return Dictionary(
      uniqueKeysWithValues: paths.compactMap { path in
        var status = stat()
        guard stat(folder.appending(path: path).path, &status) == 0 else { return nil }
        #if canImport(Glibc)
          let modified = status.st_mtim
        #else
          let modified = status.st_mtimespec
        #endif
        return (
          path,
          Signature(
            modified: modified.tv_sec * 1_000_000_000 + modified.tv_nsec, size: Int(status.st_size),
            number: UInt64(status.st_ino))
        )
      })
  }
}
