import Environments

/// Still pictures without loss (ISO/IEC 15948), 8 bits a channel.
public enum PNG {
  /// `image` as the bytes of a PNG file.
  public static func encode(_ image: RGBImage) -> [UInt8] {
    let header =
      Deflate.bigEndian(UInt32(image.width)) + Deflate.bigEndian(UInt32(image.height))
      + [8, 2, 0, 0, 0]  // Bits a channel, red-green-blue, deflate, the standard filters, not interlaced.
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("IDAT", Deflate.zlib(filtered(image))) + chunk("IEND", [])
  }

  /// The rows, each as it is or as its difference from the row above, whichever has the smaller numbers.
  private static func filtered(_ image: RGBImage) -> [UInt8] {
    let length = 3 * image.width
    var result: [UInt8] = []
    result.reserveCapacity((length + 1) * image.height)
    var above = [UInt8](repeating: 0, count: length)
    for row in 0..<image.height {
      let plain = Array(image.bytes[row * length..<(row + 1) * length])
      let difference = zip(plain, above).map { $0 &- $1 }
      let isSmaller = weight(of: difference) < weight(of: plain)
      result.append(isSmaller ? 2 : 0)
      result += isSmaller ? difference : plain
      above = plain
    }
    return result
  }

  private static func weight(of row: [UInt8]) -> Int {
    row.reduce(0) { $0 + Int(Int8(bitPattern: $1).magnitude) }
  }

  private static func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + content
    return Deflate.bigEndian(UInt32(content.count)) + body + Deflate.bigEndian(crc32(body))
  }

  /// The checksum of a chunk's kind and content.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in crcTable[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
  }

  private static let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
  }
}
