import Foundation
import Support

/// A folder that is kept the same as a list of files, for a build that should see no other changes.
struct FolderCopy {
  /// The folder.
  let root: URL

  /// A copy in this folder, which need not exist.
  init(to root: URL) {
    self.root = root
  }

  /// Writes the files that differ and removes those that are not listed, but for `.build`.
  ///
  /// - Parameter files: the contents by path from the folder.
  func write(_ files: [String: Data]) throws {
    let manager = FileManager.default
    do {
      try manager.createDirectory(at: root, withIntermediateDirectories: true)
      let enumerator = manager.enumerator(atPath: root.path)
      while let path = enumerator?.nextObject() as? String {
        if path == ".build" {
          enumerator?.skipDescendants()
        } else if enumerator?.fileAttributes?[.type] as? FileAttributeType == .typeRegular, files[path] == nil
        {
          try manager.removeItem(at: root.appending(path: path))
        }
      }
      for (path, data) in files {
        let url = root.appending(path: path)
        if (try? Data(contentsOf: url)) == data { continue }
        try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
      }
    } catch {
      throw CourseError("\(root.path): cannot write the copy: \(error.localizedDescription)")
    }
  }
}
