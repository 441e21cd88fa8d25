#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes whole files so that a reader finds either the old content or the new, never a part.
///
/// The content goes to `<path>.partial` beside the file, reaches the disk, and is renamed. When
/// anything fails, the partial file is removed and what was there stays.
struct AtomicFile: ~Copyable {
  private let path: String
  private let descriptor: Int32

  /// Writes `bytes` as the whole content of the file at `path`.
  ///
  /// - Throws: `TrainingError.file` when the folder is missing or unwritable, or the disk is full.
  static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    let bytes = Array(bytes)
    try write(to: path) { file in
      try bytes.withUnsafeBytes { try file.append($0) }
    }
  }

  /// Writes the file at `path` piece by piece: `body` appends to the file it is given.
  ///
  /// - Throws: `TrainingError.file`, or what `body` throws; then the old file is untouched.
  static func write(to path: String, _ body: (borrowing AtomicFile) throws -> Void) throws {
    let partial = path + ".partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw TrainingError.cannot("write", path) }
    do {
      do {
        defer { close(descriptor) }
        try body(AtomicFile(path: path, descriptor: descriptor))
        // What the disk cannot take must show before the old file is replaced.
        guard fsync(descriptor) == 0 else { throw TrainingError.cannot("write", path) }
      }
      guard rename(partial, path) == 0 else { throw TrainingError.cannot("write", path) }
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Adds bytes at the end.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try writeFully(bytes, to: descriptor, path: path)
  }
}

/// Writes every byte, going on after interruptions and partial writes.
func writeFully(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if written >= 0 {
      rest = rest.dropFirst(written)
    } else if errno != EINTR {
      throw TrainingError.cannot("write", path)
    }
  }
}

/// Reads a whole file.
func readFully(_ path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw TrainingError.cannot("read", path) }
  defer { close(descriptor) }
  var information = stat()
  guard fstat(descriptor, &information) == 0 else { throw TrainingError.cannot("read", path) }
  let size = Int(information.st_size)
  var failed = false
  let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    while count < size {
      let length = read(descriptor, buffer.baseAddress! + count, size - count)
      if length < 0 && errno == EINTR { continue }
      failed = length < 0
      if length <= 0 { break }
      count += length
    }
  }
  if failed { throw TrainingError.cannot("read", path) }
  return bytes
}

extension TrainingError {
  /// The error of the system call that just failed, in words: "runs/a: cannot write: No space left on device".
  static func cannot(_ verb: String, _ path: String) -> TrainingError {
    .file(path: path, problem: "cannot \(verb): \(String(cString: strerror(errno)))")
  }
}
