import Environments

/// At most 256 colours that stand for all colours of some pictures.
///
/// Pictures with no more colours than that keep them exactly. Otherwise the colours, at 6 bits a channel,
/// are divided: always the group with the largest squared error, across its widest channel, at its mean.
struct Palette {
  /// Red, green, blue of each entry, three bytes each.
  private(set) var bytes: [UInt8] = []
  private var exact: [UInt32: UInt8]?
  private var groupOfCell: [UInt8] = []

  init(of images: [RGBImage]) {
    var colors: Set<UInt32> = []
    search: for image in images {
      for pixel in 0..<image.width * image.height {
        colors.insert(Self.color(image.bytes, pixel))
        if colors.count > 256 { break search }
      }
    }
    if colors.count <= 256 {
      let sorted = colors.sorted()
      exact = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, UInt8($0)) })
      bytes = sorted.flatMap { [UInt8($0 >> 16), UInt8($0 >> 8 & 0xFF), UInt8($0 & 0xFF)] }
    } else {
      divide(Self.histogram(of: images))
    }
  }

  /// The entry of every pixel of `image`, which is one of the pictures this palette was made for.
  func indices(of image: RGBImage) -> [UInt8] {
    (0..<image.width * image.height).map { pixel in
      if let exact { return exact[Self.color(image.bytes, pixel)]! }
      return groupOfCell[Self.cell(image.bytes, pixel)]
    }
  }

  // MARK: Dividing

  /// Pixels that share the upper 6 bits of every channel.
  private struct Cell {
    var count = 0.0
    /// Sums of the full red, green and blue.
    var sums = SIMD3<Double>()
  }

  private struct Group {
    let cells: [Int]
    let mean: SIMD3<Double>
    /// Squared distance from the mean, a channel at a time.
    let errors: SIMD3<Double>

    init(_ cells: [Int], _ histogram: [Cell]) {
      let count = cells.reduce(0) { $0 + histogram[$1].count }
      let sums = cells.reduce(SIMD3<Double>()) { $0 + histogram[$1].sums }
      let mean = sums / count
      self.cells = cells
      self.mean = mean
      errors = cells.reduce(SIMD3<Double>()) { total, cell in
        let distance = histogram[cell].sums / histogram[cell].count - mean
        return total + histogram[cell].count * distance * distance
      }
    }
  }

  private mutating func divide(_ histogram: [Cell]) {
    var groups = [Group(histogram.indices.filter { histogram[$0].count > 0 }, histogram)]
    while groups.count < 256 {
      let worst = groups.indices.max { groups[$0].errors.sum() < groups[$1].errors.sum() }!
      let group = groups[worst]
      let channel = (0..<3).max { group.errors[$0] < group.errors[$1] }!
      let isLow = { (cell: Int) in
        histogram[cell].sums[channel] / histogram[cell].count < group.mean[channel]
      }
      let (low, high) = (group.cells.filter(isLow), group.cells.filter { !isLow($0) })
      if low.isEmpty || high.isEmpty { break }  // Every group is one colour.
      groups[worst] = Group(low, histogram)
      groups.append(Group(high, histogram))
    }
    groupOfCell = [UInt8](repeating: 0, count: histogram.count)
    for (index, group) in groups.enumerated() {
      for cell in group.cells { groupOfCell[cell] = UInt8(index) }
      bytes += (0..<3).map { UInt8(group.mean[$0].rounded()) }
    }
  }

  private static func histogram(of images: [RGBImage]) -> [Cell] {
    var result = [Cell](repeating: Cell(), count: 1 << 18)
    for image in images {
      for pixel in 0..<image.width * image.height {
        let cell = cell(image.bytes, pixel)
        let first = 3 * pixel
        result[cell].count += 1
        result[cell].sums += SIMD3(
          Double(image.bytes[first]), Double(image.bytes[first + 1]), Double(image.bytes[first + 2]))
      }
    }
    return result
  }

  private static func color(_ bytes: [UInt8], _ pixel: Int) -> UInt32 {
    UInt32(bytes[3 * pixel]) << 16 | UInt32(bytes[3 * pixel + 1]) << 8 | UInt32(bytes[3 * pixel + 2])
  }

  private static func cell(_ bytes: [UInt8], _ pixel: Int) -> Int {
    Int(bytes[3 * pixel] >> 2) << 12 | Int(bytes[3 * pixel + 1] >> 2) << 6 | Int(bytes[3 * pixel + 2] >> 2)
  }
}
