import Environments
import Testing

@testable import Figures

/// A terminal, a clock and a page that a film writes on.
private final class Stage {
  var time = 0.0
  var terminal = Terminal(columns: 9, rows: 5, colors: .none)
  var written = ""
  var sides: [Int] = []

  /// A film of two frames a second.
  func film(maximumSide: Int = .max) -> TerminalFilm {
    TerminalFilm(
      framesPerSecond: 2, maximumSide: maximumSide, clock: { self.time }, sleep: { self.time += $0 },
      terminal: { self.terminal }, write: { self.written += $0 })
  }

  func frame(_ side: Int) -> RGBImage {
    sides.append(side)
    return RGBImage(width: side, height: side, bytes: Array(repeating: 0, count: 3 * side * side))
  }

  /// What was written since the last call.
  func page() -> String {
    defer { written = "" }
    return written
  }
}

struct TerminalFilmTests {
  @Test func framesAreDrawnInPlaceAndTheCursorComesBack() {
    let stage = Stage()
    var film = stage.film()
    let rows = Array(repeating: "@@@@@@\u{1B}[K\n", count: 3).joined()
    film.show(caption: "step 1", stage.frame)
    #expect(stage.page() == "\u{1B}[?25l" + rows + "step 1\u{1B}[K")
    film.show(caption: "a long caption", stage.frame)
    #expect(stage.page() == "\r\u{1B}[3A" + rows + "a long …\u{1B}[K")
    film.finish()
    #expect(stage.page() == "\n\u{1B}[?25h")
    film.finish()
    #expect(stage.page() == "")
  }

  @Test func theSideIsWhatFits() {
    let stage = Stage()
    for (columns, rows, maximum) in [(80, 24, 200), (20, 24, 200), (80, 24, 30), (80, 1, 200), (1, 24, 200)] {
      stage.terminal = Terminal(columns: columns, rows: rows)
      var film = stage.film(maximumSide: maximum)
      film.show(caption: "", stage.frame)
    }
    #expect(stage.sides == [44, 19, 30, 2, 2])
  }

  @Test func framesComeAtASteadySpeed() {
    let stage = Stage()
    var film = stage.film()
    var times: [Double] = []
    // The third frame takes longer than its time to be made.
    for work in [0, 0.1, 0.7, 0, 0] {
      stage.time += work
      film.show(caption: "", stage.frame)
      times.append(stage.time)
    }
    #expect(times == [0, 0.5, 1.2, 1.7, 2.2])
  }

  @Test func aNewWindowIsCleared() {
    let stage = Stage()
    var film = stage.film()
    film.show(caption: "", stage.frame)
    stage.terminal.columns = 7
    _ = stage.page()
    film.show(caption: "", stage.frame)
    #expect(stage.page().hasPrefix("\u{1B}[2J\u{1B}[H@"))
  }

  @Test func nothingIsShownWhereLinesCannotBeRewritten() {
    let stage = Stage()
    stage.terminal.isInteractive = false
    var film = stage.film()
    for _ in 0..<3 { film.show(caption: "", stage.frame) }
    film.finish()
    #expect(stage.page() == "" && stage.time == 0 && stage.sides == [])
  }
}
