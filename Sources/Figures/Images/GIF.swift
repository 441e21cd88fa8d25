import Environments

/// Animations that every browser and every Markdown page shows (GIF89a).
public enum GIF {
  /// `frames` as the bytes of a GIF file that repeats for ever.
  ///
  /// All frames share one palette of at most 256 colours: pictures with no more keep theirs exactly. Of
  /// each frame only the rectangle that changed is stored.
  ///
  /// - Parameters:
  ///   - frames: at least one picture, all of one size of at most 65,535 pixels a side.
  ///   - framesPerSecond: the speed, at most 50: shorter delays are not honoured by browsers.
  public static func encode(_ frames: [RGBImage], framesPerSecond: Double) -> [UInt8] {
    guard let first = frames.first, framesPerSecond > 0 else {
      preconditionFailure("a GIF needs at least one frame and a positive speed")
    }
    precondition(max(first.width, first.height) <= 65_535, "a GIF side has at most 65,535 pixels")
    let palette = Palette(of: frames)
    let colors = palette.bytes.count / 3
    let bits = max(1, Int.bitWidth - (colors - 1).leadingZeroBitCount)
    var result = Array("GIF89a".utf8)
    // Global palette of 2^bits colours, background colour 0, square pixels.
    result += pair(first.width) + pair(first.height) + [UInt8(0x80 | 0x70 | (bits - 1)), 0, 0]
    result += palette.bytes + [UInt8](repeating: 0, count: 3 * (1 << bits - colors))
    result += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]  // Repeats without end.

    let delay = max(2, Int((100 / min(framesPerSecond, 100)).rounded()))
    var previous: [UInt8]?
    for frame in frames {
      precondition(
        frame.width == first.width && frame.height == first.height,
        "GIF frames of one size expected: \(first.width)×\(first.height), not \(frame.width)×\(frame.height)")
      let indices = palette.indices(of: frame)
      let area = changedArea(indices, previous, width: frame.width, height: frame.height)
      result += [0x21, 0xF9, 4, 0x04] + pair(delay) + [0, 0]  // Later frames are drawn over this one.
      result += [0x2C] + pair(area.x.lowerBound) + pair(area.y.lowerBound)
      result += pair(area.x.count) + pair(area.y.count) + [0]
      let inside = area.y.flatMap { row in
        indices[row * frame.width + area.x.lowerBound..<row * frame.width + area.x.upperBound]
      }
      result += compressed(inside, bits: max(2, bits))
      previous = indices
    }
    return result + [0x3B]
  }

  private static func pair(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

  /// The rectangle around all differences, one pixel if there are none.
  private static func changedArea(
    _ indices: [UInt8], _ previous: [UInt8]?, width: Int, height: Int
  ) -> (x: Range<Int>, y: Range<Int>) {
    guard let previous else { return (0..<width, 0..<height) }
    var (left, right, top, bottom) = (width, 0, height, 0)
    for row in 0..<height {
      for column in 0..<width where indices[row * width + column] != previous[row * width + column] {
        (left, right) = (min(left, column), max(right, column + 1))
        (top, bottom) = (min(top, row), max(bottom, row + 1))
      }
    }
    return left < right ? (left..<right, top..<bottom) : (0..<1, 0..<1)
  }

  /// LZW: strings that were seen before get codes of their own, until 4,096 are used and all are forgotten.
  private static func compressed(_ indices: [UInt8], bits: Int) -> [UInt8] {
    let clear = 1 << bits
    var writer = BitWriter()
    var codes: [Int: Int] = [:]
    var next = clear + 2
    var width = bits + 1
    writer.append(clear, count: width)
    var prefix = Int(indices[0])
    for index in indices.dropFirst() {
      let string = prefix << 8 | Int(index)
      if let code = codes[string] {
        prefix = code
        continue
      }
      writer.append(prefix, count: width)
      prefix = Int(index)
      if next < 4096 {
        codes[string] = next
        // The reader knows each code one step later, so the width grows once the code is in use.
        if next == 1 << width { width += 1 }
        next += 1
      } else {
        writer.append(clear, count: width)
        codes.removeAll(keepingCapacity: true)
        (next, width) = (clear + 2, bits + 1)
      }
    }
    writer.append(prefix, count: width)
    writer.append(clear + 1, count: width)
    let bytes = writer.finished()
    let blocks = stride(from: 0, to: bytes.count, by: 255).flatMap { start in
      let block = bytes[start..<min(start + 255, bytes.count)]
      return [UInt8(block.count)] + block
    }
    return [UInt8(bits)] + blocks + [0]
  }
}
