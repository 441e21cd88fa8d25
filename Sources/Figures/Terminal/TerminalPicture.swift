import Environments

extension Terminal {
  /// `image` drawn with text, as wide as asked for and as high as its proportions need.
  ///
  /// In colour every character is two pixels, one above the other (`▀`). Without colours, or without
  /// Unicode, darker pixels become denser ASCII letters, which draws dark lines on light paper well.
  ///
  /// - Parameters:
  ///   - image: the picture; it is averaged down, or enlarged, to the columns.
  ///   - width: columns to use, at most the terminal's.
  /// - Returns: the lines from the top, without line ends.
  public func picture(_ image: RGBImage, width: Int) -> [String] {
    let columns = max(1, min(width, self.columns))
    // A character is about twice as high as it is wide.
    let rows = max(1, (image.height * columns + image.width) / (2 * image.width))
    if colors == .none || !usesUnicode {
      let small = image.resized(width: columns, height: rows)
      return (0..<rows).map { row in
        String((0..<columns).map { Self.letter(small.color(row: row, column: $0)) })
      }
    }
    let small = image.resized(width: columns, height: 2 * rows)
    return (0..<rows).map { row in
      var line = ""
      var previous = ""
      for column in 0..<columns {
        let upper = colorCode(small.color(row: 2 * row, column: column))
        let lower = colorCode(small.color(row: 2 * row + 1, column: column))
        let escape = "\u{1B}[38;\(upper);48;\(lower)m"
        // Neighbours of the same colours share one escape sequence.
        line += (escape == previous ? "" : escape) + "▀"
        previous = escape
      }
      return line + "\u{1B}[0m"
    }
  }

  private typealias Components = (red: Int, green: Int, blue: Int)

  private func colorCode(_ color: Components) -> String {
    if colors == .full { return "2;\(color.red);\(color.green);\(color.blue)" }
    // The 6×6×6 cube of xterm has the levels 0, 95, 135, 175, 215, 255.
    func level(_ value: Int) -> Int { value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40 }
    return "5;\(16 + 36 * level(color.red) + 6 * level(color.green) + level(color.blue))"
  }

  private static func letter(_ color: Components) -> Character {
    let ramp = Array("@%#*+=-:. ")
    // Brightness as the eye weighs it (Rec. 601), in thousandths.
    let brightness = 299 * color.red + 587 * color.green + 114 * color.blue
    return ramp[min(ramp.count - 1, brightness * ramp.count / 255_000)]
  }
}

extension RGBImage {
  fileprivate func color(row: Int, column: Int) -> (red: Int, green: Int, blue: Int) {
    let first = 3 * (row * width + column)
    return (Int(bytes[first]), Int(bytes[first + 1]), Int(bytes[first + 2]))
  }
}
