import Environments
import Foundation

/// A moving picture in the terminal: every frame is drawn over the one before, at a steady speed.
///
/// Where lines cannot be rewritten, nothing is shown and nothing waits.
///
/// ```swift
/// var film = TerminalFilm(framesPerSecond: 20)
/// film.show(caption: "step 1") { environment.render(width: $0, height: $0) }
/// film.finish()
/// ```
public struct TerminalFilm {
  private let secondsPerFrame: Double
  private let maximumSide: Int
  private let clock: () -> Double
  private let sleep: (Double) -> Void
  private let terminal: () -> Terminal
  private let write: (String) -> Void
  private var shown: Terminal?
  private var lineCount = 0
  private var due = 0.0

  /// A film on standard output; nothing is drawn before the first `show`.
  ///
  /// - Parameters:
  ///   - framesPerSecond: the speed, above 0.
  ///   - maximumSide: the most columns to use; by default as many as fit.
  public init(framesPerSecond: Double, maximumSide: Int = .max) {
    let clock = ContinuousClock()
    let origin = clock.now
    self.init(
      framesPerSecond: framesPerSecond, maximumSide: maximumSide,
      clock: { (clock.now - origin) / .seconds(1) }, sleep: { usleep(UInt32(1e6 * $0)) },
      terminal: { Terminal.current(.output) }, write: { Terminal.write($0, to: .output) })
  }

  /// A film with its own clock (seconds), terminal and writer, for tests.
  init(
    framesPerSecond: Double, maximumSide: Int = .max, clock: @escaping () -> Double,
    sleep: @escaping (Double) -> Void, terminal: @escaping () -> Terminal, write: @escaping (String) -> Void
  ) {
    precondition(
      framesPerSecond > 0 && maximumSide > 0,
      "a film needs a positive speed and side, not \(framesPerSecond) and \(maximumSide)")
    secondsPerFrame = 1 / framesPerSecond
    self.maximumSide = maximumSide
    self.clock = clock
    self.sleep = sleep
    self.terminal = terminal
    self.write = write
  }

  /// Waits until the next frame is due, then draws it with a line of text below.
  ///
  /// - Parameters:
  ///   - caption: plain text; what does not fit is cut.
  ///   - picture: draws a square picture of so many pixels a side, as many as there are columns.
  public mutating func show(caption: String, _ picture: (_ side: Int) -> RGBImage) {
    let terminal = terminal()
    guard terminal.isInteractive else { return }
    wait()
    // A character is two pixels, one above the other. The last column stays free, or lines would wrap,
    // and so do two rows for the caption and for what is printed next.
    let side = max(2, min(terminal.columns - 1, 2 * (terminal.rows - 2), maximumSide))
    let caption = terminal.truncated(terminal.showable(caption), to: terminal.columns - 1)
    let lines = terminal.picture(picture(side), width: side) + [caption]
    let start =
      switch shown {
      case nil: "\u{1B}[?25l"  // No cursor while the picture moves.
      case terminal?: "\r\u{1B}[\(lineCount - 1)A"
      default: "\u{1B}[2J\u{1B}[H"  // The window changed and nobody knows where the lines went.
      }
    write(start + lines.joined(separator: "\u{1B}[K\n") + "\u{1B}[K")
    shown = terminal
    lineCount = lines.count
  }

  /// Leaves the last frame where it is, and gives the cursor back.
  public mutating func finish() {
    if shown != nil { write("\n\u{1B}[?25h") }
    shown = nil
  }

  private mutating func wait() {
    let now = clock()
    if now < due { sleep(due - now) }
    // A frame that came too late does not make the next ones hurry.
    due = max(now, due) + secondsPerFrame
  }
}
