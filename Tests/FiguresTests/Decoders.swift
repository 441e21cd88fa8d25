// Readers for what `PNG` and `GIF` write, as independent of the writers as the formats allow.
// Readings of broken data trap; in a test that is failure enough.

struct BitReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  mutating func read(_ count: Int) -> Int {
    (0..<count).reduce(0) { value, bit in
      defer { place += 1 }
      return value | Int(bytes[place / 8] >> UInt8(place % 8) & 1) << bit
    }
  }
}

/// The content of a deflate stream that uses the fixed code only (RFC 1951, 3.2.5 and 3.2.6).
func inflated(_ bytes: some Sequence<UInt8>) -> [UInt8] {
  let lengths = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
    227, 258,
  ]
  let distances = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
    4097, 6145, 8193, 12289, 16385, 24577,
  ]
  var reader = BitReader(bytes)
  var result: [UInt8] = []
  func code(_ count: Int) -> Int { (0..<count).reduce(0) { value, _ in value << 1 | reader.read(1) } }
  precondition(reader.read(3) == 0b011, "one block with the fixed code expected")
  while true {
    var symbol = code(7)
    if symbol < 24 {
      symbol += 256
    } else {
      symbol = symbol << 1 | reader.read(1)
      if symbol < 0xC0 {
        symbol -= 0x30
      } else if symbol < 0xC8 {
        symbol += 280 - 0xC0
      } else {
        symbol = (symbol << 1 | reader.read(1)) - 0x190 + 144
      }
    }
    if symbol == 256 { return result }
    if symbol < 256 {
      result.append(UInt8(symbol))
      continue
    }
    let extra = symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4
    let length = lengths[symbol - 257] + reader.read(extra)
    let distanceSymbol = code(5)
    let distance = distances[distanceSymbol] + reader.read(max(0, distanceSymbol / 2 - 1))
    for _ in 0..<length { result.append(result[result.count - distance]) }
  }
}

/// The frames of a GIF without local palettes or transparency, as red, green, blue of the whole picture.
func gifFrames(_ bytes: [UInt8]) -> (frames: [[UInt8]], delays: [Int], loopsForever: Bool) {
  func pair(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }
  let (width, height) = (pair(6), pair(8))
  let paletteSize = 3 << (Int(bytes[10] & 7) + 1)
  let palette = bytes[13..<13 + paletteSize].map { $0 }
  var place = 13 + paletteSize
  var page = [UInt8](repeating: 0, count: 3 * width * height)
  var (frames, delays, loops): ([[UInt8]], [Int], Bool) = ([], [], false)

  func blocks() -> [UInt8] {
    var content: [UInt8] = []
    while bytes[place] != 0 {
      content += bytes[place + 1...place + Int(bytes[place])]
      place += 1 + Int(bytes[place])
    }
    place += 1
    return content
  }

  while bytes[place] != 0x3B {
    if bytes[place] == 0x21 {
      let kind = bytes[place + 1]
      if kind == 0xF9 { delays.append(pair(place + 4)) }
      place += 2
      let content = blocks()
      if kind == 0xFF {
        loops = content.starts(with: Array("NETSCAPE2.0".utf8)) && content.suffix(2) == [0, 0]
      }
      continue
    }
    let (left, top, areaWidth, areaHeight) = (
      pair(place + 1), pair(place + 3), pair(place + 5), pair(place + 7)
    )
    let bits = Int(bytes[place + 10])
    place += 11
    let indices = lzwDecoded(blocks(), bits: bits)
    precondition(indices.count == areaWidth * areaHeight, "a frame has the wrong number of pixels")
    for (pixel, index) in indices.enumerated() {
      let target = 3 * ((top + pixel / areaWidth) * width + left + pixel % areaWidth)
      for channel in 0..<3 { page[target + channel] = palette[3 * Int(index) + channel] }
    }
    frames.append(page)
  }
  return (frames, delays, loops)
}

private func lzwDecoded(_ bytes: [UInt8], bits: Int) -> [UInt8] {
  let clear = 1 << bits
  var reader = BitReader(bytes)
  var (table, width, result): ([[UInt8]], Int, [UInt8]) = ([], bits + 1, [])
  var previous: [UInt8]?
  while true {
    let code = reader.read(width)
    if code == clear + 1 { return result }
    if code == clear {
      // Two places stand for the special codes.
      table = (0..<clear).map { [UInt8($0)] } + [[], []]
      (width, previous) = (bits + 1, nil)
      continue
    }
    let entry = code < table.count ? table[code] : previous! + [previous![0]]
    if let previous, table.count < 4096 { table.append(previous + [entry[0]]) }
    result += entry
    previous = entry
    if table.count == 1 << width, width < 12 { width += 1 }
  }
}
