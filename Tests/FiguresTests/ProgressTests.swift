import Testing

@testable import Figures

struct ProgressStatusTests {
  private let status = ProgressStatus(
    done: 1_234, total: 3_000, unit: "steps", elapsed: 30, remaining: 42,
    rates: [.init("env", perSecond: 512), .init("grad", perSecond: 45.4)],
    sparkline: [-1500, -1200, -900, -700, -400, -200, -180, -150], note: "return −151.2 (best −140.0)")

  @Test func wideLineShowsEverything() {
    #expect(
      status.line(on: Terminal(columns: 140))
        == "━━━━━━━━━╸──────────────   41%  1,234/3,000 steps  512 env/s  45 grad/s  0:42 left  "
        + "▁▂▄▅▇███  return −151.2 (best −140.0)")
  }

  @Test func narrowLineKeepsWhatMatters() {
    #expect(
      status.line(on: Terminal(columns: 60))
        == "━━╸────   41%  512 env/s  0:42 left  ▁▂▄▅▇███  return −151…")
    #expect(status.line(on: Terminal(columns: 24)) == " 41%  0:42 left")
    #expect(status.line(on: Terminal(columns: 3)) == "")
  }

  @Test func neverWiderThanTheTerminal() {
    for columns in 1...200 {
      for usesUnicode in [true, false] {
        let terminal = Terminal(columns: columns, usesUnicode: usesUnicode)
        for done in [0, 1, 1_234, 2_999, 3_000] {
          var moved = status
          moved.done = done
          let line = moved.line(on: terminal)
          #expect(Terminal.width(of: line) < columns || line.isEmpty)
          #expect(usesUnicode || line.allSatisfy(\.isASCII))
        }
      }
    }
  }

  @Test func coloursAddNoWidth() {
    let plain = status.line(on: Terminal(columns: 100)).replacing("─", with: "━")
    let colored = status.line(on: Terminal(columns: 100, colors: .full))
    #expect(colored.replacing(/\u{1B}\[\d+m/, with: "") == plain)
    #expect(colored != plain)
  }

  @Test func asciiLine() {
    #expect(
      status.line(on: Terminal(columns: 80, usesUnicode: false))
        == "[====>         ]   41%  512 env/s  0:42 left  _.-=*###  return -151.2 (best ...")
  }

  @Test func plainLineForFiles() {
    #expect(
      status.plainLine(on: Terminal(columns: 20, isInteractive: false))
        == "1,234/3,000 steps   41%  512 env/s  45 grad/s  0:42 left  ▁▂▄▅▇███  return −151.2 (best −140.0)")
  }

  @Test func timeTakenReplacesTimeLeft() {
    var finished = status
    finished.isFinished = true
    #expect(finished.line(on: Terminal(columns: 20)) == " 41%  in 0:30")
    finished.isFinished = false
    finished.remaining = nil
    #expect(finished.line(on: Terminal(columns: 20)) == " 41%  0:30 so far")
  }

  @Test func countsAreClamped() {
    #expect(ProgressStatus(done: 12, total: 10, unit: "steps").line(on: Terminal(columns: 8)) == "100%")
    #expect(ProgressStatus(done: -1, total: 10, unit: "steps").line(on: Terminal(columns: 8)) == "  0%")
  }
}

struct ProgressLineTests {
  /// A clock and a page that the test controls.
  private final class Scene {
    var time = 0.0
    var written: [String] = []
    var terminal = Terminal(columns: 80)
    func line(total: Int) -> ProgressLine {
      ProgressLine(
        total: total, unit: "steps", clock: { self.time }, terminal: { self.terminal },
        write: { self.written.append($0) })
    }
  }

  @Test func redrawsAtMostTwelveTimesASecond() {
    let scene = Scene()
    var line = scene.line(total: 1000)
    for step in 0..<1000 {
      scene.time = Double(step) / 1000
      line.update(done: step)
    }
    #expect((10...13).contains(scene.written.count))
    #expect(scene.written.allSatisfy { $0.hasPrefix("\r") && $0.hasSuffix("\u{1B}[K") })
    line.finish()
    #expect(scene.written.last == "\n")
    #expect(scene.written.dropLast().last?.contains("99%") == true)
  }

  @Test func filesGetALineEveryFiveSeconds() {
    let scene = Scene()
    scene.terminal.isInteractive = false
    var line = scene.line(total: 120)
    for step in 0..<120 {
      scene.time = Double(step) / 10
      line.update(done: step)
    }
    line.log("evaluated")
    line.finish()
    #expect(
      scene.written == [
        "50/120 steps   41%  0:07 left\n", "100/120 steps   83%  0:02 left\n", "evaluated\n",
        "119/120 steps   99%  in 0:12\n",
      ])
  }

  @Test func logKeepsTheLineBelow() {
    let scene = Scene()
    var line = scene.line(total: 10)
    line.log("before")
    line.update(done: 5)
    line.log("between")
    #expect(scene.written[0] == "\r\u{1B}[Kbefore\n")
    #expect(scene.written[2] == "\r\u{1B}[Kbetween\n")
    #expect(scene.written[3] == scene.written[1])
  }

  @Test func followsAResizedWindow() {
    let scene = Scene()
    var line = scene.line(total: 10)
    line.update(done: 5)
    scene.time = 1
    scene.terminal.columns = 10
    line.update(done: 5)
    #expect(scene.written[1] == "\r 50%\u{1B}[K")
  }

  @Test func timeLeftFollowsAChangeOfSpeedAndAResumedRun() throws {
    var speed = SpeedEstimate()
    speed.add(done: 1_000, at: 0)
    #expect(speed.secondsFor(10) == nil)
    // 1,000 a second for 10 seconds, then 10 a second for a minute.
    for tenth in 1...100 { speed.add(done: 1_000 + 100 * tenth, at: Double(tenth) / 10) }
    #expect(abs(try #require(speed.secondsFor(1_000)) - 1) < 0.01)
    for tenth in 1...600 { speed.add(done: 11_000 + tenth, at: 10 + Double(tenth) / 10) }
    #expect(abs(try #require(speed.secondsFor(100)) - 10) < 0.1)
  }
}
