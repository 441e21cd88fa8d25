import Environments
import Testing

@testable import Figures

struct PictureTests {
  /// Two columns, two rows: red, green, blue, white.
  private let image = RGBImage(
    width: 2, height: 2, bytes: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255])

  @Test func halfBlocksCarryTwoPixels() {
    let lines = Terminal(colors: .full).picture(image, width: 2)
    #expect(
      lines == ["\u{1B}[38;2;255;0;0;48;2;0;0;255m▀\u{1B}[38;2;0;255;0;48;2;255;255;255m▀\u{1B}[0m"])
  }

  @Test func fewerColours() {
    let lines = Terminal(colors: .indexed).picture(image, width: 2)
    #expect(lines == ["\u{1B}[38;5;196;48;5;21m▀\u{1B}[38;5;46;48;5;231m▀\u{1B}[0m"])
  }

  @Test func equalNeighboursShareTheirEscape() {
    let plain = RGBImage(width: 4, height: 4, bytes: Array(repeating: 9, count: 48))
    #expect(Terminal(colors: .full).picture(plain, width: 4).first?.count { $0 == "\u{1B}" } == 2)
  }

  @Test func asciiDrawsDarkAsDense() {
    let gray = RGBImage(width: 2, height: 2, bytes: [0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255])
    #expect(Terminal(colors: .none).picture(gray, width: 2) == ["@ "])
    #expect(Terminal(usesUnicode: false, colors: .full).picture(gray, width: 2) == ["@ "])
  }

  @Test func keepsItsProportionsAndFits() {
    let wide = RGBImage(width: 60, height: 20, bytes: Array(repeating: 200, count: 3600))
    let lines = Terminal(columns: 30).picture(wide, width: 100)
    #expect(lines.count == 5)
    #expect(lines.allSatisfy { $0.count == 30 })
  }
}
