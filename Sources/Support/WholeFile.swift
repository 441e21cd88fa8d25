#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads and writes whole files; a reader finds either the old content or the new, never a part.
///
/// The content goes to `<path>.partial` beside the file, reaches the disk, and is renamed. When
/// anything fails, the partial file is removed and what was there stays.
///
/// ```swift
/// try WholeFile.write(plot.svg(), to: "figures/curve.svg")
/// ```
public struct WholeFile: ~Copyable {
  private let path: String
  private let descriptor: Int32

  /// Writes the whole content of the file at `path`, and makes its folder if there is none.
  ///
  /// - Throws: `CourseError` when the folder is unwritable or the disk is full.
  public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolder(String(path[..<slash])) }
    let bytes = Array(bytes)
    try write(to: path) { file in
      try bytes.withUnsafeBytes { try file.append($0) }
    }
  }

  /// Writes a text as the whole content of the file at `path`; see ``write(_:to:)-(Sequence<UInt8>,_)``.
  public static func write(_ text: String, to path: String) throws {
    try write(text.utf8, to: path)
  }

  /// Writes the file at `path` piece by piece: `body` appends to the file it is given.
  ///
  /// - Throws: `CourseError`, also when the folder is missing, or what `body` throws; then the old file is untouched.
  public static func write(to path: String, _ body: (borrowing WholeFile) throws -> Void) throws {
    let partial = path + ".partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw CourseError.cannot("write", path) }
    do {
      do {
        defer { close(descriptor) }
        try body(WholeFile(path: path, descriptor: descriptor))
        // What the disk cannot take must show before the old file is replaced.
        guard fsync(descriptor) == 0 else { throw CourseError.cannot("write", path) }
      }
      guard rename(partial, path) == 0 else { throw CourseError.cannot("write", path) }
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Adds bytes at the end.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    try writeFully(bytes, to: descriptor, path: path)
  }

  /// Reads a whole file.
  ///
  /// - Throws: `CourseError` when it is missing or unreadable.
  public static func read(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CourseError.cannot("read", path) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw CourseError.cannot("read", path) }
    let size = Int(information.st_size)
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        // `read` alone would be this function.
        let length = readSome(descriptor, buffer.baseAddress! + count, size - count)
        if length < 0 && errno == EINTR { continue }
        failed = length < 0
        if length <= 0 { break }
        count += length
      }
    }
    if failed { throw CourseError.cannot("read", path) }
    return bytes
  }

  /// Makes a folder and, where needed, those that it lies in.
  ///
  /// - Throws: `CourseError` when it cannot be made.
  public static func makeFolder(_ path: String) throws {
    // A file in the way shows when something is written below it.
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeFolder(String(path[..<slash]))
      if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    }
    throw CourseError.cannot("create", path)
  }
}

private func readSome(_ descriptor: Int32, _ start: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, start, count)
}

/// Writes every byte, going on after interruptions and partial writes.
func writeFully(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if written >= 0 {
      rest = rest.dropFirst(written)
    } else if errno != EINTR {
      throw CourseError.cannot("write", path)
    }
  }
}
