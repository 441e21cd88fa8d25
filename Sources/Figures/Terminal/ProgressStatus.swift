/// Everything a progress line shows, and how it is laid out: values and a terminal in, text out.
public struct ProgressStatus: Sendable, Equatable {
  /// A speed, such as 512 `env` a second.
  public struct Rate: Sendable, Equatable {
    /// What is counted.
    public var unit: String
    /// How many a second.
    public var perSecond: Double

    /// A speed of `perSecond` in `unit`s.
    public init(_ unit: String, perSecond: Double) {
      self.unit = unit
      self.perSecond = perSecond
    }

    var text: String { "\(NumberText.compact(perSecond)) \(unit)/s" }
  }

  /// What is done, from 0 to `total`.
  public var done: Int
  /// What is to be done, at least 1.
  public var total: Int
  /// What `done` and `total` count, in the plural: `steps`.
  public var unit: String
  /// Seconds since the start.
  public var elapsed: Double
  /// Seconds left; nil while unknown.
  public var remaining: Double?
  /// Whether the work has ended, so that the time it took replaces the time left.
  public var isFinished: Bool
  /// Speeds, the most important first.
  public var rates: [Rate]
  /// A history, such as the returns so far, the oldest first.
  public var sparkline: [Double]
  /// A few words at the end.
  public var note: String

  /// A status; only the counts are needed.
  public init(
    done: Int, total: Int, unit: String, elapsed: Double = 0, remaining: Double? = nil,
    isFinished: Bool = false, rates: [Rate] = [], sparkline: [Double] = [], note: String = ""
  ) {
    precondition(total > 0, "a progress line needs a total of at least 1, not \(total)")
    self.done = min(max(done, 0), total)
    self.total = total
    self.unit = unit
    self.elapsed = elapsed
    self.remaining = remaining
    self.isFinished = isFinished
    self.rates = rates
    self.sparkline = sparkline
    self.note = note
  }

  /// One line for a terminal that rewrites it, never wider than `columns - 1`.
  ///
  /// Wide: bar, share, count, speeds, time, sparkline, note. Where room is short the least important
  /// parts go first: further speeds, the count, the note, the bar; the share stays longest.
  public func line(on terminal: Terminal) -> String {
    let room = terminal.columns - 1
    var chosen: [Part] = []
    var used = 0
    for part in byImportance(on: terminal, room: room) {
      let needed = part.least + (chosen.isEmpty ? 0 : Part.gap)
      if used + needed > room { break }
      chosen.append(part)
      used += needed
    }
    // What is left over is dealt out column by column to those that can use it.
    var widths = chosen.map(\.least)
    while used < room, chosen.indices.contains(where: { widths[$0] < chosen[$0].most }) {
      for index in chosen.indices where used < room && widths[index] < chosen[index].most {
        widths[index] += 1
        used += 1
      }
    }
    return zip(chosen, widths).sorted { $0.0.place < $1.0.place }
      .map { part, width in part.draw(width) }.joined(separator: String(repeating: " ", count: Part.gap))
  }

  /// One line for a file or a pipe, of any length.
  public func plainLine(on terminal: Terminal) -> String {
    let parts =
      [count, percent] + rates.map(\.text) + [time]
      + [Sparkline.text(sparkline, width: 24, usesUnicode: terminal.usesUnicode), note]
    return terminal.showable(parts.filter { !$0.isEmpty }.joined(separator: "  "))
  }

  // MARK: Parts

  /// One piece of the line: its place from the left, the columns it needs and can use.
  private struct Part {
    static let gap = 2
    let place: Int
    let least: Int
    let most: Int
    let draw: (Int) -> String
  }

  private var percent: String {
    let share = "\(Int(100 * Double(done) / Double(total)))%"
    return String(repeating: " ", count: 4 - share.count) + share
  }

  private var count: String { "\(NumberText.grouped(done))/\(NumberText.grouped(total)) \(unit)" }

  private var time: String {
    if isFinished { return "in \(NumberText.duration(elapsed))" }
    return remaining.map { "\(NumberText.duration($0)) left" } ?? "\(NumberText.duration(elapsed)) so far"
  }

  private func byImportance(on terminal: Terminal, room: Int) -> [Part] {
    func fixed(_ place: Int, _ text: String, _ style: Terminal.Style? = nil) -> Part {
      let shown = terminal.showable(text)
      let width = Terminal.width(of: shown)
      return Part(place: place, least: width, most: width) { _ in
        style.map { terminal.styled(shown, $0) } ?? shown
      }
    }
    let note = terminal.showable(note)
    let noteWidth = Terminal.width(of: note)
    var parts = [fixed(1, percent, .bold), fixed(5, time)]
    if !sparkline.isEmpty {
      parts.append(
        Part(place: 6, least: 8, most: max(8, min(24, sparkline.count))) { width in
          let drawn = Sparkline.text(sparkline, width: width, usesUnicode: terminal.usesUnicode)
          return terminal.styled(terminal.fitted(drawn, to: width), .cyan)
        })
    }
    parts += rates.prefix(1).map { fixed(3, $0.text, .dim) }
    parts.append(
      Part(place: 0, least: terminal.usesUnicode ? 6 : 8, most: 24) { bar(width: $0, on: terminal) })
    if !note.isEmpty {
      parts.append(
        Part(place: 7, least: min(noteWidth, max(12, room / 5)), most: noteWidth) {
          terminal.truncated(note, to: $0)
        })
    }
    parts.append(fixed(2, count))
    return parts + rates.dropFirst().map { fixed(4, $0.text, .dim) }
  }

  private func bar(width: Int, on terminal: Terminal) -> String {
    let share = Double(done) / Double(total)
    guard terminal.usesUnicode else {
      let full = Int(share * Double(width - 2))
      let head = full > 0 && full < width - 2 ? ">" : ""
      let body = String(repeating: "=", count: full - head.count) + head
      return "[" + terminal.fitted(body, to: width - 2) + "]"
    }
    let halves = Int(share * Double(2 * width))
    let filled = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
    let rest = String(repeating: terminal.colors == .none ? "─" : "━", count: width - filled.count)
    return terminal.styled(filled, isFinished && done == total ? .green : .cyan) + terminal.styled(rest, .dim)
  }
}
