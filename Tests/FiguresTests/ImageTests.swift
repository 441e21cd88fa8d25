import Environments
import Tensors
import Testing

@testable import Figures

/// A picture of `colors` flat stripes, or of noise where `colors` is nil.
private func picture(width: Int, height: Int, colors: Int?, seed: UInt64 = 1) -> RGBImage {
  var random = SplitMix64(seed: seed)
  let palette = (0..<(colors ?? 1)).map { _ in (0..<3).map { _ in UInt8(random.index(below: 256)) } }
  let bytes = (0..<width * height).flatMap { pixel -> [UInt8] in
    colors == nil
      ? (0..<3).map { _ in UInt8(random.index(below: 256)) }
      : palette[(pixel % width + pixel / width) % palette.count]
  }
  return RGBImage(width: width, height: height, bytes: bytes)
}

struct PNGTests {
  @Test func checksums() {
    // The check values of the standards' own examples.
    #expect(PNG.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(Deflate.adler32(Array("Wikipedia".utf8)) == 0x11E6_0398)
  }

  @Test(arguments: [0, 1, 2, 3, 257, 258, 259, 600, 70_000])
  func deflateOfEveryKindOfBytes(count: Int) {
    var random = SplitMix64(seed: 7)
    let samples: [[UInt8]] = [
      [UInt8](repeating: 9, count: count), (0..<count).map { UInt8($0 % 256) },
      (0..<count).map { _ in UInt8(random.index(below: 256)) },
      // Repetitions at long distances.
      (0..<count).map { UInt8(($0 * $0 / 701) % 251) },
    ]
    for sample in samples {
      let stream = Deflate.zlib(sample)
      #expect(inflated(stream.dropFirst(2).dropLast(4)) == sample)
      let header = Int(stream[0]) << 8 | Int(stream[1])
      #expect(header % 31 == 0)
      #expect(Array(stream.suffix(4)) == Deflate.bigEndian(Deflate.adler32(sample)))
    }
  }

  @Test func pixelsComeBack() {
    for image in [
      picture(width: 1, height: 1, colors: 1), picture(width: 33, height: 7, colors: 5),
      picture(width: 40, height: 40, colors: nil),
    ] {
      #expect(decoded(PNG.encode(image)) == image)
    }
  }

  @Test func flatPicturesAreSmall() {
    #expect(PNG.encode(picture(width: 256, height: 256, colors: 1)).count < 2_000)
  }

  private func decoded(_ png: [UInt8]) -> RGBImage {
    var place = 8
    var (width, height, content): (Int, Int, [UInt8]) = (0, 0, [])
    func number(_ place: Int) -> Int { png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    while place < png.count {
      let length = number(place)
      let body = Array(png[place + 4..<place + 8 + length])
      #expect(UInt32(number(place + 8 + length)) == PNG.crc32(body))
      if body.starts(with: Array("IHDR".utf8)) { (width, height) = (number(place + 8), number(place + 12)) }
      if body.starts(with: Array("IDAT".utf8)) { content = inflated(body.dropFirst(6).dropLast(4)) }
      place += 12 + length
    }
    var rows: [UInt8] = []
    for row in 0..<height {
      let start = row * (3 * width + 1)
      for column in 0..<3 * width {
        let above = content[start] == 2 && row > 0 ? rows[(row - 1) * 3 * width + column] : 0
        rows.append(content[start + 1 + column] &+ above)
      }
    }
    return RGBImage(width: width, height: height, bytes: rows)
  }
}

struct GIFTests {
  @Test(arguments: [1, 2, 3, 4, 5, 200, 256])
  func fewColoursComeBackExactly(colors: Int) {
    // Two pictures of different colours, as long as both fit into 256.
    let frames = (0..<3).map {
      picture(width: 40, height: 30, colors: colors, seed: colors > 128 ? 1 : UInt64($0 % 2))
    }
    let read = gifFrames(GIF.encode(frames, framesPerSecond: 10))
    #expect(read.delays == [10, 10, 10])
    #expect(read.loopsForever)
    #expect(read.frames == frames.map(\.bytes))
  }

  @Test func manyColoursStayClose() {
    // A smooth picture of 4,096 colours.
    let bytes = (0..<4096).flatMap { (pixel: Int) -> [UInt8] in
      [UInt8(pixel % 64 * 4), UInt8(pixel / 64 * 4), UInt8(128 + pixel % 64)]
    }
    let image = RGBImage(width: 64, height: 64, bytes: bytes)
    let frame = gifFrames(GIF.encode([image], framesPerSecond: 10)).frames[0]
    let errors = zip(frame, bytes).map { abs(Int($0) - Int($1)) }
    let total: Int = errors.reduce(0, +)
    #expect(Double(total) < 6 * Double(errors.count))
    #expect(errors.max()! < 24)
  }

  @Test func noiseFillsTheCodeTableManyTimes() {
    // Each of 256 grays in random order: the table of 4,096 codes is cleared again and again.
    var random = SplitMix64(seed: 3)
    let bytes = (0..<200 * 200).flatMap { _ -> [UInt8] in
      [UInt8](repeating: UInt8(random.index(below: 256)), count: 3)
    }
    let image = RGBImage(width: 200, height: 200, bytes: bytes)
    #expect(gifFrames(GIF.encode([image], framesPerSecond: 10)).frames == [bytes])
  }

  @Test func onlyChangesAreStored() {
    let still = picture(width: 100, height: 100, colors: 30)
    var moved = still
    moved.bytes[3 * 5_050] ^= 1
    let one = GIF.encode([still], framesPerSecond: 10).count
    let frames = [still, moved, still, still]
    #expect(GIF.encode(frames, framesPerSecond: 10).count < one + 200)
    #expect(gifFrames(GIF.encode(frames, framesPerSecond: 10)).frames == frames.map(\.bytes))
  }

  @Test func delaysAreHundredths() {
    let frame = picture(width: 2, height: 2, colors: 1)
    #expect(
      [1000, 50, 30, 1].map { gifFrames(GIF.encode([frame], framesPerSecond: $0)).delays[0] } == [
        2, 2, 3, 100,
      ])
  }

  @Test func unequalFramesTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = GIF.encode(
        [picture(width: 2, height: 2, colors: 1), picture(width: 3, height: 2, colors: 1)],
        framesPerSecond: 10)
    }
  }
}
