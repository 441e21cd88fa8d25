/// A progress line that redraws itself at most 12 times a second, or, where lines cannot be rewritten,
/// prints a plain line every 5 seconds.
///
/// ```swift
/// var progress = ProgressLine(total: 3_000, unit: "steps")
/// progress.update(done: 128, rates: [("env", 512)], sparkline: returns, note: "return -151")
/// progress.log("evaluation at 1,000 steps: -151")
/// progress.finish()
/// ```
public struct ProgressLine {
  private let total: Int
  private let unit: String
  private let clock: () -> Double
  private let terminal: () -> Terminal
  private let write: (String) -> Void
  private let start: Double
  private var speed = SpeedEstimate()
  private var latest: ProgressStatus
  private var lastDrawn: Double?

  /// A line on standard error for `total` units of work; nothing is drawn before the first `update`.
  public init(total: Int, unit: String) {
    let clock = ContinuousClock()
    let origin = clock.now
    self.init(
      total: total, unit: unit, clock: { (clock.now - origin) / .seconds(1) },
      terminal: { Terminal.current(.error) }, write: { Terminal.write($0, to: .error) })
  }

  /// A line with its own clock (seconds), terminal and writer, for tests.
  init(
    total: Int, unit: String, clock: @escaping () -> Double, terminal: @escaping () -> Terminal,
    write: @escaping (String) -> Void
  ) {
    self.total = total
    self.unit = unit
    self.clock = clock
    self.terminal = terminal
    self.write = write
    start = clock()
    latest = ProgressStatus(done: 0, total: total, unit: unit)
  }

  /// Notes the state of the work, and shows it if the last drawing is old enough.
  ///
  /// - Parameters:
  ///   - done: units of work done since the very beginning; a resumed run starts above 0.
  ///   - rates: speeds a second with their units, the most important first: `[("env", 512), ("grad", 45)]`.
  ///   - sparkline: a history to draw, the oldest value first.
  ///   - note: a few words at the end of the line.
  public mutating func update(
    done: Int, rates: [(String, Double)] = [], sparkline: [Double] = [], note: String = ""
  ) {
    let now = clock()
    speed.add(done: done, at: now)
    latest = ProgressStatus(
      done: done, total: total, unit: unit, elapsed: now - start,
      remaining: speed.secondsFor(total - done), rates: rates.map { .init($0.0, perSecond: $0.1) },
      sparkline: sparkline, note: note)
    let terminal = terminal()
    // A plain line at the very first call would show no speed yet: it waits for its first interval.
    let waited = now - (lastDrawn ?? (terminal.isInteractive ? -.infinity : start))
    if waited >= (terminal.isInteractive ? 1.0 / 12 : 5) { draw(on: terminal, at: now) }
  }

  /// Prints a line of plain text above the progress line.
  public mutating func log(_ text: String) {
    let terminal = terminal()
    write((terminal.isInteractive ? "\r\u{1B}[K" : "") + terminal.showable(text) + "\n")
    if lastDrawn != nil, terminal.isInteractive { draw(on: terminal, at: clock()) }
  }

  /// Shows the last state with the time it took, and ends the line.
  public mutating func finish() {
    latest.isFinished = true
    latest.elapsed = clock() - start
    let terminal = terminal()
    draw(on: terminal, at: clock())
    if terminal.isInteractive { write("\n") }
  }

  private mutating func draw(on terminal: Terminal, at now: Double) {
    lastDrawn = now
    // The cursor returns first and the rest of the line is erased last, so that nothing flickers.
    write(
      terminal.isInteractive
        ? "\r\(latest.line(on: terminal))\u{1B}[K" : latest.plainLine(on: terminal) + "\n")
  }
}

/// The speed over the last stretch of work: old enough to be steady, young enough to follow a change.
struct SpeedEstimate {
  private var samples: [(time: Double, done: Int)] = []

  mutating func add(done: Int, at time: Double) {
    if let last = samples.last, samples.count > 1, time - samples[samples.count - 2].time < 0.5 {
      samples[samples.count - 1] = (time, max(done, last.done))
    } else {
      samples.append((time, done))
    }
    // A stretch of 20 seconds: 40 samples half a second apart.
    while samples.count > 2, time - samples[1].time > 20 { samples.removeFirst() }
  }

  /// Seconds that `work` more units take; nil before a second has been seen or while nothing moves.
  func secondsFor(_ work: Int) -> Double? {
    guard let first = samples.first, let last = samples.last, last.time - first.time >= 1,
      last.done > first.done
    else { return nil }
    return Double(max(0, work)) * (last.time - first.time) / Double(last.done - first.done)
  }
}
