import Testing

@testable import Figures

struct TerminalTests {
  private func terminal(_ environment: [String: String], isTerminal: Bool = true, columns: Int? = 100)
    -> Terminal
  {
    Terminal(environment: environment, isTerminal: isTerminal, columns: columns)
  }

  @Test func localeDecidesTheLetters() {
    #expect(terminal(["LANG": "C.UTF-8"]).usesUnicode)
    #expect(terminal(["LC_ALL": "", "LC_CTYPE": "en_US.utf8"]).usesUnicode)
    #expect(!terminal(["LC_ALL": "C", "LANG": "en_US.UTF-8"]).usesUnicode)
    #expect(!terminal([:]).usesUnicode)
  }

  @Test func colours() {
    #expect(terminal(["TERM": "xterm"]).colors == .indexed)
    #expect(terminal(["TERM": "xterm", "COLORTERM": "truecolor"]).colors == .full)
    #expect(terminal(["TERM": "xterm", "NO_COLOR": "1"]).colors == .none)
    #expect(terminal(["TERM": "xterm", "NO_COLOR": ""]).colors == .indexed)
    #expect(terminal(["TERM": "xterm"], isTerminal: false).colors == .none)
    #expect(Terminal(colors: .none).styled("text", .red) == "text")
    #expect(Terminal(colors: .full).styled("text", .red) == "\u{1B}[31mtext\u{1B}[0m")
  }

  @Test func dumbTerminalsAndFilesAreNotRewritten() {
    #expect(!terminal(["TERM": "dumb"]).isInteractive)
    #expect(!terminal(["TERM": "xterm"], isTerminal: false).isInteractive)
    #expect(terminal(["TERM": "xterm"]).isInteractive)
  }

  @Test func widthComesFromTheDeviceThenTheVariable() {
    #expect(terminal(["COLUMNS": "40"]).columns == 100)
    #expect(terminal(["COLUMNS": "40"], columns: nil).columns == 40)
    #expect(terminal(["COLUMNS": "wide"], columns: nil).columns == 80)
  }

  @Test func textFitsItsColumns() {
    let terminal = Terminal()
    #expect(terminal.truncated("imagination", to: 7) == "imagin…")
    #expect(terminal.truncated("imagination", to: 11) == "imagination")
    #expect(Terminal(usesUnicode: false).truncated("imagination", to: 7) == "imag...")
    #expect(terminal.fitted("ab", to: 4) == "ab  ")
    #expect(Terminal.width(of: "日本") == 4)
    #expect(terminal.truncated("日本語", to: 4) == "日…")
    for width in 0...12 {
      #expect(Terminal.width(of: terminal.fitted("日本a語b", to: width)) == width)
      #expect(Terminal(usesUnicode: false).fitted("imagination", to: width).count == width)
    }
  }

  @Test func asciiLookAlikes() {
    let terminal = Terminal(usesUnicode: false)
    #expect(terminal.showable("−151 ± 9 · λ→…é\n") == "-151 +- 9 - lambda->...? ")
    #expect(Terminal().showable("λ\tx\u{1B}[31m") == "λ x [31m")
  }

  @Test func numbers() {
    #expect(
      [0, 999, 1_000, 1_234_567, -45_000].map(NumberText.grouped) == [
        "0", "999", "1,000", "1,234,567", "-45,000",
      ])
    let values = [
      0, 0.0456, 0.9999, 4.54, 9.99, 512.3, 999.7, 9_999, 45_678, 999_700, 3.4e6, 9.99e6, 2e9, .nan,
    ]
    #expect(
      values.map(NumberText.compact) == [
        "0", "0.046", "1.0", "4.5", "10", "512", "1.0k", "10k", "46k", "1.0M", "3.4M", "10M", "2.0G", "–",
      ])
    #expect(
      [-151.26, 0.012345, 3, 1e9, 0].map { NumberText.significant($0) } == [
        "-151.3", "0.01235", "3.000", "1.000e+09", "0",
      ])
    #expect(
      [7, 754, 3723.4, .infinity, -1].map(NumberText.duration) == [
        "0:07", "12:34", "1:02:03", "–:––", "–:––",
      ])
  }
}

struct SparklineTests {
  @Test func risesWithItsValues() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], width: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([7, 0], width: 8) == "█▁")
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], width: 8, usesUnicode: false) == "_.,-=+*#")
  }

  @Test func averagesGroups() {
    #expect(Sparkline.text([0, 0, 7, 7], width: 2) == "▁█")
    #expect(Sparkline.text(Array(0..<1000).map(Double.init), width: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text(Array(0..<1001).map(Double.init), width: 10).count == 10)
  }

  @Test func awkwardValues() {
    #expect(Sparkline.text([], width: 8) == "")
    #expect(Sparkline.text([1, 2], width: 0) == "")
    #expect(Sparkline.text([5], width: 8) == "▅")
    #expect(Sparkline.text([5, 5, 5], width: 8) == "▅▅▅")
    #expect(Sparkline.text([0, .nan, 7, .infinity], width: 8) == "▁ █ ")
    #expect(Sparkline.text([.nan, .nan], width: 8) == "  ")
    let huge = Double.greatestFiniteMagnitude
    #expect(Sparkline.text([-huge, huge], width: 8) == "▁█")
  }
}
