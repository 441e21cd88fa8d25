#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that grows by whole records and belongs to one process at a time.
public final class LogFile {
  private let path: String
  private let descriptor: Int32
  private var size: Int

  /// Makes a new file; there must be none at `path`.
  ///
  /// - Throws: `CourseError` when it is there already or cannot be made.
  public convenience init(creating path: String) throws {
    try self.init(path, flags: O_CREAT | O_EXCL)
  }

  /// Opens a file, made if missing, and drops what comes after its first `keep(content)` bytes.
  ///
  /// - Throws: `CourseError` when it cannot be read or written, or another process writes it.
  public convenience init(continuing path: String, keep: ([UInt8]) throws -> Int) throws {
    try self.init(path, flags: O_CREAT)
    size = try keep(WholeFile.read(path))
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw CourseError.cannot("write", path) }
  }

  private init(_ path: String, flags: Int32) throws {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0o644)
    guard descriptor >= 0 else { throw CourseError.cannot("write", path) }
    self.path = path
    self.descriptor = descriptor
    size = 0
    // A file system without locks is no reason to fail.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      throw CourseError(path, "cannot write: another process is training this run")
    }
  }

  deinit { close(descriptor) }

  /// Whether nothing is in it.
  public var isEmpty: Bool { size == 0 }

  /// Adds a record; on failure, the file is as it was before.
  ///
  /// - Throws: `CourseError` when the disk is full.
  public func append(_ record: [UInt8]) throws {
    do {
      try record.withUnsafeBytes { try writeFully($0, to: descriptor, path: path) }
      size += record.count
    } catch {
      // Should this fail too, the reader ignores half a record at the end.
      _ = ftruncate(descriptor, off_t(size))
      throw error
    }
  }
}
