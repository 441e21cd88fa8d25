/// Compression by repeated strings and the fixed Huffman code (RFC 1951), in the wrapping of zlib
/// (RFC 1950): small, and good for pictures with flat colours.
enum Deflate {
  private static let window = 32_768
  private static let longest = 258
  /// How many earlier places with the same three bytes are tried.
  private static let patience = 32

  /// `bytes` as a zlib stream.
  static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    // 32 KiB window, no dictionary; the two bytes are a multiple of 31.
    var result: [UInt8] = [0x78, 0x9C]
    result += compressed(bytes)
    return result + bigEndian(adler32(bytes))
  }

  /// The checksum of zlib.
  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }

  /// The four bytes of `value`, the most significant first.
  static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
  }

  private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var writer = BitWriter()
    writer.append(0b011, count: 3)  // The last block, with the fixed code.
    // Chains of places that begin with the same three bytes, the latest first.
    var heads = [Int32](repeating: -1, count: 1 << 15)
    var earlier = [Int32](repeating: -1, count: bytes.count)

    func note(_ place: Int) {
      guard place + 2 < bytes.count else { return }
      let hash = hash(bytes, at: place)
      earlier[place] = heads[hash]
      heads[hash] = Int32(place)
    }

    var place = 0
    while place < bytes.count {
      var best = (length: 2, distance: 0)
      if place + 2 < bytes.count {
        let limit = min(longest, bytes.count - place)
        var candidate = Int(heads[hash(bytes, at: place)])
        var tries = patience
        while candidate >= 0, place - candidate <= window, tries > 0, best.length < limit {
          var length = 0
          while length < limit, bytes[candidate + length] == bytes[place + length] { length += 1 }
          if length > best.length { best = (length, place - candidate) }
          candidate = Int(earlier[candidate])
          tries -= 1
        }
      }
      if best.distance > 0 {
        writer.append(match: best.length, distance: best.distance)
        for step in 0..<best.length { note(place + step) }
        place += best.length
      } else {
        writer.append(symbol: Int(bytes[place]))
        note(place)
        place += 1
      }
    }
    writer.append(symbol: 256)
    return writer.finished()
  }

  private static func hash(_ bytes: [UInt8], at place: Int) -> Int {
    let word = UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2])
    return Int((word &* 0x9E37_79B1) >> 17)
  }
}

/// Bits in the order of deflate and GIF: the least significant first.
struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var pending: UInt64 = 0
  private var pendingCount = 0

  mutating func append(_ bits: Int, count: Int) {
    pending |= UInt64(bits) << UInt64(pendingCount)
    pendingCount += count
    while pendingCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingCount -= 8
    }
  }

  /// All bytes, the last one filled with zeros.
  mutating func finished() -> [UInt8] {
    if pendingCount > 0 { append(0, count: 8 - pendingCount) }
    return bytes
  }
}

extension BitWriter {
  /// A literal (0…255), the end (256) or a length symbol (257…285) in the fixed Huffman code.
  fileprivate mutating func append(symbol: Int) {
    switch symbol {
    case 0..<144: appendReversed(0x30 + symbol, count: 8)
    case 144..<256: appendReversed(0x190 + symbol - 144, count: 9)
    case 256..<280: appendReversed(symbol - 256, count: 7)
    default: appendReversed(0xC0 + symbol - 280, count: 8)
    }
  }

  /// A repetition of `length` (3…258) bytes from `distance` (1…32,768) bytes before.
  fileprivate mutating func append(match length: Int, distance: Int) {
    if length == 258 {
      append(symbol: 285)
    } else {
      // Symbols come in groups of four, and each group has one extra bit more than the one before.
      let (group, extra, rest) = Self.split(length - 3, groupSize: 4)
      append(symbol: 257 + group)
      append(rest, count: extra)
    }
    let (group, extra, rest) = Self.split(distance - 1, groupSize: 2)
    appendReversed(group, count: 5)
    append(rest, count: extra)
  }

  /// The symbol of `value`, its number of extra bits, and their content.
  private static func split(_ value: Int, groupSize: Int) -> (symbol: Int, extra: Int, rest: Int) {
    if value < 2 * groupSize { return (value, 0, 0) }
    let groupBits = groupSize.trailingZeroBitCount
    let extra = Int.bitWidth - 1 - value.leadingZeroBitCount - groupBits
    return (groupSize * extra + value >> extra, extra, value & ((1 << extra) - 1))
  }

  /// Huffman codes alone are stored with their most significant bit first.
  private mutating func appendReversed(_ code: Int, count: Int) {
    for bit in stride(from: count - 1, through: 0, by: -1) { append(code >> bit & 1, count: 1) }
  }
}
